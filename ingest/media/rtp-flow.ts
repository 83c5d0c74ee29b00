import { randomInt } from 'node:crypto';
import { AUDIO_CLOCK, AUDIO_CODEC, VIDEO_CLOCK, VIDEO_CODECS } from './codecs.js';
import { type MediaKind, type MediaPacket, timestampDistance } from './media-packet.js';

/** One medium as RTP packets of one source, whatever encoder of ours made them: H.264 or Opus. */
export interface RtpFlow {
  /** The payloads of one frame of `at` (epoch ms). Empty for sound that is not after the last. */
  packets(payloads: readonly Buffer[], at: number): readonly MediaPacket[];
}

/** Starts a source with an SSRC of its own. */
export function createRtpFlow(kind: MediaKind): RtpFlow {
  const ssrc = randomInt(1, 2 ** 32 - 1);
  const isVideo = kind === 'video';
  const clock = isVideo ? VIDEO_CLOCK : AUDIO_CLOCK;
  const { payloadType } = isVideo ? VIDEO_CODECS.H264 : AUDIO_CODEC;
  let sequence = randomInt(2 ** 16);
  let epoch: number | undefined;
  let last: number | undefined;
  return {
    packets(payloads, at) {
      epoch ??= at;
      let timestamp = Math.round(((at - epoch) * clock) / 1000) >>> 0;
      if (last !== undefined && timestampDistance(timestamp, last) <= 0) {
        if (!isVideo) return [];
        // A picture is needed by those after it, so it is shown a moment later instead.
        timestamp = (last + 1) >>> 0;
      }
      last = timestamp;
      return payloads.map((payload, index) => {
        sequence = (sequence + 1) & 0xffff;
        const marker = isVideo && index === payloads.length - 1;
        return { kind, ssrc, payloadType, sequenceNumber: sequence, timestamp, marker, payload };
      });
    },
  };
}
