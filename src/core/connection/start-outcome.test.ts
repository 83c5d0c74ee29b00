import { describe, expect, it } from 'vitest';
import type { BroadcastErrorCode } from '../errors.js';
import { BroadcastError } from '../errors.js';
import type { ConnectionContext } from './handlers.js';
import { INITIAL_NETWORK } from './network.js';
import { startOutcome } from './start-outcome.js';

const START = 1_000_000;
const context: ConnectionContext = {
  target: {
    status: 'set',
    stream: 1,
    revision: 1,
    startedAt: START,
    timeoutSeconds: 120,
    preparing: 'on-request',
    isRenewable: true,
    problem: null,
  },
  network: INITIAL_NETWORK,
  capture: 'some',
  captureError: null,
  previousSession: null,
  isTaken: false,
  isRunning: false,
};

/**
 * The outcome of an attempt that ended with `code`, `seconds` after the start of stream and
 * connect.
 */
function outcome(
  code: BroadcastErrorCode,
  {
    seconds = 1,
    attempt = 1,
    tried = seconds,
    ...facts
  }: { seconds?: number; attempt?: number; tried?: number } & Partial<ConnectionContext> = {},
) {
  const at = START + seconds * 1000;
  const since = at - tried * 1000;
  const error = new BroadcastError(code, 'met');
  return startOutcome(
    { attempt, since, triedSince: since },
    { type: 'session-ended', sessionId: 1, at, id: 2, random: 0, error },
    { ...context, ...facts },
  );
}

const offline = { online: false, doubt: null };

describe('the outcome of a failed attempt of a first connect', () => {
  it.each([
    ['the first attempts', { attempt: 3 }, 'try-again', 'unreachable'],
    ['the fourth', { attempt: 4 }, 'fail', 'unreachable'],
    ['one that took too long', { seconds: 16 }, 'fail', 'unreachable'],
    ['one that took long while offline', { seconds: 90, network: offline }, 'try-again', ''],
    ['one offline for a whole window', { seconds: 121, network: offline }, 'renew', ''],
    ['the end of the window', { seconds: 120, tried: 16 }, 'renew', 'ingest-timeout'],
    ['that end, which the server denies', { seconds: 120, tried: 16, isRunning: true }, 'fail', ''],
    ['that end, with attempts left', { seconds: 120, tried: 1 }, 'try-again', ''],
  ] as const)('is, after %s, the outcome %#', (_, facts, next, code) => {
    const decided = outcome('unreachable', facts);
    expect(decided.next).toBe(next);
    const error = decided.next === 'try-again' ? decided.cause : decided.error;
    if (code !== '') expect(error.code).toBe(code);
  });

  it('fails at once with what no second try mends', () => {
    expect(outcome('handshake-refused', { attempt: 4 })).toMatchObject({ next: 'fail' });
    expect(outcome('invalid-options')).toMatchObject({ next: 'fail' });
    expect(outcome('no-common-codec', { network: offline })).toMatchObject({ next: 'fail' });
  });

  it('never takes a stream away from another broadcast in turn', () => {
    expect(outcome('stream-busy')).toMatchObject({ next: 'fail' });
    const taken = outcome('stream-not-found', { isTaken: true });
    expect(taken).toMatchObject({ next: 'fail', error: { code: 'stream-busy' } });
  });

  it('asks for another address when this one was never valid, or has expired, with its attempts used up', () => {
    expect(outcome('unauthorized')).toMatchObject({ next: 'renew' });
    expect(outcome('address-expired')).toMatchObject({ next: 'try-again' });
    const over = outcome('address-expired', { attempt: 4 });
    expect(over).toMatchObject({ next: 'renew', error: { code: 'address-expired' } });
  });

  it('tries for what was cut off as long as its ingest waits for it', () => {
    const previousSession = { stream: 1, at: START + 1_000, wasCutOff: true };
    expect(outcome('stream-busy', { seconds: 100, attempt: 60, previousSession }).next).toBe(
      'try-again',
    );
    const late = outcome('stream-busy', { seconds: 122, attempt: 60, previousSession });
    expect(late).toMatchObject({ next: 'renew', error: { code: 'resume-expired' } });
  });
});
