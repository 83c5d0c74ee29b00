import { childOf } from './foundation/abort.js';
import type { WantedScreen } from './screen/share-screen.js';
import { notLoaded } from './signaling/not-loaded.js';
import type { ScreenOptions } from './sources/screen-options.js';
import { displayOptions, plainDisplayOptions } from './sources/screen-options.js';
import type { Source, SourceEvent } from './sources/source.js';

/** The context of the screens that are shared. */
export interface ScreenSettings {
  /** The screen as the state has it. */
  screen(): Source;
  /** Calls `listener` whenever `screen()` may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  dispatch(event: SourceEvent): void;
}

/**
 * The life of what is shared, from the press until `signal` aborts: asks for each screen that the
 * state wants, tells when it ends, and stops it once the state does not want it any more. One screen
 * goes on while the person chooses another.
 */
export async function runScreen(settings: ScreenSettings, signal: AbortSignal): Promise<void> {
  const lives = new Map<number, AbortController>();
  const ends: Promise<void>[] = [];
  const follow = () => {
    const wanted = wantedOf(settings.screen());
    for (const [request, life] of lives) {
      if (!wanted.some((one) => one.request === request)) life.abort();
    }
    for (const one of wanted) {
      if (signal.aborted || lives.has(one.request)) continue;
      const life = childOf(signal);
      lives.set(one.request, life);
      ends.push(openScreen(settings, one, life.signal).finally(() => life.abort()));
    }
  };
  const unsubscribe = settings.subscribe(follow);
  follow();
  while (ends.length > 0) await ends.pop();
  unsubscribe();
}

function wantedOf(screen: Source): readonly WantedScreen[] {
  if (screen.status !== 'opening' && screen.status !== 'on') return [];
  const change = screen.status === 'on' && screen.change;
  return [screen, ...(change ? [change] : [])].map((one) => {
    return { request: one.request, share: ('share' in one && one.share) || {} };
  });
}

/** Asks at once, while the press counts; only then what else it takes is loaded. */
async function openScreen(
  { dispatch }: ScreenSettings,
  wanted: WantedScreen,
  signal: AbortSignal,
): Promise<void> {
  const asked = ask(wanted.share);
  // Its refusal is heard of once that is loaded.
  asked.catch(() => {});
  const part = await import('./screen/share-screen.js').catch(() => null);
  if (part !== null) return part.shareScreen({ asked, dispatch }, wanted, signal);
  if (!signal.aborted) {
    const { request } = wanted;
    dispatch({ type: 'source-failed', kind: 'screen', request, error: notLoaded() });
  }
  const stream = await asked.catch(() => null);
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** A browser that refuses what is asked of the dialogue gets it asked without. */
async function ask(share: ScreenOptions): Promise<MediaStream> {
  const { mediaDevices } = navigator;
  try {
    return await mediaDevices.getDisplayMedia(displayOptions(share));
  } catch (thrown) {
    const { name } = Object(thrown) as { readonly name?: unknown };
    if (name !== 'TypeError' && name !== 'OverconstrainedError') throw thrown;
    return mediaDevices.getDisplayMedia(plainDisplayOptions(share));
  }
}
