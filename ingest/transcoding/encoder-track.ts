import { h264Format, splitAnnexB } from '../media/h264.js';
import { createH264Packetizer, findSequenceSet, hasIdr } from '../media/h264-packetizer.js';
import type { MediaKind } from '../media/media-packet.js';
import { ticksDistance } from '../media/mpeg-ts.js';
import type { EncoderUnit } from './encoder-unit.js';
import type { Ffmpeg } from './ffmpeg.js';
import { type PictureWish, startTrackConverter, type TrackConverter } from './track-converter.js';

const TICKS_PER_MS = 90;
/** So many pictures show whether they come in the order in which they are shown. */
const HELD_UNITS = 4;
/** The most that waits for a converter, in bytes. */
const MAX_WAITING = 16 * 1024 * 1024;
/** A converter that was fed for so long and gave nothing will give nothing. */
const FRUITLESS_MS = 10_000;
/** Encoders need a key frame at least this often: nobody can begin to watch in between. */
const KEYLESS_MS = 35_000;

/** One track of an encoder on its way to what browsers play: H.264 in RTP payloads, or Opus. */
export interface EncoderTrack {
  /** Takes one unit, which is of `at` (epoch ms). False when it should not get more until `drained`. */
  take(unit: EncoderUnit, when: { readonly at: number; readonly count: number }): boolean;
  /** Whether it has more than it should. */
  readonly isFull: boolean;
  /** Stops at once. Resolves when no process runs any more. */
  close(): Promise<void>;
}

/** The events of a track. */
export interface EncoderTrackListener {
  /** The payloads of one picture, or one Opus packet, of `at` (epoch ms). */
  media(payloads: readonly Buffer[], at: number): void;
  drained(): void;
  /** Nothing will ever come of it: in plain words. */
  failed(reason: string): void;
  /** Nobody can begin to watch: no key frame came for so long. */
  keyless(seconds: number): void;
}

interface Run {
  readonly id: string;
  /** Epoch ms of what it was started with, and its time stamp in ticks. */
  readonly at: number;
  readonly ticks: number;
  readonly codec: string;
  converter: TrackConverter | undefined;
  waiting: Buffer[];
  waitingBytes: number;
  /** Epoch ms on the wall clock. */
  fedAt: number | undefined;
  hasGiven: boolean;
}

/**
 * H.264 that browsers can play goes through as it is; everything else goes through ffmpeg. When its
 * parameters change, or the encoder's clock jumps, another ffmpeg takes over at the next key frame.
 */
export function createEncoderTrack(
  kind: MediaKind,
  ffmpeg: Ffmpeg,
  listener: EncoderTrackListener,
  wish?: PictureWish,
): EncoderTrack {
  const packetizer = createH264Packetizer();
  let held: { unit: EncoderUnit; when: { at: number; count: number } }[] | undefined = [];
  let mustEncode = false;
  let hasBegun = false;
  let keylessSince: number | undefined;
  let run: Run | undefined;
  let before: Promise<void> = Promise.resolve();
  let closed = false;

  const pass = ({ nalUnits = [], setup }: EncoderUnit, at: number) => {
    hasBegun ||= hasIdr(nalUnits);
    const payloads = packetizer.payloads(nalUnits, setup.parameterSets);
    if (hasBegun && payloads.length > 0) listener.media(payloads, at);
  };
  const convert = (unit: EncoderUnit, when: { at: number; count: number }) => {
    const id = `${unit.setup.id}#${when.count}`;
    if (run?.id !== id) {
      if (!unit.isKey) return;
      run = startRun(id, unit, when.at);
    }
    run.fedAt ??= Date.now();
    if (run.converter !== undefined) run.converter.write(unit.bytes);
    else {
      run.waiting.push(unit.bytes);
      run.waitingBytes += unit.bytes.length;
    }
    if (!run.hasGiven && Date.now() - run.fedAt > FRUITLESS_MS) {
      run.hasGiven = true;
      listener.failed(
        `ffmpeg makes nothing of the ${kind === 'video' ? 'picture' : 'sound'} (${run.codec}).`,
      );
    }
  };
  const startRun = (id: string, unit: EncoderUnit, at: number): Run => {
    const last = run;
    const next: Run = {
      id,
      at: at + unit.ptsMs - unit.dtsMs,
      ticks: Math.round(unit.ptsMs * TICKS_PER_MS),
      codec: unit.setup.codec,
      converter: undefined,
      waiting: [],
      waitingBytes: 0,
      fedAt: undefined,
      hasGiven: false,
    };
    before = before
      .then(() => last?.converter?.finish())
      .then(() => {
        if (closed) return;
        const { converter } = next;
        if (converter !== undefined) return;
        next.converter = startTrackConverter(
          ffmpeg,
          unit.setup,
          {
            unit({ ticks, payload }) {
              next.hasGiven = true;
              const at = next.at + ticksDistance(ticks, next.ticks) / TICKS_PER_MS;
              const payloads =
                kind === 'audio' ? [payload] : packetizer.payloads(splitAnnexB(payload), NO_SETS);
              if (payloads.length > 0) listener.media(payloads, at);
            },
            drained: () => listener.drained(),
            ended(complaint) {
              // One that another took over from may have got too little to make sense of.
              if (complaint === undefined || run !== next) return;
              const what = kind === 'video' ? 'picture' : 'sound';
              const [reason] = complaint.split('\n');
              listener.failed(`The ${what} (${next.codec}) cannot be converted: ${reason}`);
            },
          },
          wish,
        );
        for (const bytes of next.waiting) next.converter.write(bytes);
        next.waiting = [];
        next.waitingBytes = 0;
        listener.drained();
      });
    return next;
  };
  const watchKeys = (unit: EncoderUnit, at: number) => {
    if (unit.isKey || keylessSince === undefined) keylessSince = at;
    else if (at - keylessSince > KEYLESS_MS) {
      listener.keyless(KEYLESS_MS / 1000);
      keylessSince = Number.POSITIVE_INFINITY;
    }
  };
  const takePicture = (unit: EncoderUnit, when: { at: number; count: number }) => {
    watchKeys(unit, when.at);
    if (mustEncode || needsEncoder(unit)) {
      const begins = !mustEncode && held !== undefined;
      mustEncode = true;
      const waiting = begins ? (held ?? []) : [];
      held = undefined;
      for (const each of waiting) convert(each.unit, each.when);
      // Without what came before, a decoder begins at the next key frame.
      if (run === undefined && !unit.isKey && hasBegun) return pass(unit, when.at);
      return convert(unit, when);
    }
    if (held === undefined) return pass(unit, when.at);
    if (held.length > 0 || unit.isKey) held.push({ unit, when });
    if (held.length < HELD_UNITS) return;
    const waiting = held;
    held = undefined;
    for (const each of waiting) pass(each.unit, each.when.at);
  };
  const isFull = () =>
    run !== undefined &&
    (run.converter === undefined ? run.waitingBytes > MAX_WAITING : run.converter.isFull);
  return {
    take(unit, when) {
      if (closed) return true;
      if (kind === 'video') takePicture(unit, when);
      else convert(unit, when);
      return !isFull();
    },
    get isFull() {
      return isFull();
    },
    async close() {
      closed = true;
      await run?.converter?.close();
      await before;
    },
  };
}

const NO_SETS: readonly Buffer[] = [];

/** Browsers decode H.264 of eight bits that comes in the order in which it is shown, from an IDR on. */
function needsEncoder({ setup, nalUnits, isKey, ptsMs, dtsMs }: EncoderUnit): boolean {
  if (nalUnits === undefined) return true;
  if (Math.abs(ptsMs - dtsMs) >= 1) return true;
  if (isKey && !hasIdr(nalUnits)) return true;
  const set = findSequenceSet(nalUnits) ?? findSequenceSet(setup.parameterSets);
  const format = set === undefined || !isKey ? undefined : h264Format(set);
  return format?.isCommon === false;
}
