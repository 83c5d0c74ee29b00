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

  it('is over at once where the server waits for nothing', () => {
    const atOnce = { ...unstarted, startedAt: now, timeoutSeconds: 0 };
    expect(ingestWindow(atOnce)).toMatchObject({ phase: 'expired', deadline: now, progress: 1 });
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

  describe('with what the server says of its stream', () => {
    const told = (streamStatus: string | null, instants: object = {}) =>
      ingestWindow({ ...unstarted, ...instants, streamStatus });
    const long = now - 3_600_000;

    it.each(['stopped', 'deleted'])('is over once it is %s, whatever the clock says', (word) => {
      for (const instants of [{}, { startedAt: now }, { startedAt: long }, { lostAt: now }]) {
        expect(told(word, instants).phase).toBe('expired');
      }
      expect(told(word, { live: true }).phase).toBe('live');
    });

    it.each([
      ['waiting', { startedAt: long }, 'waiting'],
      ['live', { startedAt: long }, 'waiting'],
      ['idle', { startedAt: long }, 'interrupted'],
      ['idle', {}, 'interrupted'],
      ['idle', { startedAt: now }, 'interrupted'],
      ['waiting', { lostAt: long }, 'interrupted'],
      ['idle', { startedAt: long, lostAt: long }, 'interrupted'],
    ] as const)('is not over while it is %s at %o', (word, instants, phase) => {
      expect(told(word, instants)).toEqual({
        phase,
        remainingSeconds: null,
        deadline: null,
        progress: null,
      });
    });

    it('counts on where both agree', () => {
      expect(told('waiting', { startedAt: now - 30_000 }).remainingSeconds).toBe(90);
      expect(told('idle', { lostAt: now - 30_000 }).remainingSeconds).toBe(90);
    });

    it.each([null, 'created', 'a new word'])('goes by the clock where it says %o', (word) => {
      expect(told(word, { startedAt: long }).phase).toBe('expired');
      expect(told(word).phase).toBe('not-started');
    });
  });
});
