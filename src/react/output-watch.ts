import type { BroadcasterInstance } from '../core/index.js';

/** The common verdict of a broadcast's playback checks, where they can tell. */
export type SeenOutput = 'unknown' | 'seen' | 'frozen';

/** Where the playback checks of one broadcast say what they see, wherever on the page they are. */
export interface OutputWatch {
  /** Tells what the playback check `of` sees; `unknown` also once it is gone. */
  report(of: symbol, seen: SeenOutput): void;
  getSnapshot(): SeenOutput;
  subscribe(listener: () => void): () => void;
}

const watches = new WeakMap<BroadcasterInstance, OutputWatch>();

/** The one of `broadcaster`. */
export function outputWatchOf(broadcaster: BroadcasterInstance): OutputWatch {
  const known = watches.get(broadcaster) ?? createOutputWatch();
  watches.set(broadcaster, known);
  return known;
}

function createOutputWatch(): OutputWatch {
  const reports = new Map<symbol, SeenOutput>();
  const listeners = new Set<() => void>();
  return {
    report(of, seen) {
      reports.set(of, seen);
      if (seen === 'unknown') reports.delete(of);
      for (const listener of [...listeners]) listener();
    },
    getSnapshot() {
      // One playback that stands still says nothing where another one runs.
      const seen = new Set(reports.values());
      if (seen.has('seen')) return 'seen';
      return seen.has('frozen') ? 'frozen' : 'unknown';
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
