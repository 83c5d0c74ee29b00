import type { LevelMeter, LevelMeterOptions, LevelSample } from './level.js';

/**
 * Meters `track`, on the audio thread where the browser can. The code of it is loaded on use: until
 * then, in a browser without Web Audio, and while the browser holds sound back, it reads 0.
 */
export function createLevelMeter(
  track: MediaStreamTrack,
  options: LevelMeterOptions = {},
): LevelMeter {
  const life = new AbortController();
  const listeners = new Set<(sample: LevelSample) => void>();
  let opened: Pick<LevelMeter, 'read' | 'peak'> | null = null;
  const open = async () => {
    const { measureLevel } = await import('./measure-level.js');
    if (life.signal.aborted) return;
    const onSample = (sample: LevelSample) => {
      for (const listener of [...listeners]) listener(sample);
    };
    opened = measureLevel(track, { ...options, onSample }, life.signal);
  };
  // Too many contexts, or a file that is gone: nothing is worth losing the page for.
  open().catch(() => {});
  return {
    read: () => opened?.read() ?? 0,
    peak: () => opened?.peak() ?? 0,
    subscribe(listener) {
      const entry = (sample: LevelSample) => listener(sample);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    close() {
      opened = null;
      life.abort();
    },
  };
}
