import { endPublisher } from '../context/end-publisher.js';
import type { IngestContext } from '../context/ingest-context.js';
import { createMediaCounter } from '../media/media-counter.js';
import type { MediaKind } from '../media/media-packet.js';
import { createOutputGate } from '../media/output-gate.js';
import { createRtpFlow } from '../media/rtp-flow.js';
import type { Publisher } from '../streams/channel.js';
import { isStarted } from '../streams/live-streams.js';
import type { PublishSession } from '../streams/publish-session.js';
import type { StreamRecord } from '../streams/stream-record.js';
import { createEncoderTrack, type EncoderTrack } from '../transcoding/encoder-track.js';
import type { EncoderUnit } from '../transcoding/encoder-unit.js';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';
import { createEncoderClock } from './encoder-clock.js';

/** How long something may come in of which nothing can be shown. */
const NOTHING_MS = 6000;
/** And pictures without a key frame to begin with. */
const KEYLESS_MS = 35_000;
const CHECK_MS = 500;

/** The connection that an encoder came over. */
export interface EncoderConnection {
  readonly transport: 'rtmp' | 'srt';
  /** Ends it at once. May be called again. */
  disconnect(): void;
  /** Tells the encoder why, where its protocol has words, and ends it. */
  refuse(reason: string): void;
  /** It may bring more, after `take` said false. */
  resume(): void;
}

/** An encoder's media on its way into a stream. */
export interface EncoderSession {
  /** Something arrived, whatever it is. */
  heard(): void;
  /** Takes what the encoder sent. False: not more, until `resume` is called. */
  take(unit: EncoderUnit): boolean;
  /** Ends it, because nobody can read what comes in: in plain words. */
  refuse(reason: string): void;
  /** The connection is gone. May be called again. */
  end(): void;
}

/**
 * Holds the stream's name for an encoder from now on, and publishes as soon as there is something to
 * show; tracks may come later, pause, and change. The caller has seen that the stream runs and its
 * name is free. When the stream is stopped the encoder is disconnected.
 */
export function acceptEncoder(
  stream: StreamRecord,
  connection: EncoderConnection,
  { context, ffmpeg }: { readonly context: IngestContext; readonly ffmpeg: Ffmpeg },
): EncoderSession {
  const { events, faults, registry } = context;
  const { channel } = stream;
  const acceptedAt = Date.now();
  const clock = createEncoderClock();
  const tracks = new Map<MediaKind, EncoderTrack>();
  const flows = { video: createRtpFlow('video'), audio: createRtpFlow('audio') };
  const counter = createMediaCounter('H264');
  let output: ReturnType<typeof createOutputGate> | undefined;
  let publisher: Publisher | undefined;
  let outputReadyAt: number | undefined;
  let heardAt: number | undefined;
  let audioHeardAt: number | undefined;
  let cut = false;
  let seen = false;
  let over = false;
  let decided: () => void = () => {};
  channel
    .claim(
      () =>
        new Promise<void>((resolve) => {
          decided = resolve;
        }),
    )
    .catch(() => {});

  const close = async () => {
    over = true;
    decided();
    clearInterval(watch);
    unsubscribe();
    connection.disconnect();
    await Promise.all([...tracks.values()].map((track) => track.close()));
  };
  const end = () => {
    if (over) return;
    if (publisher === undefined) void close();
    else endPublisher(stream, context, publisher).catch(() => {});
  };
  const refuse = (reason: string) => {
    if (over) return;
    events.add('publish-refused', `Encoder refused: ${reason}`, stream.id);
    connection.refuse(reason);
    end();
  };
  const session: PublishSession = {
    get codec() {
      return tracks.has('video') ? 'H264' : undefined;
    },
    offeredCodec: 'H264',
    get hasAudio() {
      return tracks.has('audio');
    },
    get audioHeardAt() {
      return audioHeardAt;
    },
    keepsItsKeyFrames: true,
    counter,
    negotiatedAt: acceptedAt,
    get connectedAt() {
      return counter.counts.firstPacketAt;
    },
    get isConnected() {
      return !over;
    },
    transport: connection.transport,
    get outputReadyAt() {
      return outputReadyAt;
    },
    packetsLost: 0,
    wantKeyFrame() {},
    setWay(way) {
      cut = way === 'cut';
    },
    // Its protocol sends again what is lost, and waits for a slow line: nothing of media to see.
    setUplink() {},
    close,
  };
  const publish = () => {
    if (!isStarted(stream.life)) return end();
    const fault = faults.get(stream.key);
    cut = fault?.kind === 'cut-media' && fault.scope === 'path';
    publisher = { session, destroySocket: connection.disconnect };
    channel.occupy(publisher);
    const protocol = connection.transport.toUpperCase();
    events.add('publisher-connected', `Publisher connected over ${protocol}`, stream.id);
    decided();
  };
  const media = (kind: MediaKind, payloads: readonly Buffer[], at: number) => {
    if (over) return;
    if (publisher === undefined) publish();
    if (cut || publisher === undefined || channel.publisher !== publisher) return;
    const now = Date.now();
    for (const packet of flows[kind].packets(payloads, at)) {
      counter.add(packet, now);
      channel.distribute(packet, 'everyone', at);
      output ??= createOutputGate([...tracks.keys()], { waitsForReports: false });
      if (output.media(kind, packet.timestamp, now)) {
        outputReadyAt = now;
        events.add('output-ready', 'Output ready', stream.id);
      }
    }
    if (!seen) registry.happened(stream, 'input');
    seen = true;
  };
  const openTrack = (kind: MediaKind) => {
    const track = createEncoderTrack(kind, ffmpeg, {
      media: (payloads, at) => media(kind, payloads, at),
      drained() {
        if (![...tracks.values()].some(({ isFull }) => isFull)) connection.resume();
      },
      failed: refuse,
      keyless(seconds) {
        const reason = `No key frame came for ${seconds} s, and nobody can begin to watch before one does: set the encoder's key frame interval to one or two seconds.`;
        events.add('publisher-warned', reason, stream.id);
      },
    });
    tracks.set(kind, track);
    return track;
  };
  const watch = setInterval(() => {
    if (heardAt === undefined || publisher !== undefined) return;
    const patienceMs = tracks.size === 0 ? NOTHING_MS : KEYLESS_MS;
    if (Date.now() - heardAt < patienceMs) return;
    refuse(
      tracks.size === 0
        ? 'Neither a picture nor sound came in: send H.264 and AAC.'
        : `No key frame came within ${KEYLESS_MS / 1000} s: set the encoder's key frame interval to one or two seconds.`,
    );
  }, CHECK_MS);
  const unsubscribe = events.subscribe(({ kind, streamId }) => {
    if (streamId === stream.id && (kind === 'stream-stopped' || kind === 'stream-deleted')) end();
  });
  return {
    heard() {
      heardAt ??= Date.now();
    },
    take(unit) {
      if (over) return true;
      const { kind } = unit.setup;
      const now = Date.now();
      if (kind === 'audio') audioHeardAt = now;
      const when = clock.place(kind, unit.dtsMs, now);
      return (tracks.get(kind) ?? openTrack(kind)).take(unit, when);
    },
    refuse,
    end,
  };
}
