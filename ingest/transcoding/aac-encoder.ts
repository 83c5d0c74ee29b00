import {
  EncodedAudioPacketSource,
  EncodedPacket,
  OggOutputFormat,
  Output,
  StreamTarget,
} from 'mediabunny';
import { AUDIO_CLOCK } from '../media/codecs.js';
import { OPUS_CONFIG, OPUS_SILENCE, opusSeconds } from '../media/opus.js';
import type { Ffmpeg } from './ffmpeg.js';

/** Every packet goes out by itself. */
const PAGE_SECONDS = 0.01;
/** Samples of one AAC frame; the encoder begins with as many of nothing. */
const AAC_SAMPLES = 1024;
const ADTS_HEADER = 7;

/** The description of the output for a muxer. */
export const AAC_CONFIG = {
  codec: 'mp4a.40.2',
  sampleRate: AUDIO_CLOCK,
  numberOfChannels: 2,
} as const;

/** Turns Opus into AAC, in a process of its own. */
export interface AacEncoder {
  /** Takes one Opus packet; `seconds` grows from one to the next. */
  add(payload: Buffer, seconds: number): void;
  /** Resolves when everything that was added came out. */
  finish(): Promise<void>;
}

/** One AAC frame with its ADTS header. */
export interface AacFrame {
  readonly data: Buffer;
  /** On the clock of what was added. */
  readonly seconds: number;
  readonly durationSeconds: number;
}

/** Starts with the first packet's time. `onEnd` hears that the process is gone, asked for or not. */
export function createAacEncoder(
  ffmpeg: Ffmpeg,
  on: { frame(frame: AacFrame): void; end(): void },
): AacEncoder {
  const child = ffmpeg.start([
    ...['-v', 'error', '-fflags', 'nobuffer', '-analyzeduration', '0', '-probesize', '4096'],
    ...['-f', 'ogg', '-i', 'pipe:0', '-c:a', 'aac', '-b:a', '128k', '-ar', '48000', '-ac', '2'],
    ...['-flush_packets', '1', '-f', 'adts', 'pipe:1'],
  ]);
  const output = new Output({
    format: new OggOutputFormat({ maximumPageDuration: PAGE_SECONDS }),
    target: new StreamTarget(
      new WritableStream({
        write({ data }) {
          // A copy: the muxer writes its next page into the same memory.
          if (child.stdin.writable) child.stdin.write(Buffer.from(data));
        },
      }),
    ),
  });
  const source = new EncodedAudioPacketSource('opus');
  output.addAudioTrack(source);
  let startSeconds: number | undefined;
  let writtenSeconds = 0;
  let frames = 0;
  let queue: Promise<void> = output.start();
  const write = (payload: Buffer) => {
    const duration = opusSeconds(payload);
    const packet = new EncodedPacket(payload, 'key', writtenSeconds, duration);
    writtenSeconds += duration;
    queue = queue
      .then(() => source.add(packet, { decoderConfig: OPUS_CONFIG }))
      .catch(() => child.kill());
  };
  const splitter = createAdtsSplitter();
  child.stdout.on('data', (bytes: Buffer) => {
    for (const data of splitter(bytes)) {
      const at = (startSeconds ?? 0) + ((frames - 1) * AAC_SAMPLES) / AUDIO_CLOCK;
      frames += 1;
      // The first frame is before the first sample.
      if (frames > 1) {
        on.frame({ data, seconds: at, durationSeconds: AAC_SAMPLES / AUDIO_CLOCK });
      }
    }
  });
  void child.ended.then(on.end);
  return {
    add(payload, seconds) {
      startSeconds ??= seconds;
      // The process counts samples, so what is missing has to be there as silence.
      const missing = () => seconds - (startSeconds ?? 0) - writtenSeconds;
      while (missing() >= opusSeconds(OPUS_SILENCE)) write(OPUS_SILENCE);
      write(payload);
    },
    async finish() {
      await queue;
      await output.finalize().catch(() => {});
      child.stdin.end();
      await child.ended;
    },
  };
}

/** Cuts a byte stream into ADTS frames (ISO/IEC 13818-7 section 6.2). */
export function createAdtsSplitter(): (bytes: Buffer) => readonly Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const frames: Buffer[] = [];
    while (rest.length >= ADTS_HEADER) {
      const length = (rest.readUIntBE(3, 3) >> 5) & 0x1fff;
      if (length < ADTS_HEADER || rest.length < length) break;
      frames.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    return frames;
  };
}
