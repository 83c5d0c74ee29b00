import { describe, expect, it } from 'vitest';
import { BroadcastError } from '../errors.js';
import type { Connection } from './connection.js';
import { connectionTransition } from './connection-transition.js';
import type { ConnectionContext, StampedConnectionEvent } from './handlers.js';
import { INITIAL_NETWORK } from './network.js';

const AT = 1_000_000;
const context: ConnectionContext = {
  target: {
    status: 'set',
    stream: 1,
    revision: 1,
    startedAt: null,
    timeoutSeconds: 120,
    preparing: 'on-request',
    isRenewable: false,
    problem: null,
  },
  network: INITIAL_NETWORK,
  capture: 'some',
  captureError: null,
  previousSession: null,
  isTaken: false,
  isRunning: false,
};
const busy = (seconds: number) =>
  new BroadcastError('handshake-refused', 'busy', { retryAfterMs: seconds * 1000 });
const step = { phase: 'signaling', sessionId: 1 } as const;
const connecting: Connection = {
  status: 'connecting',
  since: AT,
  triedSince: AT,
  attempt: 1,
  cause: null,
  isRenewed: false,
  step,
};
const reconnecting: Connection = {
  status: 'reconnecting',
  since: 0,
  interruption: {
    lostAt: AT,
    cause: 'socket-closed',
    error: busy(0),
    attempt: 1,
    refusals: 0,
    windowFrom: AT,
    renewal: 'none',
  },
  step,
};

function through(connection: Connection, ...events: readonly Partial<StampedConnectionEvent>[]) {
  return events.reduce<Connection>(
    (now, event) =>
      connectionTransition(
        now,
        { at: AT, id: 9, random: 1, ...event } as StampedConnectionEvent,
        context,
      ),
    connection,
  );
}

const ended = (error: BroadcastError): Partial<StampedConnectionEvent> => ({
  type: 'session-ended',
  sessionId: 1,
  error,
});

describe.each([
  ['a first connect', connecting],
  ['a broadcast that comes back', reconnecting],
])('%s, whose server asks for time', (_, connection) => {
  it.each([5, 30, 59])('waits %s s and no less', (seconds) => {
    const waiting = through(connection, ended(busy(seconds)));
    expect(waiting).toMatchObject({ step: { phase: 'waiting', nextTryAt: AT + seconds * 1000 } });
    for (const type of ['network-changed', 'network-online', 'woke-up'] as const) {
      const at = AT + seconds * 1000 - 1;
      expect(through(waiting, { type, at, sleptFrom: AT })).toMatchObject({
        step: { phase: 'waiting', nextTryAt: AT + seconds * 1000 },
      });
    }
    const at = AT + seconds * 1000;
    expect(through(waiting, { type: 'retry-due', at })).toMatchObject({
      step: { phase: 'signaling' },
    });
  });

  it('is tried at once by a person who asks for it', () => {
    const waiting = through(connection, ended(busy(30)));
    expect(through(waiting, { type: 'retry-requested' })).toMatchObject({
      step: { phase: 'signaling' },
    });
  });

  it('waits no longer than ever for less than that', () => {
    const plain = through(connection, ended(busy(0)));
    const soon = through(connection, ended(new BroadcastError('handshake-refused', 'busy')));
    expect(soon).toMatchObject({ step: { nextTryAt: expect.any(Number) } });
    expect('step' in plain && plain.step).toMatchObject({
      nextTryAt: 'step' in soon && 'nextTryAt' in soon.step ? soon.step.nextTryAt : null,
    });
  });
});

it('ends a first connect in words where the server asks for more than a minute', () => {
  expect(through(connecting, ended(busy(61)))).toMatchObject({
    status: 'failed',
    error: { code: 'handshake-refused' },
  });
});
