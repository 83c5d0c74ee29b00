import { BroadcastError, toBroadcastError } from '../errors.js';
import { ended } from '../foundation/abort.js';
import { abortable, sleep, within } from '../foundation/time.js';
import type { OfferedPicture, Offering } from '../peer/offering.js';
import { checkReachability } from './check-reachability.js';
import type {
  RestartOutcome,
  SignalingAdapter,
  SignalingContext,
  SignalingSession,
} from './contract.js';
import { policyForbids } from './page-policy.js';
import { checkAnswer, violation } from './whip-answer.js';
import type { WhipExchange, WhipReply } from './whip-exchange.js';
import { openExchange } from './whip-exchange.js';
import { FRAGMENT_TYPE, parseFragment, withFragment, writeFragment } from './whip-fragment.js';
import { iceServersIn } from './whip-link.js';
import { explainOpaque } from './whip-opaque.js';
import { refusalOf } from './whip-refusal.js';
import { startTrickle, type Trickle } from './whip-trickle.js';

/** An admission webhook behind an answer may itself take seconds; a server that was reached before is quicker. */
const ANSWER_MS = { first: 10_000, again: 6_000 } as const;
/** An offer that nobody waits for any more is still listened to, for its session has to be ended. */
const LATE_MS = 30_000;
const PATCH_MS = 5_000;
/** A path that is silent costs viewers every second, so a server that does not answer is asked again soon. */
const RESTART_MS = 2_000;
const CLOSE_MS = 1_000;
/** Servers end a session that they hear nothing of within about 30 s. */
const GHOST_MS = 30_000;
const REACH_MS = 4_000;

/** RFC 9110 section 13.1.1: whichever session it is by now. The quotes of RFC 9725 section 4.3.3 are those of its text. */
const ANY_TAG = '*';

/** Statuses of a server that has no such session any more. */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** Facts that this adapter uses beside its address; it asks for them while a session begins. */
export interface WhipHints {
  /** As `OmeHints.attempt`. */
  attempt(): number;
  /** As `OmeHints.mayHoldSession`: then a refusal is most likely about that session. */
  mayHoldSession(): boolean;
  /** As `OmeHints.serverTime`. */
  serverTime(): number;
  /** The token of the stream, a credential; `null` for none. */
  readonly authToken: string | null;
}

/**
 * Publishes over WHIP (RFC 9725): we offer, the server answers, and no connection for signaling stays
 * open. `url` is a credential; it appears in no message, and neither does the token.
 */
export function whipAdapter(url: URL, hints: WhipHints): SignalingAdapter {
  return {
    publish: (context) => publish(url, { ...hints, ...context }),
    // Asks the host alone, and would rather be wrong than never find a server.
    isReachable: (_, signal) =>
      checkReachability(url, { ms: REACH_MS, signal }).then(
        () => true,
        () => false,
      ),
  };
}

type WhipContext = SignalingContext & WhipHints;

/** A session on a server, and its answer. */
interface WhipResource {
  /** The address of the session, a credential. */
  readonly url: URL;
  /** As the server wrote it, quotes or not; `null` for none. */
  entityTag: string | null;
  /** ICE servers that came with it. */
  readonly iceServers: readonly RTCIceServer[];
  readonly answer: string;
}

async function publish(url: URL, context: WhipContext): Promise<SignalingSession> {
  const { signal } = context;
  signal.throwIfAborted();
  const exchange = openExchange(context.authToken);
  const peer = context.createPeer([], detourOf(url), 'max-bundle');
  const life = new AbortController();
  let resource: WhipResource | null = null;
  let closing: Promise<void> | null = null;
  const close = () => {
    life.abort(ended('session'));
    closing ??= resource === null ? Promise.resolve() : endSession(resource.url, exchange);
    return closing;
  };
  try {
    const offering = await abortable(peer.offer(), signal);
    context.report('prepared');
    await abortable(context.go, signal);
    resource = await createSession(url, offering, exchange, context);
    context.report('negotiating');
    checkAnswer(resource.answer, offering.sdp);
    const trickle = startTrickle(offering, tellOf(resource, exchange), life.signal);
    await abortable(offering.takeAnswer(resource.answer, resource.iceServers), signal);
    await peer.connected(signal);
    let gone = (_: BroadcastError) => {};
    const lost = new Promise<BroadcastError>((resolve) => {
      gone = resolve;
    });
    void offering.closedByServer.then(() => gone(endedByServer()));
    const restartIce = restarterOf(resource, { offering, trickle, exchange, gone }, life.signal);
    return { peer, lost, restartIce, close };
  } catch (thrown) {
    peer.close();
    await close();
    throw thrown;
  }
}

/**
 * Posts the offer. Where nobody waits for the answer any more, it is waited for all the same, and the
 * session that it names is ended.
 */
async function createSession(
  url: URL,
  offering: Offering,
  exchange: WhipExchange,
  context: WhipContext,
): Promise<WhipResource> {
  const { signal, mayHoldSession, serverTime, authToken, attempt } = context;
  const watching = new AbortController();
  const forbidden = policyForbids(url, watching.signal);
  const capabilities = attempt() === 1 ? capabilitiesFor(url, offering.picture) : {};
  const posted = exchange(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp', ...capabilities },
    body: offering.sdp,
    ms: LATE_MS,
  });
  const answerMs = mayHoldSession() ? ANSWER_MS.again : ANSWER_MS.first;
  let isTaken = false;
  try {
    const reply = await within(posted, answerMs, () => noAnswer(url, answerMs), signal);
    isTaken = true;
    if (reply.status !== 201) {
      const request = { url, token: authToken, serverTime: serverTime() };
      throw refusalOf(reply, { ...request, mayHoldSession: mayHoldSession() });
    }
    return await readSession(reply, exchange);
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof BroadcastError) throw thrown;
    throw await explainOpaque(url, forbidden, signal);
  } finally {
    watching.abort(ended('request'));
    if (!isTaken) void endLate(posted, exchange);
  }
}

async function readSession(reply: WhipReply, exchange: WhipExchange): Promise<WhipResource> {
  const { headers, body, url: from } = reply;
  const url = sessionUrlOf(reply);
  const fail = async (what: string) => {
    if (url !== null) await endSession(url, exchange);
    return violation(`${what} (status 201)`);
  };
  if (url === null) throw noLocation(from);
  if (body === null) throw await fail('an answer that is far too long');
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && type !== 'application/sdp') {
    throw await fail(/html/.test(type) ? 'a web page' : 'something else than application/sdp');
  }
  const entityTag = headers.get('etag');
  return { url, entityTag, iceServers: iceServersIn(headers.get('link')), answer: body };
}

/** The address of the session, which may be relative to where the answer came from in the end. */
function sessionUrlOf({ headers, url: from }: WhipReply): URL | null {
  const location = headers.get('location');
  if (location === null || location.trim() === '') return null;
  try {
    const url = new URL(location, from);
    // Servers behind a proxy do not know that it speaks TLS.
    if (from.protocol === 'https:' && url.protocol === 'http:' && url.hostname === from.hostname) {
      if (url.port === '') url.port = from.port;
      url.protocol = 'https:';
    }
    return url.protocol === from.protocol || url.protocol === 'https:' ? url : null;
  } catch {
    return null;
  }
}

/** Ends a session that was created when nobody waited for it any more. */
async function endLate(posted: Promise<WhipReply>, exchange: WhipExchange): Promise<void> {
  const reply = await posted.catch(() => null);
  const url = reply?.status === 201 ? sessionUrlOf(reply) : null;
  if (url !== null) await endSession(url, exchange);
}

/**
 * Ends a session, whichever it is by now: without its entity tag (RFC 9725 section 4.3.1). Settles within a second, and goes on trying
 * for as long as the server may hold the session, because nobody else gets the stream until then.
 */
async function endSession(url: URL, exchange: WhipExchange): Promise<void> {
  const forever = new AbortController().signal;
  const until = performance.now() + GHOST_MS;
  const end = async () => {
    for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, 4_000)) {
      const isTold = await exchange(url, { method: 'DELETE', ms: PATCH_MS }).then(
        ({ status }) => status < 500 && status !== 429,
        () => false,
      );
      if (isTold || performance.now() >= until) return;
      await sleep(pauseMs, forever);
    }
  };
  const grace = new AbortController();
  await Promise.race([end(), sleep(CLOSE_MS, grace.signal).catch(() => {})]);
  grace.abort();
}

/** Sends fragments with candidates; false once the server takes none. */
function tellOf(resource: WhipResource, exchange: WhipExchange) {
  return async (fragment: string) => {
    const { status } = await patch(resource, exchange, fragment, PATCH_MS, resource.entityTag);
    // One that came too late for its tag says nothing of the next (RFC 9110 section 15.5.13).
    return status < 300 || status === 412;
  };
}

function patch(
  { url }: WhipResource,
  exchange: WhipExchange,
  body: string,
  ms: number,
  entityTag: string | null,
): Promise<WhipReply> {
  const match = entityTag === null ? {} : { 'If-Match': entityTag };
  const headers = { 'Content-Type': FRAGMENT_TYPE, ...match };
  return exchange(url, { method: 'PATCH', headers, body, ms });
}

/** The parts of a session that a restart changes. */
interface RestartedParts {
  readonly offering: Offering;
  readonly trickle: Trickle;
  readonly exchange: WhipExchange;
  /** Is told when the server turns out not to have the session any more. */
  gone(error: BroadcastError): void;
}

/**
 * Restarts ICE (RFC 9725 section 4.3.3). Nothing changes on this side before the server has agreed, so
 * that a session whose server does not know restarts goes on as it was.
 */
function restarterOf(
  resource: WhipResource,
  { offering, trickle, exchange, gone }: RestartedParts,
  life: AbortSignal,
): (signal: AbortSignal) => Promise<RestartOutcome> {
  let { answer } = resource;
  let latest = 0;
  return async (signal) => {
    latest += 1;
    const mine = latest;
    const isStale = () => mine !== latest || life.aborted || signal.aborted;
    const restart = await offering.restart().catch(() => null);
    if (restart === null) return 'refused';
    const body = writeFragment(restart.sdp, [], 'more-may-come');
    const reply = await patch(resource, exchange, body, RESTART_MS, ANY_TAG).catch(() => null);
    if (isStale()) return 'refused';
    if (reply === null) return 'unanswered';
    if (GONE.has(reply.status)) gone(endedByServer());
    const fragment = reply.status === 200 ? parseFragment(reply.body ?? '') : null;
    if (fragment === null) return 'refused';
    const restarted = withFragment(answer, fragment);
    // Candidates that come from now on are those of the new credentials.
    trickle.describe(restart.sdp);
    resource.entityTag = reply.headers.get('etag') ?? resource.entityTag;
    try {
      await restart.takeAnswer(restarted);
    } catch (thrown) {
      // The server has let go of the old credentials.
      gone(toBroadcastError(thrown));
      return 'refused';
    }
    answer = restarted;
    return 'restarted';
  };
}

/** OvenMediaEngine shows the size of a picture from the start where it is told; another server is not asked to allow the header. */
function capabilitiesFor(url: URL, picture: OfferedPicture | null): Record<string, string> {
  if (url.searchParams.get('direction') !== 'whip' || picture === null) return {};
  const { width, height, frameRate } = picture;
  const rate = frameRate === null ? [] : [`max_fps=${Math.round(frameRate)}`];
  return {
    'Oven-Capabilities': [`max_width=${width}`, `max_height=${height}`, ...rate].join(', '),
  };
}

function detourOf({ searchParams }: URL): string | undefined {
  const isOme = searchParams.get('direction') === 'whip';
  return isOme && !searchParams.has('transport') ? 'the option transport: "tcp"' : undefined;
}

function noLocation({ host }: URL): BroadcastError {
  return new BroadcastError(
    'protocol-violation',
    `The server at ${host} created a session (status 201) and did not say where: its answer has no Location that this page may read. Whoever runs the server has to send one, and to list it in Access-Control-Expose-Headers.`,
  );
}

function noAnswer({ host }: URL, ms: number): BroadcastError {
  return new BroadcastError(
    'timeout',
    `The server at ${host} did not answer the offer within ${ms / 1000} s. Check the network; if it stays, the server is overloaded or no WHIP server.`,
  );
}

function endedByServer(): BroadcastError {
  return new BroadcastError(
    'unreachable',
    'The server ended the session: the stream was stopped, or the server restarted. If the stream still runs, the broadcast is resumed.',
  );
}
