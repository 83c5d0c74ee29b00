import { sleep } from '../../core/foundation/time.js';
import type { SessionStatus } from '../../qencode/session-messages.js';
import { parseSessionStatus } from '../../qencode/session-messages.js';
import type { SessionClient, SessionEndpoint } from './session-client.js';
import { sessionUrl } from './session-client.js';
import { SessionRequestError } from './session-request-error.js';

/** The context of following the status of one session. */
export interface FollowOptions {
  readonly endpoint: SessionEndpoint;
  readonly client: SessionClient;
  readonly session: string;
  readonly onStatus: (status: SessionStatus) => void;
  /** The server does not know the session any more. */
  readonly onGone: () => void;
  readonly signal: AbortSignal;
}

/** Between two questions, in milliseconds: at first, and at most after failures. */
const POLL_MS = 5000;
const MAX_POLL_MS = 60_000;
/** The endpoint's first event comes at once; a proxy that holds it back would hold back all. */
const FIRST_EVENT_MS = 10_000;

/**
 * Tells each status until `signal` aborts: by server-sent events, else by asking again and again
 * while the page is visible. Resolves when there is nothing more to follow.
 */
export async function followStatus(options: FollowOptions): Promise<void> {
  try {
    // The browser's EventSource sends no headers, so an app that needs them is asked for.
    if (options.endpoint.headers === undefined && typeof EventSource !== 'undefined') {
      await followEvents(options);
    }
    await poll(options);
  } catch (thrown) {
    if (!options.signal.aborted) throw thrown;
  }
}

/** Resolves when the browser has given up; until then it connects again by itself. */
function followEvents({ endpoint, session, onStatus, signal }: FollowOptions): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource(sessionUrl(endpoint.url, session), {
      withCredentials: endpoint.credentials === 'include',
    });
    const end = () => {
      clearTimeout(timer);
      source.close();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, FIRST_EVENT_MS);
    signal.addEventListener('abort', end, { once: true });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) end();
    });
    source.addEventListener('status', ({ data }: MessageEvent<unknown>) => {
      clearTimeout(timer);
      const status = parseStatusEvent(data);
      if (status !== null) onStatus(status);
    });
    if (signal.aborted) end();
  });
}

function parseStatusEvent(data: unknown): SessionStatus | null {
  if (typeof data !== 'string') return null;
  try {
    const status = parseSessionStatus(JSON.parse(data));
    // An event may be long on its way, so its time says nothing of the server's clock.
    return status && { ...status, serverTime: null };
  } catch {
    return null;
  }
}

async function poll({ client, session, onStatus, onGone, signal }: FollowOptions): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    await visible(signal);
    let waitMs = POLL_MS;
    try {
      onStatus(await client.status(session, signal));
      failures = 0;
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof SessionRequestError)) throw thrown;
      if (thrown.code === 'unknown-session') return onGone();
      failures += 1;
      waitMs = Math.min(POLL_MS * 2 ** failures, MAX_POLL_MS);
      waitMs = Math.max(waitMs, (thrown.retryAfterSeconds ?? 0) * 1000);
    }
    await sleep(waitMs, signal);
  }
}

/** Nobody reads a status on a page that nobody sees. */
function visible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (signal.aborted) reject(signal.reason);
      else if (document.visibilityState === 'hidden') return;
      else resolve();
      document.removeEventListener('visibilitychange', check);
      signal.removeEventListener('abort', check);
    };
    document.addEventListener('visibilitychange', check);
    signal.addEventListener('abort', check);
    check();
  });
}
