import type { Addresses, ServerUrls } from './addresses.js';
import type { DvrSettings } from './dvr-settings.js';
import type { StreamStatus } from './live-streams.js';
import type { PlaybackId, StreamRecord } from './stream-record.js';
import type { StreamSettings } from './stream-settings.js';

/** The Live API's stream object, also what a callback carries. */
export interface LiveStream {
  readonly id: string;
  readonly name: string;
  readonly status: StreamStatus;
  /** The credential that publishes. Keep it out of logs. */
  readonly stream_key: string;
  /** The first of `playback_ids`. */
  readonly playback_id: string;
  readonly playback_ids: readonly PlaybackId[];
  /** HLS playlists of the public ids. */
  readonly playback_urls: readonly string[];
  readonly input_format: StreamSettings['input_format'];
  readonly output_format: string;
  /** Seconds. */
  readonly stream_timeout: number;
  /** Empty if there is none. */
  readonly callback_url: string;
  readonly dvr?: DvrSettings;
  /** ISO 8601, wall clock; absent until the stream was started. */
  readonly started_at?: string;
  /** Those that hold the key are there while the stream runs. */
  readonly server_urls: ServerUrls;
}

/** A stream that was started: it has an address to publish to. */
export interface StartedLiveStream extends LiveStream {
  readonly started_at: string;
  readonly server_urls: ServerUrls & { readonly webrtc: string };
}

/** Makes stream objects of records. */
export interface LiveStreamView {
  show(record: StreamRecord): LiveStream;
  /** Throws an `Error` if the stream does not run. */
  showStarted(record: StreamRecord): StartedLiveStream;
}

/** `timeoutSeconds` is shown for streams that name none. */
export function createLiveStreamView(addresses: Addresses, timeoutSeconds: number): LiveStreamView {
  const show = (record: StreamRecord): LiveStream => {
    const { settings, playbackIds, startedAt } = record;
    const isPublic = ({ policy }: PlaybackId) => policy === 'public';
    return {
      id: record.id,
      name: settings.name,
      status: record.life.status,
      stream_key: record.key,
      playback_id: playbackIds[0]?.id ?? '',
      playback_ids: playbackIds,
      playback_urls: playbackIds.filter(isPublic).map(({ id }) => addresses.playback(id)),
      input_format: settings.input_format,
      output_format: settings.output_format,
      stream_timeout: settings.stream_timeout ?? timeoutSeconds,
      callback_url: settings.callback_url,
      ...(settings.dvr === undefined ? {} : { dvr: settings.dvr }),
      ...(startedAt === undefined ? {} : { started_at: new Date(startedAt).toISOString() }),
      server_urls: addresses.serverUrls(record),
    };
  };
  return {
    show,
    showStarted(record) {
      const { webrtc } = addresses.serverUrls(record);
      if (webrtc === undefined || record.startedAt === undefined) {
        throw new Error(`Stream ${record.id} is ${record.life.status}, not started.`);
      }
      const shown = show(record);
      return {
        ...shown,
        started_at: new Date(record.startedAt).toISOString(),
        server_urls: { ...shown.server_urls, webrtc },
      };
    },
  };
}
