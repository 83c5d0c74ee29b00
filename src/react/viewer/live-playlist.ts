import { childOf } from '../../core/foundation/abort.js';
import { sleep, within } from '../../core/foundation/time.js';

/** Between two looks at a playlist that is not there, in milliseconds: at first, and at most. */
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 5000;
/** An ingest may hold its answer back until the first segment is there. */
const ANSWER_MS = 30_000;

/** The wait before the next attempt, after so many that failed in a row. */
export function waitAfter(failures: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1), MAX_WAIT_MS);
}

/**
 * Resolves when there is a playlist at `src`; after an end, when it goes on again. Rejects with the
 * signal's reason. Where scripts may not read it, a player that needs no leave is let try: `opaque`.
 */
export async function livePlaylist(
  src: string,
  {
    isOver,
    opaque,
    signal,
  }: {
    readonly isOver: boolean;
    readonly opaque: 'try' | 'wait';
    readonly signal: AbortSignal;
  },
): Promise<void> {
  for (let failures = 0; ; ) {
    const found = await look(src, signal);
    if (found === 'opaque' && opaque === 'try' && !isOver) return;
    if (found === 'live' || (found === 'over' && !isOver)) return;
    failures += 1;
    await sleep(waitAfter(failures), signal);
  }
}

/** Whether the playlist at `src` says that no more will come. */
export async function isPlaylistOver(src: string, signal: AbortSignal): Promise<boolean> {
  return (await look(src, signal)) === 'over';
}

type Found = 'live' | 'over' | 'absent' | 'opaque';

async function look(src: string, signal: AbortSignal): Promise<Found> {
  const limit = childOf(signal);
  try {
    return await within(read(src, limit.signal), ANSWER_MS, tooLate, signal);
  } catch {
    signal.throwIfAborted();
    return 'opaque';
  } finally {
    limit.abort();
  }
}

async function read(src: string, signal: AbortSignal): Promise<Found> {
  const { url, playlist } = await load(src, signal);
  // Only the playlist of one variant says whether more will come.
  const variant = /^#EXT-X-STREAM-INF:.*\r?\n(?:#.*\r?\n)*([^#\s].*)$/m.exec(playlist ?? '')?.[1];
  const media =
    variant === undefined
      ? playlist
      : (await load(new URL(variant.trim(), url).href, signal)).playlist;
  if (media === null) return 'absent';
  return /^#EXT-X-ENDLIST/m.test(media) ? 'over' : 'live';
}

async function load(src: string, signal: AbortSignal) {
  const response = await fetch(src, { signal, cache: 'no-store' });
  const text = await response.text();
  return { url: response.url || src, playlist: response.ok ? text : null };
}

function tooLate(): Error {
  return new Error('The playlist did not come in time.');
}
