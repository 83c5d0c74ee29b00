import { rm } from 'node:fs/promises';
import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import { AUDIO_CLOCK, VIDEO_CLOCK, type VideoCodec, videoCodecOf } from '../media/codecs.js';
import { createFrameAssembler, type Frame, type FrameAssembler } from '../media/frame-assembler.js';
import {
  h264AccessUnit,
  h264CodecString,
  h264Parameters,
  h264Size,
  isH264Entry,
} from '../media/h264.js';
import type { MediaPacket } from '../media/media-packet.js';
import { createMediaTimeline } from '../media/media-timeline.js';
import { type PictureSize, vp8Frame, vp8KeyFrame } from '../media/vp8.js';
import type { Sink } from '../streams/channel.js';
import type { Recording } from './recording.js';

/** Writes a stream into a file, beginning with the next key frame that carries all a decoder needs. */
export interface Recorder extends Sink {
  /** Completes the file. Rejects if no key frame ever came, or writing failed. */
  finish(): Promise<Recording>;
}

/**
 * MP4 for H.264, WebM for VP8, with Opus; the container follows the codec, whatever the file is
 * called. Both tracks are placed by arrival, so lip sync is as good as the path's.
 */
export function createRecorder(file: string): Recorder {
  const videoTimeline = createMediaTimeline(VIDEO_CLOCK);
  const audioTimeline = createMediaTimeline(AUDIO_CLOCK);
  let assembler: FrameAssembler | undefined;
  let videoSsrc: number | undefined;
  let codec: VideoCodec | undefined;
  let writer: ReturnType<typeof openFile> | undefined;
  let startedAt = 0;
  let waiting = true;
  let videoFrames = 0;
  let audioPackets = 0;
  let finished = false;
  let failure: unknown;
  // The writer takes one packet at a time.
  let queue: Promise<void> = Promise.resolve();
  const enqueue = (work: () => Promise<void>) => {
    queue = queue.then(work).catch((thrown: unknown) => {
      failure ??= thrown;
    });
  };
  const openFile = (size: PictureSize, frame: Frame) => {
    const h264 = codec === 'H264';
    const output = new Output({
      format: h264 ? new Mp4OutputFormat() : new WebMOutputFormat(),
      target: new FilePathTarget(file),
    });
    const video = new EncodedVideoPacketSource(h264 ? 'avc' : 'vp8');
    const audio = new EncodedAudioPacketSource('opus');
    output.addVideoTrack(video);
    output.addAudioTrack(audio);
    enqueue(() => output.start());
    const sps = h264Parameters(frame.payloads);
    return {
      output,
      video,
      audio,
      videoConfig: {
        codec: sps === undefined ? 'vp8' : h264CodecString(sps),
        codedWidth: size.width,
        codedHeight: size.height,
      },
    };
  };
  const writeFrame = (packet: MediaPacket, frame: Frame, atMs: number) => {
    const size = entrySize(codec, frame);
    if (waiting && size === undefined) return;
    if (size !== undefined && writer === undefined) {
      startedAt = atMs;
      writer = openFile(size, frame);
    }
    waiting = false;
    const { ssrc } = packet;
    const { timestamp } = frame;
    const seconds = videoTimeline.place({ ssrc, timestamp }, (atMs - startedAt) / 1000);
    const target = writer;
    if (target === undefined || seconds === undefined) return;
    const data = codec === 'H264' ? h264AccessUnit(frame.payloads) : vp8Frame(frame.payloads);
    const type = size === undefined ? 'delta' : 'key';
    const encoded = new EncodedPacket(data, type, seconds, 0);
    const first = videoFrames === 0;
    videoFrames += 1;
    enqueue(() =>
      target.video.add(encoded, first ? { decoderConfig: target.videoConfig } : undefined),
    );
  };
  return {
    kind: 'recording',
    get wantsKeyFrame() {
      return waiting && !finished;
    },
    media(packet, atMs) {
      if (finished) return;
      if (packet.kind === 'audio') {
        if (writer === undefined || packet.payload.length === 0) return;
        const seconds = audioTimeline.place(packet, (atMs - startedAt) / 1000);
        if (seconds === undefined) return;
        const { audio } = writer;
        const encoded = new EncodedPacket(packet.payload, 'key', seconds, 0.02);
        const first = audioPackets === 0;
        audioPackets += 1;
        const decoderConfig = { codec: 'opus', sampleRate: AUDIO_CLOCK, numberOfChannels: 2 };
        enqueue(() => audio.add(encoded, first ? { decoderConfig } : undefined));
        return;
      }
      codec ??= videoCodecOf(packet.payloadType);
      if (videoCodecOf(packet.payloadType) !== codec) return;
      if (packet.ssrc !== videoSsrc) {
        videoSsrc = packet.ssrc;
        assembler = createFrameAssembler();
        waiting = true;
      }
      for (const frame of assembler?.add(packet) ?? []) {
        if (frame === null) waiting = true;
        else writeFrame(packet, frame, atMs);
      }
    },
    async finish() {
      finished = true;
      await queue;
      const target = writer;
      if (target === undefined || codec === undefined) {
        throw new Error('Nothing was recorded: no key frame arrived while recording.');
      }
      if (failure !== undefined) {
        await target.output.cancel();
        await rm(file, { force: true });
        throw new Error('The recording could not be written.', { cause: failure });
      }
      await target.output.finalize();
      return {
        file,
        container: codec === 'H264' ? 'mp4' : 'webm',
        codec,
        videoFrames,
        audioPackets,
        durationSeconds: Math.max(videoTimeline.seconds, audioTimeline.seconds),
      };
    },
  };
}

/** The picture's size if a decoder can start with this frame. */
function entrySize(codec: VideoCodec | undefined, frame: Frame): PictureSize | undefined {
  const [first] = frame.payloads;
  if (first === undefined) return undefined;
  if (codec === 'VP8') return vp8KeyFrame(first);
  if (!isH264Entry(frame.payloads)) return undefined;
  const sps = h264Parameters(frame.payloads);
  return sps === undefined ? undefined : h264Size(sps);
}
