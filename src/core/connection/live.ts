import { BroadcastError, isFinal } from '../errors.js';
import type { Live } from './connection.js';
import { failed } from './give-up.js';
import type { Handlers } from './handlers.js';
import { ENDING } from './handlers.js';
import { interrupted } from './interruption.js';
import { doubtAt, lostSince } from './network.js';
import { waiting } from './reconnect-policy.js';

/** Media flows. */
export const liveHandlers: Handlers<Live> = {
  ...ENDING,
  // The page takes the broadcast with it, and brings it back if it comes back itself.
  'page-left': (connection, { at }) => {
    const error = new BroadcastError(
      'media-lost',
      'The page was left while it was live. The broadcast goes on when the page is shown again.',
    );
    const noticed = { lostAt: at, cause: 'page-left', error } as const;
    return interrupted(connection, noticed, { phase: 'away' });
  },
  'session-healthy': (connection) =>
    connection.recoveringFrom === null ? connection : { ...connection, recoveringFrom: null },
  // Replaced only where another session can follow; it is said again until then.
  'renegotiation-needed': (connection, event, { target, network, previousSession }) => {
    const isSameStream = target.status === 'set' && target.stream === previousSession?.stream;
    const isWell = connection.recoveringFrom === null && doubtAt(network, event.at) === null;
    if (!isSameStream || !isWell) return connection;
    const error = new BroadcastError(
      'media-lost',
      'A camera or microphone was added, so a new session takes over. Nothing needs to be done.',
    );
    const noticed = { lostAt: event.at, cause: 'source-added', error } as const;
    return interrupted(connection, noticed, waiting(event, error, 0, network));
  },
  'session-silent': (connection, { at, forMs, sessionId }, { network }) => {
    const lostAt = Math.min(at - forMs, lostSince(network, at, connection.since));
    const cause = doubtAt(network, at) ?? 'silence';
    const step = { phase: 'probing', sessionId, hasPath: true } as const;
    return interrupted(connection, { lostAt, cause, error: silence() }, step);
  },
  'session-path-failed': (connection, { at, error, sessionId }, { network }) => {
    const lostAt = lostSince(network, at, connection.since);
    const cause = doubtAt(network, at) ?? 'path-failed';
    const step = { phase: 'probing', sessionId, hasPath: false } as const;
    return interrupted(connection, { lostAt, cause, error }, step);
  },
  'session-ended': (connection, event, { network }) => {
    const { at, error } = event;
    if (isFinal(error)) return failed(error, event);
    const lostAt = lostSince(network, at, connection.since);
    const cause = doubtAt(network, at) ?? 'socket-closed';
    const step = waiting(event, error, connection.recoveringFrom?.attempt ?? 0, network);
    return interrupted(connection, { lostAt, cause, error }, step);
  },
};

function silence(): BroadcastError {
  return new BroadcastError(
    'media-lost',
    'Nothing comes back from the server. Check your network; the broadcast goes on as soon as it can.',
  );
}
