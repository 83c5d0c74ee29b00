import type { Channel } from './channel.js';
import type { StreamLife } from './live-streams.js';
import type { StreamSettings } from './stream-settings.js';

/** The players that a playback id admits: all, or those that show a token. */
export type PlaybackPolicy = 'public' | 'authenticated';

/** One address that a stream is played at. */
export interface PlaybackId {
  readonly id: string;
  readonly policy: PlaybackPolicy;
}

/** Signs tokens for authenticated playback. */
export interface SigningKey {
  readonly id: string;
  /** The HMAC secret, as text. Keep it out of logs. */
  readonly key: string;
}

/** One stream with its life and its media. Instants are epoch ms unless said otherwise. */
export interface StreamRecord {
  readonly id: string;
  /** The credential that publishes. */
  readonly key: string;
  readonly settings: StreamSettings;
  /** The first one is public and comes with the stream. */
  readonly playbackIds: readonly PlaybackId[];
  readonly signingKeys: readonly SigningKey[];
  /** No two streams have the same, so that they keep their order. */
  readonly createdAt: number;
  readonly channel: Channel;
  /** Its instants are on the rules' clock. */
  readonly life: StreamLife;
  /** First path element of its addresses: new with each start, undefined while it does not run. */
  readonly host: string | undefined;
  /** The last start. */
  readonly startedAt: number | undefined;
  /** When the rules stop it unless media comes. */
  readonly deadlineAt: number | undefined;
}
