import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BroadcastError } from '../errors.js';
import type { BroadcasterEvent } from '../events.js';
import { parseOptions } from '../parse-options.js';
import { initialState } from '../settings-in-state.js';
import type { BroadcasterState } from '../state.js';
import { transition } from '../transition.js';

const CROWD = 10_000;
const SECOND = 1_000;
const WINDOW_MS = 75 * SECOND;

/** The answer of an ingest to an attempt at this moment. */
type Answer = 'is away' | 'refuses' | 'takes it';

const ERRORS = {
  'is away': new BroadcastError('unreachable', 'Nobody is there.'),
  refuses: new BroadcastError('stream-busy', 'Not now.'),
} as const;

/** Numbers that look like chance, the same in each run (Park and Miller). */
function chance(seed: number): () => number {
  let last = seed;
  return () => {
    last = (last * 48_271) % 2_147_483_647;
    return last / 2_147_483_647;
  };
}

/** Loses ten thousand broadcasts at once, and counts what their ingest hears of them, second by second. */
function crowd(answerAt: (ms: number) => Answer) {
  const attempts = new Uint32Array(WINDOW_MS / SECOND);
  let lastBackAt = 0;
  const settings = parseOptions({ serverUrl: 'wss://ingest.example/app/key' }, () => {});
  const live: BroadcasterState = {
    ...initialState(settings),
    connection: {
      status: 'live',
      since: -60 * SECOND,
      sessionId: 1,
      sent: { video: 'taken', audio: 'taken' },
      recoveringFrom: null,
    },
  };
  for (let one = 1; one <= CROWD; one += 1) {
    const random = chance(one);
    let id = 1;
    let state = live;
    const tell = (event: BroadcasterEvent, at: number) => {
      id += 1;
      state = transition(state, { ...event, at, id, random: random() });
    };
    tell({ type: 'session-ended', sessionId: 1, error: ERRORS['is away'] }, 0);
    for (;;) {
      const { connection } = state;
      if (connection.status !== 'reconnecting' || connection.step.phase !== 'waiting') break;
      const at = connection.step.nextTryAt;
      if (at >= WINDOW_MS) break;
      tell({ type: 'retry-due' }, at);
      attempts[Math.floor(at / SECOND)] = (attempts[Math.floor(at / SECOND)] ?? 0) + 1;
      const answer = answerAt(at);
      if (answer === 'takes it') {
        lastBackAt = Math.max(lastBackAt, at);
        break;
      }
      tell({ type: 'session-ended', sessionId: id, error: ERRORS[answer] }, at + 1);
    }
  }
  const mostOf = (from: number, until = attempts.length) =>
    Math.max(...attempts.subarray(from, until)) / CROWD;
  return { attempts, mostOf, lastBackAt };
}

describe('ten thousand broadcasters', () => {
  // A million errors are made here, and where each was made costs most of the time.
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  it('find an ingest within the second in which it is back, without more than three tries each in any', () => {
    const { mostOf, lastBackAt } = crowd((ms) => (ms < 10 * SECOND ? 'is away' : 'takes it'));
    expect(lastBackAt).toBeLessThanOrEqual(11 * SECOND);
    expect(mostOf(0)).toBeLessThanOrEqual(3);
    expect(mostOf(1)).toBeLessThanOrEqual(1.4);
  });

  it('leave an ingest that refuses them for ever more and more in peace', () => {
    const { attempts, mostOf } = crowd((ms) => (ms < 2 * SECOND ? 'is away' : 'refuses'));
    expect(mostOf(2)).toBeLessThanOrEqual(1.4);
    expect(mostOf(20)).toBeLessThanOrEqual(0.8);
    expect(mostOf(65)).toBeLessThanOrEqual(0.2);
    const each = attempts.reduce((sum, count) => sum + count) / CROWD;
    expect(each).toBeLessThanOrEqual(60);
  });
});
