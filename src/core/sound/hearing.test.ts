import { describe, expect, it } from 'vitest';
import { INITIAL_HEARING, nextHearing } from './hearing.js';

const STEP_MS = 20;

/** A stretch of sound of so much amplitude, as a voice or a tone has it. */
interface Stretch {
  readonly ms: number;
  readonly rms: number;
  readonly peak?: number;
  readonly isMuted?: boolean;
}

/** The warnings that these stretches bring, with the moment each began at, in milliseconds. */
function warningsOf(...stretches: readonly Stretch[]) {
  let hearing = INITIAL_HEARING;
  let atMs = 0;
  const warnings: [number, string | null][] = [];
  for (const { ms, rms, peak = rms * 3, isMuted = false } of stretches) {
    for (const end = atMs + ms; atMs < end; atMs += STEP_MS) {
      const next = nextHearing(hearing, { rms, peak: Math.min(1, peak), isMuted, atMs });
      if (next.warning !== hearing.warning) warnings.push([atMs, next.warning]);
      hearing = next;
    }
  }
  return warnings;
}

const SILENCE = { rms: 0, peak: 0 };
const ROOM = { rms: 0.001, peak: 0.004 };
const VOICE = { rms: 0.06 };

describe('silence', () => {
  it('is warned of after five seconds, and forgotten with the first sound', () => {
    const heard = warningsOf({ ms: 8_000, ...SILENCE }, { ms: 1_000, ...ROOM });
    expect(heard).toEqual([
      [5_000, 'silent'],
      [8_000, null],
    ]);
  });

  it('is none where a room can be heard, or a word every four seconds', () => {
    expect(warningsOf({ ms: 60_000, ...ROOM })).toEqual([]);
    const word = [
      { ms: 4_000, ...SILENCE },
      { ms: 200, ...VOICE },
    ];
    expect(warningsOf(...word, ...word, ...word)).toEqual([]);
  });

  it('is none while the microphone is muted, and begins anew after it', () => {
    const muted = { ms: 20_000, ...SILENCE, isMuted: true };
    expect(warningsOf({ ms: 4_000, ...SILENCE }, muted, { ms: 4_900, ...SILENCE })).toEqual([]);
  });

  it('counts also while nobody measures for a while', () => {
    const silent = { ...SILENCE, isMuted: false };
    const before = nextHearing(INITIAL_HEARING, { ...silent, atMs: 0 });
    expect(nextHearing(before, { ...silent, atMs: 7_000 }).warning).toBe('silent');
  });
});

describe('speaking while muted', () => {
  it('is warned of, through the pauses between words, until it ends', () => {
    const word = [
      { ms: 700, ...VOICE, isMuted: true },
      { ms: 300, ...ROOM, isMuted: true },
    ];
    const heard = warningsOf(...word, ...word, ...word, { ms: 6_000, ...ROOM, isMuted: true });
    expect(heard.map(([, warning]) => warning)).toEqual(['speaking-while-muted', null]);
    expect(heard[0]?.[0]).toBe(600);
    expect(heard[1]?.[0]).toBeGreaterThan(3_000);
  });

  it('is none for a knock, a quiet room, or a person who is heard', () => {
    const knock = { ms: 100, rms: 0.4, isMuted: true };
    expect(warningsOf(knock, { ms: 5_000, ...ROOM, isMuted: true }, knock)).toEqual([]);
    expect(warningsOf({ ms: 20_000, ...VOICE })).toEqual([]);
  });

  it('is over when the microphone is unmuted', () => {
    const heard = warningsOf({ ms: 2_000, ...VOICE, isMuted: true }, { ms: 1_000, ...VOICE });
    expect(heard.at(-1)).toEqual([2_000, null]);
  });
});

describe('clipping', () => {
  const loud = { ms: STEP_MS, rms: 0.5, peak: 1 };
  const calm = { ms: 400, ...VOICE };

  it('is warned of after three moments at full scale, until they are four seconds past', () => {
    const heard = warningsOf(loud, calm, loud, calm, loud, { ms: 6_000, ...VOICE });
    expect(heard.map(([, warning]) => warning)).toEqual(['clipping', null]);
    expect((heard[1]?.[0] ?? 0) - (heard[0]?.[0] ?? 0)).toBe(4_000);
  });

  it('is none for one loud moment, or for loud ones far apart', () => {
    const apart = { ms: 3_000, ...VOICE };
    expect(warningsOf(loud, apart, loud, apart, loud, apart)).toEqual([]);
    expect(warningsOf(loud, loud, apart)).toEqual([]);
  });

  it('is none while the microphone is muted', () => {
    expect(warningsOf({ ms: 400, rms: 0.5, peak: 1, isMuted: true })).toEqual([]);
  });
});
