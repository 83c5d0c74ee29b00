import { createTsReader, type TsUnit } from '../media/mpeg-ts.js';
import { readOpusUnits } from '../media/opus.js';
import type { TrackSetup } from './encoder-unit.js';
import type { Ffmpeg } from './ffmpeg.js';

/** The most that ffmpeg reads before it decides what a track is: bytes, microseconds. */
const LOOK = ['-probesize', '2000000', '-analyzeduration', '1000000', '-fpsprobesize', '0'];
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-bf', '0'];
const OPUS = ['-c:a', 'libopus', '-b:a', '128k', '-ar', '48000', '-ac', '2'];
/** How long it may be silent while it hands out what it has, once nothing more comes. */
const FAREWELL_MS = 10_000;

/** The way a picture is converted. */
export interface PictureWish {
  /** Rows, at most; the width follows. Default: as it comes. */
  readonly maxHeight?: number;
  /** Key frames where the source has them, instead of one a second. */
  readonly keyFramesOfSource?: boolean;
  /** Bits a second. Default: what the encoder likes. */
  readonly bitrate?: number;
}

/** A piece of what comes out: H.264 as a byte stream, or one Opus packet. */
export interface ConvertedUnit {
  /** On the clock of what went in, in ticks of 90 kHz that start again after 26 hours. */
  readonly ticks: number;
  readonly payload: Buffer;
}

/** The events of a converter. */
export interface TrackConverterListener {
  unit(unit: ConvertedUnit): void;
  drained(): void;
  /** It is over; `complaint` says why, if it went wrong. */
  ended(complaint: string | undefined): void;
}

/** One track on its way through ffmpeg: to H.264 without B frames, or to Opus. */
export interface TrackConverter {
  /** Takes what goes on after the setup's head. */
  write(bytes: Buffer): void;
  /** It should not get more until `drained`. */
  readonly isFull: boolean;
  /** Hands out what is left, and ends. Resolves when no process runs any more. */
  finish(): Promise<void>;
  /** Stops at once: `ended` is not called. Resolves when no process runs any more. */
  close(): Promise<void>;
}

/** Starts ffmpeg for a track. */
export function startTrackConverter(
  ffmpeg: Ffmpeg,
  { kind, container, head }: TrackSetup,
  listener: TrackConverterListener,
  wish: PictureWish = {},
): TrackConverter {
  const child = ffmpeg.start([
    ...['-v', 'error', ...LOOK, '-copyts', '-f', container, '-i', 'pipe:0'],
    ...(kind === 'video' ? ['-map', '0:v:0', ...pictureOptions(wish)] : ['-map', '0:a:0', ...OPUS]),
    ...['-muxdelay', '0', '-muxpreload', '0', '-pes_payload_size', '0'],
    ...['-omit_video_pes_length', '0', '-flush_packets', '1', '-f', 'mpegts', 'pipe:1'],
  ]);
  let closed = false;
  let patience: NodeJS.Timeout | undefined;
  const read = createTsReader({
    streams() {},
    unit: ({ pts, payload }: TsUnit) => {
      if (kind === 'video') listener.unit({ ticks: pts, payload });
      else for (const unit of readOpusUnits(payload, pts)) listener.unit(unit);
    },
    noise() {},
  });
  child.stdout.on('data', (bytes: Buffer) => {
    patience?.refresh();
    if (!closed) read(bytes);
  });
  child.stdin.on('drain', () => listener.drained());
  child.stdin.write(head);
  void child.ended.then(({ code, complaint }) => {
    if (closed) return;
    closed = true;
    listener.ended(code === 0 ? undefined : complaint || 'ffmpeg gave up.');
  });
  return {
    write(bytes) {
      if (!closed && child.stdin.writable) child.stdin.write(bytes);
    },
    get isFull() {
      return !closed && child.stdin.writableNeedDrain;
    },
    async finish() {
      child.stdin.end();
      patience = setTimeout(() => void child.kill(), FAREWELL_MS);
      await child.ended;
      clearTimeout(patience);
    },
    async close() {
      closed = true;
      await child.kill();
    },
  };
}

function pictureOptions({ maxHeight, keyFramesOfSource, bitrate }: PictureWish): readonly string[] {
  const even = (size: string) => `trunc(${size}/2)*2`;
  const height = maxHeight === undefined ? 'ih' : `min(${maxHeight},ih)`;
  const width = maxHeight === undefined ? even('iw') : '-2';
  return [
    ...X264,
    // Frames keep their times: a picture that pauses is not made up.
    ...['-pix_fmt', 'yuv420p', '-vsync', 'vfr', '-vf', `scale='${width}':'${even(height)}'`],
    '-force_key_frames',
    keyFramesOfSource ? 'source' : 'expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+1))',
    ...(bitrate === undefined
      ? []
      : ['-b:v', String(bitrate), '-maxrate', String(bitrate), '-bufsize', String(bitrate)]),
  ];
}
