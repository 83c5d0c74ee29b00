import type { Fault } from '../faults/faults.js';
import type { VideoCodec } from '../media/codecs.js';
import type { StopReason, StreamStatus } from './live-streams.js';
import type { PublishSession, PublishTransport } from './publish-session.js';
import type { StreamRecord } from './stream-record.js';

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
 * What the ingest sees of a stream. Counts are those of the session that publishes, or of the last
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
  /** What media came of. */
  readonly tracks: readonly StreamTrack[];
  /** What comes in now, in bits a second of RTP payload, over the last three seconds. */
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

/** Reads a report off a stream. */
export function reportOf(
  record: StreamRecord,
  extra: { readonly fault: Fault | undefined; readonly recording: boolean },
): StreamReport {
  const { channel } = record;
  const session = channel.lastSession;
  const counts = session?.counter.counts;
  return {
    id: record.id,
    name: record.settings.name,
    status: record.life.status,
    stopReason: record.life.status === 'stopped' ? record.life.reason : undefined,
    startedAt: record.startedAt,
    deadlineAt: record.deadlineAt,
    publishing: !channel.isFree,
    connected: channel.publisher?.session.isConnected ?? false,
    transport: session?.transport,
    sessions: channel.sessions,
    viewers: channel.viewers,
    recording: extra.recording,
    codec: session?.codec,
    width: counts?.width,
    height: counts?.height,
    tracks: session === undefined ? [] : tracksOf(session),
    bitrate: channel.publisher?.session.counter.bitrate(Date.now()) ?? 0,
    packets: counts?.packets ?? 0,
    bytes: counts?.bytes ?? 0,
    frames: counts?.frames ?? 0,
    keyFrames: counts?.keyFrames ?? 0,
    videoPackets: counts?.videoPackets ?? 0,
    audioPackets: counts?.audioPackets ?? 0,
    ignoredPackets: counts?.ignoredPackets ?? 0,
    packetsLost: session?.packetsLost ?? 0,
    answeredAt: session?.negotiatedAt,
    connectedAt: session?.connectedAt,
    firstPacketAt: counts?.firstPacketAt,
    firstFrameAt: counts?.firstFrameAt,
    lastPacketAt: counts?.lastPacketAt,
    outputReadyAt: session?.outputReadyAt,
    fault: extra.fault,
  };
}

function tracksOf({ codec, counter }: PublishSession): readonly StreamTrack[] {
  const { videoPackets, audioPackets, width, height } = counter.counts;
  return [
    ...(codec === undefined || videoPackets === 0
      ? []
      : [{ kind: 'video' as const, codec, width, height }]),
    ...(audioPackets === 0 ? [] : [{ kind: 'audio' as const, codec: 'Opus' as const }]),
  ];
}
