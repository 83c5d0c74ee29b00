import type { Fault } from '../faults/faults.js';
import type { PublishSession } from './publish-session.js';
import type { StreamRecord } from './stream-record.js';
import type { StreamReport, StreamTrack } from './stream-report.js';

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
