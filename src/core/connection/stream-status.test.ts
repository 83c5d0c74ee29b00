import { describe, expect, it } from 'vitest';
import { failure, SOURCES_ON, stageStates, target } from '../../testing/sample-states.js';
import type { BroadcastError } from '../errors.js';
import type { BroadcasterEvent } from '../events.js';
import { selectIsTaken, selectWindowEndsAt } from '../selectors.js';
import type { BroadcasterState } from '../state.js';
import { INITIAL_STATE } from '../state.js';
import { transition } from '../transition.js';
import { GHOST_MS } from './reconnect-policy.js';

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

  it('is our own after a stop that came before the server had heard of us', () => {
    const sent = { video: 'taken', audio: 'taken' } as const;
    const live = { type: 'session-live', sessionId: 2, sent } as const;
    const stopped = through(stage('connecting'), told('waiting'), live, stop);
    expect(selectIsTaken(through(stopped, told('live')))).toBe(false);
    expect(selectIsTaken(through(stopped, told('live'), told('idle'), told('live')))).toBe(true);
    const lost = through(stage('live'), told('waiting'), told('idle'), stop, told('live'));
    expect(selectIsTaken(lost)).toBe(true);
  });

  it('is our own where it hears of our first picture around a cancel', () => {
    const step = { type: 'session-progressed', sessionId: 2 } as const;
    const waiting = through(stage('connecting'), told('waiting'));
    const sending = through(waiting, { ...step, phase: 'first-media' });
    for (const cancelled of [
      through(sending, told('live'), stop),
      through(sending, stop, told('live')),
    ]) {
      expect(selectIsTaken(cancelled)).toBe(false);
      expect(selectIsTaken(through(cancelled, told('idle'), told('live')))).toBe(true);
    }
    // While nothing can have arrived yet it is another source's.
    const asked = through(waiting, { ...step, phase: 'negotiating' });
    expect(selectIsTaken(through(asked, told('live'), stop))).toBe(true);
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

describe('a stream that is prepared for', () => {
  it('is so no longer where the app is about to end it', () => {
    const onRequest = { ...target(), preparing: 'on-request' } as BroadcasterState['target'];
    const prepared = through(ready, told('waiting'));
    expect(prepared.connection).toMatchObject({ preparation: { phase: 'preparing' } });
    const ending = through(prepared, { type: 'target-changed', target: onRequest });
    expect(ending.connection).toEqual({ status: 'idle', preparation: { phase: 'none' } });
    const asked = through(ending, { type: 'prepare-requested' });
    expect(asked.connection).toMatchObject({ preparation: { phase: 'preparing' } });
    // A status that does not concern a preparation leaves it alone.
    const later = { ...onRequest, startedAt: NOW } as BroadcasterState['target'];
    const same = through(asked, { type: 'target-changed', target: later });
    expect(same.connection).toBe(asked.connection);
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

describe('a break by the clock', () => {
  it('may go on while the server, which noticed later, says that the stream runs', () => {
    const lost = stage('reconnecting');
    const endsAt = selectWindowEndsAt(through(lost, told(null))) ?? 0;
    expect(endsAt).toBeGreaterThan(NOW);
    for (const word of ['live', 'idle']) {
      expect(selectWindowEndsAt(through(lost, told(word)))).toBe(endsAt + GHOST_MS);
    }
    const over = through(lost, told('idle'), told('stopped'));
    expect(over.connection).toMatchObject({ status: 'failed', error: { code: 'resume-expired' } });
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
