import { childOf } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { elapsedMs, sleep } from '../foundation/time.js';
import { holdAudioContext } from './audio-context.js';
import type { MixInput } from './mix-graph.js';
import { createMixGraph } from './mix-graph.js';
import type { Mix, SoundEvent } from './sound.js';
import { STRAIGHT } from './sound.js';

/** The context of a mix. */
export interface MixContext {
  /** The inputs now; the first is the one that goes out without a mix. */
  inputs(): readonly MixInput[];
  isWanted(): boolean;
  /** Calls `listener` whenever these may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  dispatch(event: Extract<SoundEvent, { type: 'mix-changed' | 'sound-ended' }>): void;
  warn(message: string): void;
}

/** How long it takes until a context that runs has the sound of its inputs. */
const SETTLE_MS = 120;
/** A context that may run does so sooner. */
const PATIENCE_MS = 1_500;
/** How often it is looked whether sound still comes out; on a phone states lie after a call. */
const LOOK_MS = { waiting: 100, mixing: 1_000 } as const;
/** In a row, without a moment of sound. */
const STILL_LOOKS = 2;
/** How long a mix goes on that nobody needs: one sound often follows another. */
const LINGER_MS = 1_000;
/** Until every sender has changed over to the track that follows. */
const HANDOVER_MS = 250;

/**
 * Mixes the inputs into one track from now until no mix is wanted, or `signal` aborts, and tells
 * when that track is there, is held back, and is there again. It stays the same track while inputs
 * come, go and change their gain.
 * @throws BroadcastError `unsupported` where the browser cannot mix; the reason of `ending`.
 */
export async function runMix(
  { inputs, isWanted, subscribe, dispatch, warn }: MixContext,
  ending: AbortSignal,
): Promise<void> {
  const life = childOf(ending);
  const { signal } = life;
  const held = holdAudioContext();
  const { context } = held;
  const closers = [held.release];
  let told: Mix = STRAIGHT;
  const tell = (next: Mix) => {
    if (signal.aborted || next.status === told.status) return;
    told = next;
    dispatch({ type: 'mix-changed', mix: next });
  };
  const hold = () => tell({ status: 'suspended' });
  try {
    const graph = createMixGraph(context, ({ id, track }) => {
      if (track.readyState !== 'ended') warn(`The browser cannot mix in the sound ${id}.`);
      dispatch({ type: 'sound-ended', track });
    });
    closers.unshift(graph.close);
    const follow = () => {
      if (signal.aborted) return;
      try {
        graph.follow(inputs());
      } catch (thrown) {
        life.abort(thrown);
      }
    };
    follow();
    closers.unshift(subscribe(follow));
    const isRunning = () => context.state === 'running';
    // A context that stops silences the mix at once.
    listen(
      context,
      'statechange',
      () => void (isRunning() || told.status !== 'on' || hold()),
      signal,
    );
    const since = elapsedMs();
    let heardAt = -1;
    let stillLooks = 0;
    let idleSince: number | null = null;
    for (;;) {
      if (!isRunning()) {
        if (told.status === 'on' || elapsedMs() - since > PATIENCE_MS) hold();
      } else if (context.currentTime === heardAt) {
        stillLooks += 1;
        if (stillLooks >= STILL_LOOKS) {
          hold();
          void context
            .suspend()
            .then(() => context.resume())
            .catch(() => {});
        }
      } else {
        stillLooks = 0;
        if (told.status !== 'on') {
          await sleep(SETTLE_MS, signal);
          if (!isRunning()) continue;
          tell({ status: 'on', track: graph.track });
          graph.hear();
        }
      }
      heardAt = context.currentTime;
      idleSince = isWanted() ? null : (idleSince ?? elapsedMs());
      if (idleSince !== null && elapsedMs() - idleSince >= LINGER_MS) break;
      await sleep(LOOK_MS[told.status === 'on' ? 'mixing' : 'waiting'], signal);
    }
    const wasHeard = told.status === 'on';
    tell(STRAIGHT);
    if (wasHeard) await sleep(HANDOVER_MS, new AbortController().signal);
  } finally {
    life.abort();
    for (const close of closers) close();
  }
}
