import { describe, expect, it } from 'vitest';
import { BroadcastError } from '../errors.js';
import type { Connection } from './connection.js';
import { CONNECTION_STATES, connectionTransition } from './connection-transition.js';
import type { ConnectionContext, StampedConnectionEvent } from './handlers.js';
import { INITIAL_NETWORK } from './network.js';
import type { IngestTarget } from './target.js';

type State = keyof typeof CONNECTION_STATES;
type Type = StampedConnectionEvent['type'];

const error = new BroadcastError('unreachable', 'gone');
const target: IngestTarget = {
  status: 'set',
  stream: 1,
  revision: 1,
  startedAt: null,
  timeoutSeconds: 120,
  preparing: 'on-request',
  isRenewable: false,
  problem: null,
};
const another = { ...target, stream: 2, revision: 2 };
const sent = { video: 'taken', audio: 'taken' } as const;

/** One event of each type, about the session that runs. */
const EVENTS: {
  readonly [Name in Type]: Omit<Extract<StampedConnectionEvent, { type: Name }>, 'type'>;
} = (() => {
  const stamp = { at: 1_000, id: 9, random: 0.5 };
  const session = { ...stamp, sessionId: 1 };
  return {
    'target-changed': { ...stamp, target: another },
    'start-requested': stamp,
    'stop-requested': stamp,
    'release-requested': stamp,
    'prepare-requested': stamp,
    'retry-requested': stamp,
    'retry-due': stamp,
    'replacement-due': stamp,
    'window-closed': stamp,
    renewed: { ...stamp, requestId: 1, target: another },
    'renewal-failed': { ...stamp, requestId: 1, error },
    'page-left': stamp,
    'page-returned': stamp,
    'stream-told': { ...stamp, word: 'stopped', clockOffsetMs: 0 },
    'session-prepared': session,
    'session-progressed': { ...session, phase: 'negotiating' },
    'session-live': { ...session, sent },
    'renegotiation-needed': session,
    'session-healthy': session,
    'session-silent': { ...session, forMs: 1 },
    'session-alive': { ...session, sent },
    'session-path-failed': { ...session, error },
    'session-probed': { ...session, answered: true },
    'session-restarted': session,
    'ingest-found': session,
    'session-ended': { ...session, error },
    'network-online': stamp,
    'network-offline': stamp,
    'network-changed': stamp,
    'woke-up': { ...stamp, sleptFrom: 100 },
  };
})();

/** The events that each state always ignores; all others mean something to it. */
const IGNORED: Readonly<Record<State, readonly Type[]>> = {
  idle: [
    'replacement-due',
    'window-closed',
    'renewed',
    'renewal-failed',
    'page-left',
    'page-returned',
    'stream-told',
    'session-progressed',
    'session-live',
    'renegotiation-needed',
    'session-healthy',
    'session-silent',
    'session-alive',
    'session-path-failed',
    'session-probed',
    'session-restarted',
    'ingest-found',
    'network-online',
    'network-offline',
    'network-changed',
    'woke-up',
  ],
  connecting: [
    'target-changed',
    'start-requested',
    'prepare-requested',
    'replacement-due',
    'stream-told',
    'session-prepared',
    'renegotiation-needed',
    'session-healthy',
    'session-silent',
    'session-alive',
    'session-path-failed',
    'session-probed',
    'session-restarted',
    'ingest-found',
    'network-offline',
  ],
  live: [
    'target-changed',
    'start-requested',
    'prepare-requested',
    'retry-requested',
    'retry-due',
    'replacement-due',
    'window-closed',
    'renewed',
    'renewal-failed',
    'page-returned',
    'stream-told',
    'session-prepared',
    'session-progressed',
    'session-live',
    'session-alive',
    'session-probed',
    'session-restarted',
    'ingest-found',
    'network-online',
    'network-offline',
    'network-changed',
    'woke-up',
  ],
  held: [
    'target-changed',
    'start-requested',
    'prepare-requested',
    'retry-requested',
    'retry-due',
    'renewed',
    'renewal-failed',
    'page-returned',
    'session-prepared',
    'session-progressed',
    'session-live',
    'renegotiation-needed',
    'session-healthy',
    'session-silent',
    'network-online',
    'network-changed',
  ],
  reconnecting: [
    'target-changed',
    'start-requested',
    'prepare-requested',
    'replacement-due',
    'session-prepared',
    'renegotiation-needed',
    'session-healthy',
    'session-silent',
    'session-alive',
    'session-path-failed',
    'session-probed',
    'session-restarted',
    'ingest-found',
  ],
  failed: [
    'prepare-requested',
    'retry-requested',
    'retry-due',
    'replacement-due',
    'window-closed',
    'renewed',
    'renewal-failed',
    'page-left',
    'page-returned',
    'stream-told',
    'session-prepared',
    'session-progressed',
    'session-live',
    'renegotiation-needed',
    'session-healthy',
    'session-silent',
    'session-alive',
    'session-path-failed',
    'session-probed',
    'session-restarted',
    'ingest-found',
    'session-ended',
    'network-online',
    'network-offline',
    'network-changed',
    'woke-up',
  ],
};

const interruption = {
  lostAt: 500,
  cause: 'silence',
  error,
  attempt: 1,
  refusals: 0,
  windowFrom: 500,
  renewal: 'none',
} as const;
const start = {
  status: 'connecting',
  since: 0,
  triedSince: 0,
  attempt: 1,
  cause: null,
  isRenewed: false,
} as const;
const lost = { status: 'reconnecting', since: 0, interruption } as const;
const STEPS = [
  { phase: 'signaling', sessionId: 1 },
  { phase: 'negotiating', sessionId: 1 },
  { phase: 'first-media', sessionId: 1 },
  { phase: 'waiting', nextTryAt: 2_000, cause: error },
  { phase: 'renewing', requestId: 1, cause: error },
  { phase: 'away' },
] as const;

/** Connections of every state, in each of its steps. */
const CONNECTIONS: Readonly<Record<State, readonly Connection[]>> = {
  idle: [
    { status: 'idle', preparation: { phase: 'none' } },
    { status: 'idle', preparation: { phase: 'preparing', sessionId: 1, attempt: 1 } },
    { status: 'idle', preparation: { phase: 'ready', sessionId: 1, since: 0, attempt: 1 } },
    {
      status: 'idle',
      preparation: { phase: 'waiting', nextTryAt: 2_000, attempt: 1, cause: error },
    },
  ],
  connecting: [
    { ...start, step: { phase: 'capturing' } },
    ...STEPS.map((step) => ({ ...start, step })),
  ],
  live: [
    { status: 'live', since: 0, sessionId: 1, sent, recoveringFrom: null },
    { status: 'live', since: 0, sessionId: 1, sent, recoveringFrom: interruption },
  ],
  held: [
    { ...lost, step: { phase: 'probing', sessionId: 1, hasPath: true } },
    { ...lost, step: { phase: 'healing', sessionId: 1, replaceAt: 2_000 } },
    { ...lost, step: { phase: 'holding', sessionId: 1, hasPath: true } },
  ],
  reconnecting: STEPS.map((step) => ({ ...lost, step })),
  failed: [
    {
      status: 'failed',
      error: new BroadcastError('resume-expired', 'over'),
      endedAt: 0,
    },
  ],
};

const context: ConnectionContext = {
  target,
  network: INITIAL_NETWORK,
  capture: 'some',
  captureError: null,
  previousSession: { stream: 1, at: 0, wasCutOff: false },
  isTaken: false,
  isRunning: false,
};

const types = Object.keys(EVENTS) as readonly Type[];
const states = Object.keys(CONNECTION_STATES) as readonly State[];
const through = (connection: Connection, type: Type) =>
  connectionTransition(connection, { type, ...EVENTS[type] } as StampedConnectionEvent, context);

describe.each(states)('a connection that is %s', (state) => {
  it('has handlers for exactly what means something to it', () => {
    const handled = Object.keys(CONNECTION_STATES[state]);
    expect(types.filter((type) => !handled.includes(type))).toEqual(IGNORED[state]);
  });

  it('stays the same object through what it ignores, in each of its steps', () => {
    for (const connection of CONNECTIONS[state]) {
      for (const type of IGNORED[state]) expect(through(connection, type)).toBe(connection);
    }
  });

  it('is changed, in one of its steps, by everything else', () => {
    for (const type of types.filter((name) => !IGNORED[state].includes(name))) {
      const changing = CONNECTIONS[state].filter(
        (connection) => through(connection, type) !== connection,
      );
      expect([type, changing.length > 0]).toEqual([type, true]);
    }
  });

  it('ignores every fact about another session', () => {
    for (const connection of CONNECTIONS[state]) {
      for (const type of types.filter((name) => 'sessionId' in EVENTS[name])) {
        const late = { type, ...EVENTS[type], sessionId: 2 } as StampedConnectionEvent;
        expect(connectionTransition(connection, late, context)).toBe(connection);
      }
    }
  });
});
