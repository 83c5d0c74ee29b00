import type { Fault } from '../faults/faults.js';
import type { VideoCodec } from '../media/codecs.js';
import type { StopReason, StreamStatus } from './live-streams.js';
import type { PublishTransport } from './publish-transport.js';

/** One kind of media of a publishing session. */
export type StreamTrack =
  | {
      readonly kind: 'video';
      readonly codec: VideoCodec;
      readonly width: number | undefined;
      readonly height: number | undefined;
    }
  | { readonly kind: 'audio'; readonly codec: 'Opus' };

/**
 * The ingest's report on a stream. Counts are those of the session that publishes, or of the last
 * one; instants are epoch ms on the wall clock.
 */
export interface StreamReport {
  readonly id: string;
  readonly name: string;
  readonly status: StreamStatus;
  /** Why it is stopped; undefined while it is not. */
  readonly stopReason: StopReason | undefined;
  readonly startedAt: number | undefined;
  /** When the rules stop the stream unless media comes. */
  readonly deadlineAt: number | undefined;
  /** Somebody holds the stream's name. */
  readonly publishing: boolean;
  /** DTLS is up with them; an encoder's connection always is. */
  readonly connected: boolean;
  readonly transport: PublishTransport | undefined;
  /** Sessions accepted since the stream was created. */
  readonly sessions: number;
  readonly viewers: number;
  readonly recording: boolean;
  readonly codec: VideoCodec | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** The tracks that media came of. */
  readonly tracks: readonly StreamTrack[];
  /** The bitrate of the last three seconds, in bits a second of RTP payload. */
  readonly bitrate: number;
  readonly packets: number;
  /** RTP payload bytes. */
  readonly bytes: number;
  readonly frames: number;
  readonly keyFrames: number;
  readonly videoPackets: number;
  readonly audioPackets: number;
  /** Packets of another codec than the answer's first. */
  readonly ignoredPackets: number;
  readonly packetsLost: number;
  readonly answeredAt: number | undefined;
  readonly connectedAt: number | undefined;
  readonly firstPacketAt: number | undefined;
  readonly firstFrameAt: number | undefined;
  readonly lastPacketAt: number | undefined;
  /** When players could have begun. */
  readonly outputReadyAt: number | undefined;
  readonly fault: Fault | undefined;
}
