import { BroadcastError } from '../errors.js';
import { listen } from '../foundation/listen.js';

/** The page's one audio context, for as long as it is held. */
export interface HeldContext {
  readonly context: AudioContext;
  /** Lets go of it; repeatable. The last who does closes it. */
  release(): void;
}

interface Shared {
  readonly context: AudioContext;
  readonly life: AbortController;
  holders: number;
}

/** One for all, because browsers limit how many a page may have. */
let shared: Shared | null = null;

/**
 * Holds the page's audio context, which is asked to run at every moment that may let it: one that
 * was made before the first gesture waits for one, and on a phone a call interrupts it.
 * @throws BroadcastError `unsupported` where the browser has none, or gives none.
 */
export function holdAudioContext(): HeldContext {
  const held = shared ?? open();
  shared = held;
  held.holders += 1;
  let isHeld = true;
  return {
    context: held.context,
    release() {
      if (!isHeld) return;
      isHeld = false;
      held.holders -= 1;
      if (held.holders > 0) return;
      held.life.abort();
      if (shared === held) shared = null;
      void held.context.close().catch(() => {});
    },
  };
}

function open(): Shared {
  if (typeof AudioContext === 'undefined') throw noContext();
  let context: AudioContext;
  try {
    context = new AudioContext();
  } catch (cause) {
    throw noContext(cause);
  }
  const life = new AbortController();
  const made: Shared = { context, life, holders: 0 };
  const wake = () => {
    if (context.state === 'closed') {
      // By the browser itself: the next who needs one gets another.
      if (shared === made) shared = null;
    } else if (context.state !== 'running') {
      void context.resume().catch(() => {});
    }
  };
  // Asking in between these moments only heaps up promises.
  listen(context, 'statechange', wake, life.signal);
  for (const name of ['pointerup', 'keydown', 'visibilitychange'] as const) {
    listen(document, name, wake, life.signal);
  }
  wake();
  return made;
}

function noContext(cause?: unknown): BroadcastError {
  return new BroadcastError(
    'unsupported',
    'This browser cannot mix sounds here, so the microphone goes out alone. Close other tabs that play sound, or use a current Chrome, Edge, Firefox or Safari.',
    cause === undefined ? {} : { cause },
  );
}
