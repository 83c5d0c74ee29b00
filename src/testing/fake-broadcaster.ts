import type { BroadcasterInstance } from '../core/broadcaster.js';
import type { BroadcasterOptions } from '../core/options.js';
import type { BroadcasterState } from '../core/state.js';
import { INITIAL_STATE } from '../core/state.js';

/** One call that a fake broadcaster received. */
export interface BroadcasterCall {
  readonly method: Exclude<keyof BroadcasterInstance, 'getSnapshot' | 'subscribe' | 'watchSound'>;
  readonly args: readonly unknown[];
}

/** A broadcaster that does nothing: the test sets its state, and reads what it was asked. */
export interface FakeBroadcaster extends BroadcasterInstance {
  /** Everything it was asked, in order. */
  readonly calls: readonly BroadcasterCall[];
  /** The names of `calls`, which is most often all a test wants to know. */
  readonly methods: readonly BroadcasterCall['method'][];
  /** How many listen now. */
  readonly listeners: number;
  /** Replaces slices of the state, and tells every listener. */
  setState(patch: Partial<BroadcasterState>): void;
  /**
   * Lets every later `preview`, `prepare`, `start`, `resume`, `stop`, `shareScreen` and `setScene`
   * reject with `error`.
   */
  rejectWith(error: unknown): void;
}

/** Makes a broadcaster without devices or network whose state is `initial`, else never used. */
export function createFakeBroadcaster(initial: Partial<BroadcasterState> = {}): FakeBroadcaster {
  let state: BroadcasterState = { ...INITIAL_STATE, ...initial };
  let failure: { readonly error: unknown } | null = null;
  const listeners = new Set<() => void>();
  const calls: BroadcasterCall[] = [];
  const record = (method: BroadcasterCall['method'], ...args: readonly unknown[]) => {
    calls.push({ method, args });
  };
  const asked = async (method: BroadcasterCall['method'], ...args: readonly unknown[]) => {
    record(method, ...args);
    if (failure !== null) throw failure.error;
  };
  return {
    getSnapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update: (options: BroadcasterOptions) => record('update', options),
    preview: () => asked('preview'),
    prepare: () => asked('prepare'),
    start: (...options) => asked('start', ...options),
    async resume() {
      await asked('resume');
      return false;
    },
    stop: () => asked('stop'),
    retryNow: () => record('retryNow'),
    select: (kind, deviceId) => record('select', kind, deviceId),
    flipCamera: () => record('flipCamera'),
    mute: (kind) => record('mute', kind),
    unmute: (kind) => record('unmute', kind),
    shareScreen: (...options) => asked('shareScreen', ...options),
    stopSharing: () => record('stopSharing'),
    watchSound: () => () => {},
    setGain: (input, gain) => record('setGain', input, gain),
    setScene: (scene) => asked('setScene', scene),
    release: async () => record('release'),
    calls,
    get methods() {
      return calls.map(({ method }) => method);
    },
    get listeners() {
      return listeners.size;
    },
    setState(patch) {
      state = { ...state, ...patch };
      for (const listener of [...listeners]) listener();
    },
    rejectWith(error) {
      failure = { error };
    },
  };
}
