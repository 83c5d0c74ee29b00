import { VIDEO_CODECS } from '../media/codecs.js';
import { createFrameAssembler, type Frame, type FrameAssembler } from '../media/frame-assembler.js';
import { h264CodecString, h264Parameters, h264Size, isH264Entry } from '../media/h264.js';
import { OPUS_CONFIG } from '../media/opus.js';
import type { Sink } from '../streams/channel.js';
import { AAC_CONFIG } from '../transcoding/aac-encoder.js';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';
import { createHlsWindow, type HlsWindow, parseSegments } from './hls-playlist.js';
import { createHlsRun, type HlsRun, initPathOf } from './hls-run.js';

const SEGMENT_SECONDS = 1;
const KEPT_SEGMENTS = 6;
/** Sound that did not come for so long is not coming. */
const SILENT_MS = 2000;

/** The context of a packager. */
export interface HlsPackagerOptions {
  /** Begins the names of its files: no other packager has the same, so that they can be cached. */
  readonly name: string;
  /** Turns the sound into AAC; without it the sound stays Opus. */
  readonly ffmpeg: Ffmpeg | undefined;
  /** Whether the publisher has announced sound. */
  hasAudio(): boolean;
  /** Epoch ms at which its sound last came in, where it goes on later; else undefined. */
  audioHeardAt(): number | undefined;
  /** The publisher's codec is another one now. */
  codecChanged(): void;
  /** A segment was added, or nothing more will be. */
  changed(): void;
}

/** The description of a rendition for players (RFC 8216 section 4.3.4.2). */
export interface HlsVariant {
  /** Bits a second of the segment that needs most. */
  readonly bandwidth: number;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly codecs: string;
}

/** Makes a live HLS stream of H.264 and Opus, in memory. */
export interface HlsPackager extends Sink {
  readonly window: HlsWindow;
  /** Its entry in a multivariant playlist; undefined before the first segment. */
  describe(): HlsVariant | undefined;
  /** There was something to begin with. */
  readonly hasKeyFrame: boolean;
  /** A segment or an initialisation segment, while it is kept. */
  file(path: string): Uint8Array | undefined;
  /** The publisher is gone: what is there becomes the last segment before a discontinuity. */
  interrupt(): void;
  /** Ends the playlist. Resolves when no process runs any more. */
  end(): Promise<void>;
}

/**
 * CMAF segments that begin with key frames, about one a second: it asks for them. A publisher that
 * returns, another picture size, and sound that comes or goes each begin with a discontinuity.
 */
export function createHlsPackager(options: HlsPackagerOptions): HlsPackager {
  const window = createHlsWindow(KEPT_SEGMENTS);
  const files = new Map<string, Uint8Array>();
  let assembler: FrameAssembler | undefined;
  let videoSsrc: number | undefined;
  let run: HlsRun | undefined;
  let runs = 0;
  let started: { sps: Buffer; withAudio: boolean; codec: string } | undefined;
  let waiting = true;
  /** A beginning of which the next moment says whether it has sound. */
  let held: { readonly frame: Frame; readonly ssrc: number; readonly atMs: number }[] = [];
  let ended = false;
  let keyFrameAt = 0;
  let audioAt = 0;
  let silentSince: number | undefined;
  let aacWorks = true;
  // A run's segments follow those of the run before.
  let queue: Promise<void> = Promise.resolve();

  const add = (name: string, first: boolean, startedAt: number) => {
    const known = new Set<string>();
    let offsetMs = 0;
    return (playlist: string) => {
      for (const { path, seconds } of parseSegments(playlist)) {
        if (known.has(path)) continue;
        const removed = window.append({
          path,
          seconds,
          startsAt: startedAt + offsetMs,
          initPath: initPathOf(name),
          discontinuity: known.size === 0 && !first,
        });
        known.add(path);
        offsetMs += seconds * 1000;
        for (const gone of removed) {
          files.delete(gone.path);
          if (!window.segments.some(({ initPath }) => initPath === gone.initPath)) {
            files.delete(gone.initPath);
          }
        }
      }
      options.changed();
    };
  };
  const finishRun = () => {
    release(false);
    const finished = run;
    run = undefined;
    waiting = true;
    if (finished !== undefined) {
      queue = queue.then(() => finished.finish()).catch(() => {});
    }
  };
  // By when it came here: what an encoder held back comes all at once, the sound a moment later.
  const wantsAudio = () => {
    const now = Date.now();
    if (now - Math.max(audioAt, options.audioHeardAt() ?? 0) < SILENT_MS) return true;
    if (!options.hasAudio()) return false;
    silentSince ??= now;
    return now - silentSince < SILENT_MS;
  };
  const takeFrame = (frame: Frame, ssrc: number, atMs: number) => {
    const sps = entryParameters(frame);
    if (waiting && sps === undefined) return;
    if (sps !== undefined) {
      keyFrameAt = atMs;
      waiting = false;
      const withAudio = wantsAudio();
      release(withAudio);
      if (run === undefined && !withAudio) {
        held = [{ frame, ssrc, atMs }];
        return;
      }
      if (run?.sps !== sps.toString('hex') || run.withAudio !== withAudio) {
        finishRun();
        waiting = false;
        runs += 1;
        run = openRun({ sps, withAudio, startedAt: atMs });
      }
    }
    if (held.length > 0) held.push({ frame, ssrc, atMs });
    else run?.video(frame, ssrc, atMs);
  };
  const release = (withAudio: boolean) => {
    const [first] = held;
    const sps = first && entryParameters(first.frame);
    if (first === undefined || sps === undefined) return;
    const frames = held;
    held = [];
    runs += 1;
    run = openRun({ sps, withAudio, startedAt: first.atMs });
    for (const { frame, ssrc, atMs } of frames) run.video(frame, ssrc, atMs);
  };
  const openRun = (start: {
    readonly sps: Buffer;
    readonly withAudio: boolean;
    readonly startedAt: number;
  }): HlsRun => {
    const number = runs;
    const toAac = aacWorks && options.ffmpeg !== undefined;
    started = { ...start, codec: toAac ? AAC_CONFIG.codec : OPUS_CONFIG.codec };
    const name = `${options.name}-${number}`;
    return createHlsRun({
      ...start,
      ffmpeg: aacWorks ? options.ffmpeg : undefined,
      before: queue,
      file: (path, bytes) => files.set(path, bytes),
      name,
      playlist: add(name, number === 1, start.startedAt),
      segmentSeconds: SEGMENT_SECONDS,
      keptSegments: KEPT_SEGMENTS,
      failed(what) {
        if (what === 'encoder') aacWorks = false;
        if (runs === number) finishRun();
      },
    });
  };

  return {
    kind: 'hls',
    window,
    file: (path) => files.get(path),
    describe() {
      if (started === undefined || window.segments.length === 0) return undefined;
      const { sps, withAudio, codec } = started;
      const rates = window.segments.map(
        ({ path, seconds }) => ((files.get(path)?.byteLength ?? 0) * 8) / seconds,
      );
      const { width, height } = h264Size(sps) ?? {};
      const codecs = withAudio ? `${h264CodecString(sps)},${codec}` : h264CodecString(sps);
      return { bandwidth: Math.ceil(Math.max(1, ...rates)), width, height, codecs };
    },
    get hasKeyFrame() {
      return runs > 0 || held.length > 0;
    },
    get wantsKeyFrame() {
      return waiting || Date.now() - keyFrameAt >= SEGMENT_SECONDS * 1000;
    },
    media(packet, atMs) {
      if (ended) return;
      if (packet.kind === 'audio') {
        if (packet.payload.length === 0) return;
        audioAt = Date.now();
        silentSince = undefined;
        release(true);
        run?.audio(packet, atMs);
        return;
      }
      if (packet.payloadType !== VIDEO_CODECS.H264.payloadType) return;
      if (packet.ssrc !== videoSsrc) {
        videoSsrc = packet.ssrc;
        assembler = createFrameAssembler();
        finishRun();
      }
      for (const frame of assembler?.add(packet) ?? []) {
        if (frame === null) waiting = true;
        else takeFrame(frame, packet.ssrc, atMs);
      }
    },
    codecChanged: () => options.codecChanged(),
    interrupt() {
      videoSsrc = undefined;
      audioAt = 0;
      silentSince = undefined;
      finishRun();
    },
    async end() {
      ended = true;
      finishRun();
      await queue;
      window.end();
      options.changed();
    },
  };
}

/** The sequence parameter set of a frame that a decoder can start with. */
function entryParameters({ payloads }: Frame): Buffer | undefined {
  return isH264Entry(payloads) ? h264Parameters(payloads) : undefined;
}
