import {
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  HlsOutputFormat,
  Output,
  PathedTarget,
} from 'mediabunny';
import { AUDIO_CLOCK, VIDEO_CLOCK } from '../media/codecs.js';
import type { Frame } from '../media/frame-assembler.js';
import { h264AccessUnit, h264CodecString, h264Size, isH264Entry } from '../media/h264.js';
import type { MediaPacket } from '../media/media-packet.js';
import { createMediaTimeline } from '../media/media-timeline.js';
import { OPUS_CONFIG, opusSeconds } from '../media/opus.js';
import { AAC_CONFIG, type AacEncoder, createAacEncoder } from '../transcoding/aac-encoder.js';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';

/** One uninterrupted stretch of an HLS stream: one picture size, one set of tracks. */
export interface HlsRun {
  /** The sequence parameter set, in hex. */
  readonly sps: string;
  readonly withAudio: boolean;
  video(frame: Frame, ssrc: number, atMs: number): void;
  audio(packet: MediaPacket, atMs: number): void;
  /** Writes what is left as the last segment. Resolves when no process of it runs. */
  finish(): Promise<void>;
}

/** The parts of a run. */
export interface HlsRunOptions {
  /** Turns the sound into AAC; without it the sound stays Opus. */
  readonly ffmpeg: Ffmpeg | undefined;
  /** Of its first frame. */
  readonly sps: Buffer;
  readonly withAudio: boolean;
  /** Begins the names of its files. */
  readonly name: string;
  /** Epoch ms of its first frame. */
  readonly startedAt: number;
  readonly segmentSeconds: number;
  readonly keptSegments: number;
  /** Nothing is written before this resolves. */
  readonly before: Promise<void>;
  /** A file is complete. */
  file(path: string, bytes: Uint8Array): void;
  /** The run's own playlist, whenever a segment was added to it. */
  playlist(text: string): void;
  /** It cannot go on and is to be finished. */
  failed(what: 'encoder' | 'muxer'): void;
}

/** Path of a run's initialisation segment. */
export function initPathOf(name: string): string {
  return `${name}-init.mp4`;
}

/** Opens one; its clock starts at `startedAt`. */
export function createHlsRun(options: HlsRunOptions): HlsRun {
  const { ffmpeg, sps, withAudio, name, startedAt } = options;
  const output = new Output({
    format: new HlsOutputFormat({
      segmentFormat: new CmafOutputFormat(),
      targetDuration: options.segmentSeconds,
      live: true,
      maxLiveSegmentCount: options.keptSegments,
      getSegmentPath: ({ n }) => `${name}-${n}.m4s`,
      getInitPath: () => initPathOf(name),
      onPlaylist: options.playlist,
    }),
    target: new PathedTarget(
      'main.m3u8',
      ({ path }) =>
        new BufferTarget({
          onFinalize(buffer) {
            if (!path.endsWith('.m3u8')) options.file(path, new Uint8Array(buffer));
          },
        }),
    ),
  });
  const video = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(video);
  const audio = withAudio
    ? new EncodedAudioPacketSource(ffmpeg === undefined ? 'opus' : 'aac')
    : undefined;
  if (audio !== undefined) output.addAudioTrack(audio);
  const { width, height } = h264Size(sps) ?? {};
  const videoConfig = {
    codec: h264CodecString(sps),
    ...(width === undefined || height === undefined
      ? {}
      : { codedWidth: width, codedHeight: height }),
  };
  const videoTimeline = createMediaTimeline(VIDEO_CLOCK);
  const audioTimeline = createMediaTimeline(AUDIO_CLOCK);
  let failed = false;
  let finishing = false;
  const started = options.before.then(() => output.start());
  // Each track takes one packet at a time.
  const lane = () => {
    let last = started;
    return {
      add(work: () => Promise<void>) {
        last = last.then(work).catch(() => {
          if (!failed) options.failed('muxer');
          failed = true;
        });
      },
      idle: () => last,
    };
  };
  const videoLane = lane();
  const audioLane = lane();
  const audioConfig = ffmpeg === undefined ? OPUS_CONFIG : AAC_CONFIG;
  const writeAudio = (data: Uint8Array, seconds: number, duration: number) => {
    const packet = new EncodedPacket(data, 'key', seconds, duration);
    audioLane.add(async () => audio?.add(packet, { decoderConfig: audioConfig }));
  };
  let held: { data: Buffer; type: 'key' | 'delta'; seconds: number } | undefined;
  let frameSeconds = 1 / 30;
  // Only the next frame tells how long one is shown.
  const writeHeld = (endSeconds?: number) => {
    if (held === undefined) return;
    const { data, type, seconds } = held;
    if (endSeconds !== undefined) frameSeconds = endSeconds - seconds;
    const packet = new EncodedPacket(data, type, seconds, frameSeconds);
    videoLane.add(() => video.add(packet, { decoderConfig: videoConfig }));
    held = undefined;
  };
  let encoder: AacEncoder | undefined;
  if (withAudio && ffmpeg !== undefined) {
    encoder = createAacEncoder(ffmpeg, {
      frame: ({ data, seconds, durationSeconds }) => writeAudio(data, seconds, durationSeconds),
      end() {
        // Nothing will come of the sound that this run waits for.
        if (!finishing) options.failed('encoder');
      },
    });
  }
  return {
    sps: sps.toString('hex'),
    withAudio,
    video({ payloads, timestamp }, ssrc, atMs) {
      const seconds = videoTimeline.place({ ssrc, timestamp }, (atMs - startedAt) / 1000);
      if (seconds === undefined) return;
      const type = isH264Entry(payloads) ? 'key' : 'delta';
      writeHeld(seconds);
      held = { data: h264AccessUnit(payloads), type, seconds };
    },
    audio(packet, atMs) {
      const seconds = audioTimeline.place(packet, (atMs - startedAt) / 1000);
      if (seconds === undefined) return;
      if (encoder !== undefined) encoder.add(packet.payload, seconds);
      else writeAudio(packet.payload, seconds, opusSeconds(packet.payload));
    },
    async finish() {
      finishing = true;
      writeHeld();
      await encoder?.finish();
      await videoLane.idle();
      await audioLane.idle();
      if (failed) await output.cancel();
      else await output.finalize();
    },
  };
}
