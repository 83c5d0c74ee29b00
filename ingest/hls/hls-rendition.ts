import { VIDEO_CODECS } from '../media/codecs.js';
import { createFrameAssembler, type FrameAssembler } from '../media/frame-assembler.js';
import { h264AccessUnit, h264CodecString, isH264Entry, splitAnnexB } from '../media/h264.js';
import { matroskaFrame, matroskaHead } from '../media/matroska.js';
import type { MediaPacket } from '../media/media-packet.js';
import { createRtpFlow } from '../media/rtp-flow.js';
import type { Sink } from '../streams/channel.js';
import { createEncoderTrack } from '../transcoding/encoder-track.js';
import type { TrackSetup } from '../transcoding/encoder-unit.js';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';

const MAX_HEIGHT = 240;
const BITRATE = 400_000;
const SPS = 7;
const PPS = 8;

/** Makes a smaller picture of a stream, with key frames where the stream has them. */
export interface HlsRendition extends Sink {
  /** Resolves when no process runs any more. */
  close(): Promise<void>;
}

/** Hands the smaller picture to `target`, and the sound as it is. `failed` hears that it cannot. */
export function createHlsRendition(
  ffmpeg: Ffmpeg,
  target: Sink,
  failed: (reason: string) => void,
): HlsRendition {
  const flow = createRtpFlow('video');
  let assembler: FrameAssembler | undefined;
  let ssrc: number | undefined;
  let setup: TrackSetup | undefined;
  let startedAt: number | undefined;
  let count = 0;
  const track = createEncoderTrack(
    'video',
    ffmpeg,
    {
      media(payloads, at) {
        for (const packet of flow.packets(payloads, at)) target.media(packet, at);
      },
      drained() {},
      failed,
      keyless() {},
    },
    { maxHeight: MAX_HEIGHT, bitrate: BITRATE, keyFramesOfSource: true },
  );
  return {
    kind: 'hls',
    get wantsKeyFrame() {
      return target.wantsKeyFrame;
    },
    media(packet: MediaPacket, atMs) {
      if (packet.kind === 'audio') return target.media(packet, atMs);
      if (packet.payloadType !== VIDEO_CODECS.H264.payloadType) return;
      if (packet.ssrc !== ssrc) {
        ssrc = packet.ssrc;
        assembler = createFrameAssembler();
        count += 1;
      }
      for (const frame of assembler?.add(packet) ?? []) {
        // The loss ends with the next key frame.
        if (frame === null) count += 1;
        if (frame === null) continue;
        const units = splitAnnexB(h264AccessUnit(frame.payloads));
        const isKey = isH264Entry(frame.payloads);
        if (isKey) setup = setupOf(units);
        if (setup === undefined) continue;
        startedAt ??= atMs;
        const timeMs = Math.round(atMs - startedAt);
        const data = Buffer.concat(units.flatMap((unit) => [lengthOf(unit, 4), unit]));
        const bytes = matroskaFrame(timeMs, isKey, data);
        track.take(
          { setup, ptsMs: timeMs, dtsMs: timeMs, isKey, bytes },
          { at: startedAt + timeMs, count },
        );
      }
    },
    close: () => track.close(),
  };
}

/** H.264 with its configuration (ISO/IEC 14496-15 section 5.3.3.1) in front. */
function setupOf(units: readonly Buffer[]): TrackSetup {
  const ofType = (type: number) => units.filter((unit) => (unit.readUInt8() & 0x1f) === type);
  const [sps = Buffer.alloc(4)] = ofType(SPS);
  const pps = ofType(PPS);
  const codecPrivate = Buffer.concat([
    Buffer.from([1, ...sps.subarray(1, 4), 0xff, 0xe1]),
    lengthOf(sps, 2),
    sps,
    Buffer.from([pps.length]),
    ...pps.flatMap((unit) => [lengthOf(unit, 2), unit]),
  ]);
  return {
    kind: 'video',
    codec: h264CodecString(sps),
    id: sps.toString('hex'),
    container: 'matroska',
    head: matroskaHead({ kind: 'video', codecId: 'V_MPEG4/ISO/AVC', codecPrivate }),
    parameterSets: [],
  };
}

function lengthOf(unit: Buffer, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(unit.length, 0, size);
  return bytes;
}
