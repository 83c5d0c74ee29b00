import { describe, expect, it } from 'vitest';
import type { Liveness } from './liveness.js';
import {
  hasAnswered,
  isAlarming,
  isWell,
  LOOK_EVERY_MS,
  livenessAfter,
  NEVER_LOOKED,
} from './liveness.js';

/**
 * The result of one look: `+` something came back, `c` an answer to a check and no more, `-`
 * nothing did, `0` nothing was sent either, `?` something came back, but nobody answered the
 * checks.
 */
type Look = '+' | 'c' | '-' | '0' | '?';

/** Looks at an ingest that speaks all the time, until that is known of it. */
const STEADY = '+++++';

/** Looks at these moments of a path, each so late after the one before. */
function listen(looks: string, { lateMs = LOOK_EVERY_MS, before = NEVER_LOOKED } = {}) {
  let liveness: Liveness = before;
  const alarms: number[] = [];
  let wasAlarm = false;
  for (const [index, look] of [...looks].entries()) {
    const { received, answers, sent } = liveness.traffic ?? { received: 0, answers: 0, sent: 0 };
    const traffic = {
      received: received + ('+?'.includes(look) ? 1 : 0),
      answers: answers + ((look as Look) === 'c' ? 1 : 0),
      sent: sent + ((look as Look) === '0' ? 0 : 1),
      isAnswered: (look as Look) !== '?',
    };
    liveness = livenessAfter(liveness, { at: (liveness.at ?? 0) + lateMs, traffic, wasAlarm });
    const isAlarm = isAlarming(liveness, false);
    if (isAlarm && !wasAlarm) alarms.push(index);
    wasAlarm = isAlarm;
  }
  return { liveness, alarms };
}

describe('liveness', () => {
  it('takes a second of nothing for an alarm, and less where the path is in doubt', () => {
    expect(listen(`${STEADY}---`).alarms).toEqual([]);
    expect(listen(`${STEADY}----`).alarms).toEqual([8]);
    expect(isAlarming(listen(`${STEADY}--`).liveness, true)).toBe(true);
    expect(isAlarming(listen(`${STEADY}-`).liveness, true)).toBe(false);
  });

  it('is alarmed by a way out that is dead, whatever still comes in, until checks are answered', () => {
    expect(listen(`${STEADY}?`).alarms).toEqual([5]);
    expect(listen(`${STEADY}????+++`).alarms).toEqual([5]);
    const dead = listen(`${STEADY}????`);
    expect(dead.liveness.silentMs).toBeGreaterThanOrEqual(5_000);
    const back = listen('+', { before: dead.liveness });
    expect(isAlarming(back.liveness, false)).toBe(false);
  });

  it('learns nothing from a way out that was dead', () => {
    const twice = listen(`${STEADY}????+++????+`).liveness;
    expect(listen('----', { before: twice }).alarms).toEqual([3]);
  });

  it('expects nothing back while nothing is sent', () => {
    expect(listen(`${STEADY}${'0'.repeat(100)}`).alarms).toEqual([]);
    expect(listen(`${STEADY}${'000-'.repeat(2)}+`).alarms).toEqual([]);
  });

  it('learns how long the healthy gaps of this ingest are, and forgets them', () => {
    const slow = listen(`${STEADY}--+--+--+`).liveness;
    expect(listen('-----', { before: slow }).alarms).toEqual([]);
    expect(listen('------', { before: slow }).alarms).toEqual([5]);
    const calm = listen('+'.repeat(600), { before: slow }).liveness;
    expect(listen('----', { before: calm }).alarms).toEqual([3]);
  });

  it('learns nothing from one cut, but from an ingest that keeps so silent', () => {
    const cut = listen(`${STEADY}------+`).liveness;
    expect(listen('----', { before: cut }).alarms).toEqual([3]);
    const twice = listen(`${STEADY}------+++------+`).liveness;
    expect(listen('------', { before: twice }).alarms).toEqual([]);
  });

  it('learns from two cuts no more than the shorter one was', () => {
    const cuts = listen(`${STEADY}------+++${'-'.repeat(13)}+`).liveness;
    expect(listen('-'.repeat(20), { before: cuts }).alarms).toEqual([17]);
  });

  it('remembers for a minute, however long the page has run', () => {
    const opened = { ...NEVER_LOOKED, at: 3_600_000 };
    const slow = listen(`${STEADY}--+--+--+`, { before: opened }).liveness;
    expect(listen('------', { before: slow }).alarms).toEqual([5]);
  });

  it('tells whether anything is silent that could become an alarm', () => {
    expect(isWell(NEVER_LOOKED)).toBe(true);
    expect(isAlarming(NEVER_LOOKED, false)).toBe(false);
    expect(isWell(listen(STEADY).liveness)).toBe(true);
    expect(isWell(listen(`${STEADY}-`).liveness)).toBe(false);
    expect(isWell(listen(`${STEADY}-+`).liveness)).toBe(true);
    // Of an ingest that was never heard no silence is one.
    expect(isWell(listen('--').liveness)).toBe(true);
    expect(isWell(listen('-c--').liveness)).toBe(false);
  });

  it('tells an answer from a first look, which has nothing to be compared with', () => {
    const traffic = { received: 7, answers: 7, sent: 7, isAnswered: true };
    expect(hasAnswered(NEVER_LOOKED, traffic)).toBe(false);
    const looked = livenessAfter(NEVER_LOOKED, { at: 1, traffic, wasAlarm: false });
    expect(hasAnswered(looked, traffic)).toBe(false);
    expect(hasAnswered(looked, { ...traffic, received: 8 })).toBe(true);
    expect(hasAnswered(looked, { ...traffic, answers: 8 })).toBe(true);
    expect(hasAnswered(looked, { ...traffic, received: 8, isAnswered: false })).toBe(false);
  });

  it('waits five seconds at most, whatever it learnt', () => {
    const odd = listen(`${STEADY}--------+--------+--------+--------+`).liveness;
    expect(listen('-'.repeat(20), { before: odd }).alarms).toEqual([19]);
  });

  it('does not take a page that comes late for silence', () => {
    const calm = listen(STEADY).liveness;
    expect(listen('-', { before: calm, lateMs: 30_000 }).alarms).toEqual([]);
    expect(listen('-+-+-+', { before: calm, lateMs: 1_000 }).alarms).toEqual([]);
  });

  it('takes an ingest for a steady one from the first look on, until a silence ended by itself', () => {
    expect(listen('++----').alarms).toEqual([5]);
    expect(listen('++---+').alarms).toEqual([]);
    expect(listen(`++---++++${'-'.repeat(39)}`).alarms).toEqual([]);
    expect(listen(`++---+${STEADY}${'-'.repeat(9)}`).alarms).toEqual([19]);
  });

  it.each([
    ['sends a report a second', '---+'],
    ['sends reports of sound alone', `${'-'.repeat(29)}+`],
    ['only answers checks', `${'-'.repeat(9)}c`],
  ])('is patient with an ingest that %s, and notices when it is gone', (_, rhythm) => {
    const quiet = listen(`+${rhythm.repeat(20)}`);
    expect(quiet.alarms).toEqual([]);
    expect(listen('-'.repeat(80), { before: quiet.liveness }).alarms).toEqual([39]);
    expect(listen(`${'-'.repeat(39)}c`, { before: quiet.liveness }).alarms).toEqual([]);
  });

  it('leaves it to the browser where an ingest is never heard, nor its answers counted', () => {
    expect(listen('-'.repeat(1_000)).alarms).toEqual([]);
    expect(listen(`${'-'.repeat(40)}?`).alarms).toEqual([40]);
  });

  it('does not take answers to checks for life where more was heard all the time', () => {
    expect(listen(`${STEADY}${'---c'.repeat(4)}`).alarms).toEqual([8]);
  });
});
