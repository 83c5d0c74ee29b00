import { BroadcastError } from '../errors.js';
import { childOf } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { isSame } from '../foundation/same.js';
import { sleep, within } from '../foundation/time.js';
import { deviceLost } from './capture.js';
import type { CaptureWish, MediaOpener, OpenedMedia, SuppliedPart } from './open-media.js';
import type { SourceKind } from './source.js';
import { MEDIA_OF } from './source.js';
import type { Supply } from './supply.js';
import { standsStill } from './watch-flow.js';

/** A wish for media in which the app has a part. */
export interface SuppliedWish extends CaptureWish {
  readonly supply: Supply;
  /** Opens the device, where the app supplies no source. */
  readonly openDevice: MediaOpener;
}

/** How long a factory or a processor may take. */
const ANSWERS_WITHIN_MS = 10_000;
/** How often a track is looked at: a page that stops its own is told of no event. */
const LOOK_MS = 500;

/** A track as it was opened. */
interface Raw {
  readonly track: MediaStreamTrack;
  readonly supplied: SuppliedPart['supplied'];
  /** Why it is not the device that was chosen. */
  readonly problem: BroadcastError | null;
  /** Lets go of it: stops it, unless it is the app's own. */
  end(): void;
}

/** The track that goes out in place of the raw one. */
interface Processed {
  readonly track: MediaStreamTrack;
  /** The clone that the processor works on. */
  readonly input: MediaStreamTrack;
  end(): void;
}

const raws = new WeakMap<SuppliedPart, Raw>();

/**
 * Opens what the app supplies, or the device where it supplies none, and lets the app's processor
 * work on it. A change of the processor alone goes on with the track that is open.
 * @throws BroadcastError `app-source-failed`, or as the device's opener does; the signal's reason.
 */
export async function openSupplied(wish: SuppliedWish): Promise<OpenedMedia> {
  const { kind, supply, signal } = wish;
  const kept = keptOf(wish);
  const raw = kept ?? (await openRaw(wish));
  const { processor } = supply;
  if (typeof processor !== 'function') return mediaOf(raw, kind, supply, null);
  try {
    return mediaOf(raw, kind, supply, await process(raw.track, processor, kind, signal));
  } catch (thrown) {
    if (!signal.aborted) return mediaOf(raw, kind, supply, failureOf(thrown, kind));
    if (kept === null) raw.end();
    throw thrown;
  }
}

function rawTrackOf({ track, supply }: OpenedMedia): MediaStreamTrack {
  return supply?.raw ?? track;
}

/** The track that is open, where only the processor is another one. */
function keptOf({ before, target, supply }: SuppliedWish): Raw | null {
  if (before === null || before.target !== target) return null;
  const { media } = before;
  const made = media.supply?.supply;
  const track = rawTrackOf(media);
  const isOther = made?.processor !== supply.processor || made?.key !== supply.key;
  if (!isOther || (made?.source ?? null) !== (supply.source ?? null)) return null;
  if (track.readyState !== 'live') return null;
  const raw = media.supply && raws.get(media.supply);
  if (raw === undefined) return deviceOf(media);
  const isSamePicture = made?.key === supply.key && isSame(made?.preset, supply.preset);
  return raw.supplied === 'made' && !isSamePicture ? null : raw;
}

function deviceOf({ track, problem }: OpenedMedia): Raw {
  return { track, supplied: undefined, problem, end: () => track.stop() };
}

async function openRaw(wish: SuppliedWish): Promise<Raw> {
  const { supply, kind, openDevice } = wish;
  const { source } = supply;
  if (source === undefined || source === null) return deviceOf(await openDevice(wish));
  return typeof source === 'function' ? make(source, wish) : take(trackIn(source, kind));
}

/** The tracks of apps that are in use, with what is changed about them meanwhile. */
const given = new Map<
  MediaStreamTrack,
  Pick<MediaStreamTrack, 'enabled' | 'contentHint'> & { readonly uses: number }
>();

/** Takes a track of the app's own, which is given back as it was. */
function take(track: MediaStreamTrack): Raw {
  const { enabled, contentHint, uses: others } = given.get(track) ?? { ...stateOf(track), uses: 0 };
  given.set(track, { enabled, contentHint, uses: others + 1 });
  const end = () => {
    const { uses: left = 1 } = given.get(track) ?? {};
    if (left > 1) {
      given.set(track, { enabled, contentHint, uses: left - 1 });
      return;
    }
    given.delete(track);
    track.enabled = enabled;
    if ('contentHint' in track) track.contentHint = contentHint;
  };
  return { track, supplied: 'given', problem: null, end };
}

function stateOf({ enabled, contentHint }: MediaStreamTrack) {
  return { enabled, contentHint };
}

/** How often each track that factories returned is in use: one may return the same one again. */
const uses = new Map<MediaStreamTrack, number>();

function use(track: MediaStreamTrack, more: 1 | -1): void {
  const count = (uses.get(track) ?? 0) + more;
  if (count > 0) uses.set(track, count);
  else uses.delete(track);
}

/** Asks the app's factory for a track; all that it returned is stopped in the end. */
async function make(factory: unknown, { supply, kind, signal }: SuppliedWish): Promise<Raw> {
  const life = new AbortController();
  const ask = async () =>
    Reflect.apply(factory as () => unknown, undefined, [{ ...supply.preset, signal: life.signal }]);
  const asked = ask();
  asked.then((late) => life.signal.aborted && stopAll(late)).catch(() => {});
  try {
    const made: unknown = await within(asked, ANSWERS_WITHIN_MS, late, signal);
    try {
      const track = trackIn(made, kind);
      use(track, 1);
      const end = () => {
        life.abort();
        use(track, -1);
        stopAll(made);
      };
      return { track, supplied: 'made', problem: null, end };
    } catch (thrown) {
      stopAll(made);
      throw thrown;
    }
  } catch (thrown) {
    life.abort(signal.reason);
    if (signal.aborted || thrown instanceof BroadcastError) throw thrown;
    throw sourceFailed(kind, 'threw an error', thrown);
  }

  function late(): BroadcastError {
    return sourceFailed(kind, 'did not come within ten seconds');
  }
}

/** Stops what a factory returned, but for tracks that are still in use. */
function stopAll(made: unknown): void {
  try {
    for (const track of tracksIn(made)) {
      if (!uses.has(track)) track.stop();
    }
  } catch {
    // No stream and no track after all.
  }
}

function tracksIn(made: unknown): readonly MediaStreamTrack[] {
  if (isStream(made)) return made.getTracks();
  return isTrack(made) ? [made] : [];
}

/** @throws BroadcastError where there is no live track of this kind. */
function trackIn(source: unknown, kind: SourceKind): MediaStreamTrack {
  const media = MEDIA_OF[kind];
  let tracks: readonly MediaStreamTrack[];
  try {
    if (!isStream(source) && !isTrack(source)) {
      throw sourceFailed(kind, 'is no MediaStream and no MediaStreamTrack');
    }
    tracks = tracksIn(source).filter((track) => track.kind === media);
  } catch (thrown) {
    if (thrown instanceof BroadcastError) throw thrown;
    throw sourceFailed(kind, 'cannot be read', thrown);
  }
  const live = tracks.find(({ readyState }) => readyState === 'live');
  if (live !== undefined) return live;
  throw sourceFailed(kind, tracks.length > 0 ? 'has ended' : `has no ${media} track`);
}

function isStream(value: unknown): value is MediaStream {
  return typeof (Object(value) as { getTracks?: unknown }).getTracks === 'function';
}

function isTrack(value: unknown): value is MediaStreamTrack {
  const { readyState, stop } = Object(value) as { readyState?: unknown; stop?: unknown };
  return typeof stop === 'function' && typeof readyState === 'string';
}

/** Lets the app's processor work on a clone, so that it can neither stop nor mute the track itself. */
async function process(
  raw: MediaStreamTrack,
  processor: unknown,
  kind: SourceKind,
  signal: AbortSignal,
): Promise<Processed> {
  const life = new AbortController();
  const input = raw.clone();
  // The raw one may be muted, while it still goes out.
  input.enabled = true;
  const ask = async () =>
    Reflect.apply(processor as () => unknown, undefined, [input, { kind, signal: life.signal }]);
  const asked = ask();
  const drop = (made: unknown) => {
    if (isTrack(made)) made.stop();
  };
  asked.then((made) => life.signal.aborted && drop(made)).catch(() => {});
  const end = () => {
    life.abort();
    input.stop();
  };
  try {
    const made: unknown = await within(asked, ANSWERS_WITHIN_MS, late, signal);
    if (!isTrack(made) || made.kind !== MEDIA_OF[kind] || made.readyState !== 'live') {
      drop(made);
      throw processorFailed(kind, `returned no live ${MEDIA_OF[kind]} track`);
    }
    return {
      track: made,
      input,
      end() {
        end();
        made.stop();
      },
    };
  } catch (thrown) {
    end();
    throw thrown;
  }

  function late(): BroadcastError {
    return processorFailed(kind, 'was not ready within ten seconds');
  }
}

/** The media that goes out: what the processor made, or the raw track, with why it is not processed. */
function mediaOf(
  raw: Raw,
  kind: SourceKind,
  supply: Supply,
  processed: Processed | BroadcastError | null,
): OpenedMedia {
  const isFailed = processed instanceof BroadcastError;
  const working = isFailed ? null : processed;
  const part: SuppliedPart = {
    raw: raw.track,
    supplied: raw.supplied,
    supply,
    end(next) {
      working?.end();
      if (next?.supply !== undefined && raws.get(next.supply) === raw) return;
      const isDevice = raw.supplied === undefined;
      if (!isDevice || next === null || rawTrackOf(next) !== raw.track) raw.end();
    },
    async watch(signal) {
      const life = childOf(signal);
      try {
        const over = ended(raw.track, life.signal).then(() => lossOf(raw, kind));
        const failing = working === null ? [] : [failureWhile(working, kind, life.signal)];
        const next = await Promise.race([over, ...failing]);
        if (raw.track.readyState === 'ended') return lossOf(raw, kind);
        return next.code === 'processor-failed' ? mediaOf(raw, kind, supply, next) : next;
      } finally {
        life.abort();
      }
    },
  };
  raws.set(part, raw);
  const problem = isFailed ? processed : raw.problem;
  return { track: working?.track ?? raw.track, problem, supply: part };
}

/** Resolves with why the processor no longer works. */
async function failureWhile(
  { track, input }: Processed,
  kind: SourceKind,
  signal: AbortSignal,
): Promise<BroadcastError> {
  return Promise.race([
    ended(track, signal).then(() => processorFailed(kind, 'ended its track')),
    standsStill(track, input, signal).then(() =>
      processorFailed(kind, 'stands still while there are new pictures or sounds to work on'),
    ),
  ]);
}

/** Resolves once the track has ended, whoever ended it. */
async function ended(track: MediaStreamTrack, signal: AbortSignal): Promise<void> {
  const told = new Promise<void>((resolve) => {
    listen(track, 'ended', () => resolve(), signal);
  });
  const seen = async () => {
    while (track.readyState === 'live') await sleep(LOOK_MS, signal);
  };
  await Promise.race([told, seen()]);
}

function lossOf({ supplied }: Raw, kind: SourceKind): BroadcastError {
  return supplied === undefined ? deviceLost(kind) : sourceFailed(kind, 'has ended');
}

function failureOf(thrown: unknown, kind: SourceKind): BroadcastError {
  if (thrown instanceof BroadcastError) return thrown;
  return processorFailed(kind, 'threw an error', thrown);
}

function sourceFailed(kind: SourceKind, what: string, cause?: unknown): BroadcastError {
  return new BroadcastError(
    'app-source-failed',
    `The source that this page supplies for the ${kind} ${what}. Try again; for developers: mend the option ${kind}.source, or give another one.`,
    { cause },
  );
}

function processorFailed(kind: SourceKind, what: string, cause?: unknown): BroadcastError {
  return new BroadcastError(
    'processor-failed',
    `The processor of this page for the ${kind} ${what}, so the ${kind} goes out as it is. For developers: mend the option ${kind}.processor, or give another one.`,
    { cause },
  );
}
