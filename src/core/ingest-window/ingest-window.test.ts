import { describe, expect, it } from 'vitest';
import { ingestWindow } from './ingest-window.js';

const now = 1_000_000;
const unstarted = { now, startedAt: null, lostAt: null, live: false, timeoutSeconds: 120 };

describe('ingestWindow', () => {
  it('runs no clock while the start is unknown', () => {
    expect(ingestWindow(unstarted)).toEqual({
      phase: 'not-started',
      remainingSeconds: null,
      deadline: null,
      progress: null,
    });
  });

  it('counts from the start of the stream until media arrives', () => {
    expect(ingestWindow({ ...unstarted, startedAt: now - 30_000 })).toEqual({
      phase: 'waiting',
      remainingSeconds: 90,
      deadline: now + 90_000,
      progress: 0.25,
    });
  });

  it('rounds what is left up, so that 0 means over', () => {
    const almost = { ...unstarted, startedAt: now - 119_999 };
    expect(ingestWindow(almost)).toMatchObject({ phase: 'waiting', remainingSeconds: 1 });
    const over = { ...unstarted, startedAt: now - 120_000 };
    expect(ingestWindow(over)).toMatchObject({
      phase: 'expired',
      remainingSeconds: 0,
      progress: 1,
    });
  });

  it('treats a start in the future as a start now', () => {
    expect(ingestWindow({ ...unstarted, startedAt: now + 60_000 })).toMatchObject({
      phase: 'waiting',
      remainingSeconds: 120,
      progress: 0,
    });
  });

  it('stands still while live, whatever the start was', () => {
    const live = { ...unstarted, startedAt: now - 500_000, live: true };
    expect(ingestWindow(live)).toMatchObject({ phase: 'live', remainingSeconds: null });
  });

  it('counts each interruption from its own beginning', () => {
    const lost = { ...unstarted, startedAt: now - 500_000, lostAt: now - 20_000 };
    expect(ingestWindow(lost)).toMatchObject({ phase: 'interrupted', remainingSeconds: 100 });
    expect(ingestWindow({ ...lost, lostAt: now - 121_000 })).toMatchObject({ phase: 'expired' });
  });

  it('takes another time-out', () => {
    const short = { ...unstarted, startedAt: now - 1_000, timeoutSeconds: 3 };
    expect(ingestWindow(short)).toMatchObject({ remainingSeconds: 2 });
  });
});
