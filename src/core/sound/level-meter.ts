import { listen } from '../foundation/listen.js';

/** Reads how loud a microphone is. */
export interface LevelMeter {
  /** The level now: 0 is silence (-60 dBFS and below), 1 is full scale. */
  read(): number;
  /** Ends the meter; it never stops the track. */
  close(): void;
}

const FLOOR_DB = -60;

/**
 * Meters `track` with a Web Audio analyser, which the page polls as often as it draws.
 * A browser without Web Audio, or one that refuses it, gets a meter that always reads 0.
 */
export function createLevelMeter(track: MediaStreamTrack): LevelMeter {
  try {
    if (typeof AudioContext !== 'undefined') return openMeter(track);
  } catch {
    // Too many of them, or no device to play on: nothing is worth losing the page for.
  }
  return { read: () => 0, close: () => {} };
}

function openMeter(track: MediaStreamTrack): LevelMeter {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const life = new AbortController();
  // A context made before the first gesture waits for one; on a phone a call interrupts it. Each is
  // over at one of these moments, and asking in between only heaps up promises.
  const wake = () => {
    if (context.state !== 'running') void context.resume().catch(() => {});
  };
  listen(context, 'statechange', wake, life.signal);
  for (const name of ['pointerup', 'keydown', 'visibilitychange'] as const) {
    listen(document, name, wake, life.signal);
  }
  wake();
  return {
    read() {
      // A context that stands still shows its last level.
      if (context.state !== 'running') return 0;
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      const decibels = 10 * Math.log10(sum / samples.length || 1e-12);
      return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
    },
    close() {
      life.abort();
      source.disconnect();
      void context.close().catch(() => {});
    },
  };
}
