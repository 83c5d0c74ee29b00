import { describe, expect, it } from 'vitest';
import { failure, SOURCES_ON, stageStates, target } from '../../testing/sample-states.js';
import type { BroadcastError } from '../errors.js';
import type { BroadcasterEvent } from '../events.js';
import { selectIsTaken } from '../selectors.js';
import type { BroadcasterState } from '../state.js';
import { INITIAL_STATE } from '../state.js';
import { transition } from '../transition.js';

const NOW = 1_000_000;
let stamps = 0;

function through(state: BroadcasterState, ...events: readonly BroadcasterEvent[]) {
  return events.reduce((now, event) => {
    stamps += 1;
    return transition(now, { ...event, at: NOW, id: stamps, random: 0.5 });
  }, state);
}

const told = (word: string | null) => ({ type: 'stream-told', word, clockOffsetMs: 0 }) as const;
const stop = { type: 'stop-requested' } as const;
const ready: BroadcasterState = { ...INITIAL_STATE, ...SOURCES_ON, target: target() };
const stage = (name: string): BroadcasterState => ({ ...INITIAL_STATE, ...stageStates(NOW)[name] });

describe('a stream whose server says that it is live', () => {
  it('is taken by another source where this page was not live on it', () => {
    expect(selectIsTaken(through(ready, told('live')))).toBe(true);
    expect(selectIsTaken(through(ready, told('live'), told('idle')))).toBe(false);
    for (const word of [null, 'created', 'waiting', 'idle', 'stopped', 'a new word']) {
      expect(selectIsTaken(through(ready, told(word)))).toBe(false);
    }
  });

  it('is our own while we are live, and after a stop until the server has heard of it', () => {
    const live = through(stage('connecting'), told('live'), {
      type: 'session-live',
      sessionId: 2,
      sent: { video: 'taken', audio: 'taken' },
    });
    expect(live.connection.status).toBe('live');
    expect(selectIsTaken(live)).toBe(false);
    const stopped = through(live, stop);
    expect(selectIsTaken(stopped)).toBe(false);
    expect(selectIsTaken(through(stopped, told('idle'), told('live')))).toBe(true);
  });

  it('is our own where a page before this one was cut off', () => {
    const before = through(ready, { type: 'page-found-live', leftAt: NOW - 2_000 });
    expect(selectIsTaken(through(before, told('live')))).toBe(false);
  });

  it('is another one once the address is', () => {
    const ours = through(stage('live'), told('live'), stop);
    const other = { ...target(), stream: 2, revision: 2 } as const;
    const moved = through(ours, { type: 'target-changed', target: other }, told('live'));
    expect(selectIsTaken(moved)).toBe(true);
  });
});

describe('a taken stream', () => {
  const taken = through(ready, { type: 'prepare-requested' }, told('live'));

  it('lets go of the offer that was prepared for it, and asks for no other', () => {
    expect(through(ready, { type: 'prepare-requested' }).connection).toMatchObject({
      preparation: { phase: 'preparing' },
    });
    expect(taken.connection).toEqual({ status: 'idle', preparation: { phase: 'none' } });
    expect(through(taken, { type: 'prepare-requested' }).connection).toBe(taken.connection);
    const free = through(taken, told('idle'));
    expect(free.connection).toMatchObject({ preparation: { phase: 'preparing' } });
  });

  it('is left alone by a start, and taken over only by one that says so', () => {
    const left = through(taken, { type: 'start-requested' });
    expect(left.connection).toMatchObject({ status: 'failed', error: { code: 'stream-busy' } });
    const over = through(taken, { type: 'start-requested', takeOver: true });
    expect(over.connection).toMatchObject({ status: 'connecting', step: { phase: 'signaling' } });
  });

  it('is known for what it is where the server’s refusal could mean anything', () => {
    const over = through(taken, { type: 'start-requested', takeOver: true });
    if (over.connection.status !== 'connecting') throw new Error('It does not connect.');
    const { step } = over.connection;
    const sessionId = 'sessionId' in step ? step.sessionId : 0;
    const error = failure('stream-not-found');
    expect(through(over, { type: 'session-ended', sessionId, error }).connection).toMatchObject({
      status: 'failed',
      error: { code: 'stream-busy', cause: error },
    });
  });
});

describe('a stream whose server says that it is over', () => {
  it('is not waited for any longer', () => {
    const { connection } = through(stage('reconnecting'), told('stopped'));
    expect(connection).toMatchObject({ status: 'failed', error: { code: 'resume-expired' } });
    expect(through(stage('reconnecting'), told('idle')).connection.status).toBe('reconnecting');
  });

  it('is renewed where the app offers that', () => {
    const before = stage('reconnecting');
    const renewable = { ...target(), isRenewable: true } as BroadcasterState['target'];
    const { connection } = through({ ...before, target: renewable }, told('deleted'));
    expect(connection).toMatchObject({ status: 'reconnecting', step: { phase: 'renewing' } });
  });
});

describe('a first connect by the clock', () => {
  const refused = (
    word: string | null,
    code: BroadcastError['code'] = 'unreachable',
    previousSession: BroadcasterState['previousSession'] = null,
    given: BroadcasterState['target'] = target(NOW - 3_600_000),
  ) => {
    const late = { ...stage('connecting'), target: given, previousSession };
    let now = through(late, told(word));
    for (let attempt = 0; attempt < 20 && now.connection.status === 'connecting'; attempt += 1) {
      const { step } = now.connection;
      now = through(
        now,
        'sessionId' in step
          ? { type: 'session-ended', sessionId: step.sessionId, error: failure(code) }
          : { type: 'retry-due' },
      );
    }
    return now.connection;
  };

  it('counts for less than what the server says of its stream', () => {
    expect(refused(null)).toMatchObject({ error: { code: 'ingest-timeout' } });
    for (const word of ['waiting', 'idle']) {
      expect(refused(word)).toMatchObject({ error: { code: 'unreachable' } });
    }
  });

  it('knows that what holds the stream long after a break is no session of ours', () => {
    const past = { stream: 1, at: NOW - 1_800_000, wasCutOff: true };
    const connection = refused('live', 'stream-busy', past);
    expect(connection).toMatchObject({ status: 'failed', error: { code: 'stream-busy' } });
    expect(connection).toMatchObject({
      error: { message: expect.stringContaining('Another source is live') },
    });
  });

  it('asks for another address after a reload, where the one from before it has expired', () => {
    const past = { stream: 1, at: NOW - 1_000, wasCutOff: true };
    const given = { ...target(NOW - 3_600_000), isRenewable: true } as BroadcasterState['target'];
    const asked = refused(null, 'address-expired', past, given);
    expect(asked).toMatchObject({
      status: 'connecting',
      step: { phase: 'renewing', cause: { code: 'address-expired' } },
    });
    const told = refused(null, 'address-expired', past);
    expect(told).toMatchObject({ status: 'failed', error: { code: 'address-expired' } });
  });
});
