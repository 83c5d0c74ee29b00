import { createBitrateMeter } from './bitrate-meter.js';
import type { VideoCodec } from './codecs.js';
import { h264Size, h264Start } from './h264.js';
import type { MediaPacket } from './media-packet.js';
import { vp8KeyFrame } from './vp8.js';

/** Counts of one publishing session. Bytes are RTP payload bytes. Instants are epoch ms. */
export interface MediaCounts {
  packets: number;
  bytes: number;
  videoPackets: number;
  audioPackets: number;
  /** Video frames that ended (RTP marker). */
  frames: number;
  keyFrames: number;
  /** Packets of another payload type than the first of the answer: OvenMediaEngine drops them. */
  ignoredPackets: number;
  /** Picture of the last key frame, in pixels. */
  width: number | undefined;
  height: number | undefined;
  firstPacketAt: number | undefined;
  firstFrameAt: number | undefined;
  lastPacketAt: number | undefined;
}

/** Counts packets. */
export interface MediaCounter {
  readonly counts: Readonly<MediaCounts>;
  /** The bitrate of the last seconds, in bits a second of RTP payload. */
  bitrate(atMs: number): number;
  /** Counts one packet. */
  add(packet: MediaPacket, atMs: number): void;
  /** Counts one of another payload type than the first of the answer. */
  ignore(): void;
}

/** Starts at zero, for a session that sends `codec`. */
export function createMediaCounter(codec: VideoCodec | undefined): MediaCounter {
  const counts: MediaCounts = {
    packets: 0,
    bytes: 0,
    videoPackets: 0,
    audioPackets: 0,
    frames: 0,
    keyFrames: 0,
    ignoredPackets: 0,
    width: undefined,
    height: undefined,
    firstPacketAt: undefined,
    firstFrameAt: undefined,
    lastPacketAt: undefined,
  };
  const meter = createBitrateMeter();
  let keyFrameTimestamp: number | undefined;
  return {
    counts,
    bitrate: meter.bitsPerSecond,
    add(packet, atMs) {
      counts.packets += 1;
      counts.bytes += packet.payload.length;
      meter.add(packet.payload.length, atMs);
      counts.firstPacketAt ??= atMs;
      counts.lastPacketAt = atMs;
      if (packet.kind === 'audio') {
        counts.audioPackets += 1;
        return;
      }
      counts.videoPackets += 1;
      if (packet.marker && packet.payload.length > 0) {
        counts.frames += 1;
        counts.firstFrameAt ??= atMs;
      }
      const start = keyFrameStart(codec, packet.payload);
      if (start.size !== undefined) {
        counts.width = start.size.width;
        counts.height = start.size.height;
      }
      if (start.keyFrame && packet.timestamp !== keyFrameTimestamp) {
        keyFrameTimestamp = packet.timestamp;
        counts.keyFrames += 1;
      }
    },
    ignore() {
      counts.ignoredPackets += 1;
    },
  };
}

/** Whether a payload begins a key frame, and the size it names. */
export function keyFrameStart(codec: VideoCodec | undefined, payload: Buffer) {
  if (codec === 'H264') {
    const { idr, sps } = h264Start(payload);
    return { keyFrame: idr, size: sps === undefined ? undefined : h264Size(sps) };
  }
  const size = vp8KeyFrame(payload);
  return { keyFrame: size !== undefined, size };
}
