import { BroadcastError } from '../errors.js';
import { childOf, ended } from '../foundation/abort.js';
import { abortable, elapsedMs, sleep, within } from '../foundation/time.js';
import type { Peer } from '../peer/peer.js';
import { checkReachability, checksFirst } from './check-reachability.js';
import type { SignalingAdapter, SignalingContext, SignalingSession } from './contract.js';
import { explainAway, handshakeRefused } from './explain-away.js';
import { transportOf } from './ome-address.js';
import type { OmeError, OmeOffer } from './ome-messages.js';
import { selectIceServers } from './ome-parse.js';
import type { OmeSocket } from './ome-socket.js';
import { openOmeSocket, unreachable } from './ome-socket.js';
import { type PreparedAnswers, prepareAnswers } from './prepared-answers.js';
import type { NameRecheck } from './recheck-name.js';
import { recheckName } from './recheck-name.js';
import { addressExpired } from './signed-policy.js';

/**
 * A first connect is patient. Where the ingest was reached before, a packet lost on a network that
 * just came back must not cost seconds: what is not open soon is opened anew.
 */
const OPEN_MS = { first: 10_000, again: 4_000 } as const;
const PROBE_MS = 1_000;
/** The admission webhook behind an offer may itself take seconds; three, unless its owner said more. */
const OFFER_MS = { first: 10_000, again: 5_000 } as const;
/** A prepared offer is made anew after this long, though servers were seen to honour one for longer. */
const PREPARED_MAX_AGE_MS = 120_000;

/**
 * How many round trips pass from the answer to the end of the DTLS handshake, measured on
 * OvenMediaEngine with 80 ms each: 3.2, and 7 to 9 through its TCP relay.
 */
const CONNECT_ROUND_TRIPS = { direct: 4, relay: 9 } as const;

const OVER_TCP = 'the option transport: "tcp"';

/** An address as RFC 8839 section 5.1 writes it; the browser refuses whatever is not. */
const CANDIDATE = /^a=(?:a=)?candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ \S/im;

/** Facts that this adapter uses beside its address; it asks for them while a session begins. */
export interface OmeHints {
  /** Which attempt to connect, or to come back after a break, it is; the first is 1. */
  attempt(): number;
  /**
   * Whether a session of ours was lost at this stream a moment ago: then a name that is taken is
   * most likely still held by it, and the refusal is `stream-busy` instead of `stream-not-found`.
   */
  mayHoldSession(): boolean;
  /** The time on the server's clock, as far as it is known, in epoch milliseconds. */
  serverTime(): number;
  /**
   * Whether the prepared answer is refreshed until it is sent, so that viewers see the first picture
   * soonest; only where the server is not known to hand media on at once.
   */
  readonly refreshPreparedAnswers: boolean;
}

/**
 * Publishes over OvenMediaEngine's WebSocket signalling: the server offers, we answer, and the
 * socket lives as long as the broadcast, for its end removes the stream at once.
 * `url` is a credential; it appears in no message.
 */
export function omeAdapter(url: URL, hints: OmeHints): SignalingAdapter {
  return {
    publish: (context) => publish(url, { ...hints, ...context }),
    // Opens a socket and sends nothing on it.
    isReachable: (attempt, signal) =>
      openAgain(url, attempt, signal).then(
        (socket) => socket.close().then(() => true),
        () => false,
      ),
  };
}

type OmeContext = SignalingContext & OmeHints;

async function publish(url: URL, context: OmeContext): Promise<SignalingSession> {
  const opening = context.mayHoldSession()
    ? openAgain(url, context.attempt(), context.signal)
    : openOmeSocket(url, OPEN_MS.first, context.signal, explainAway);
  const socket = await opening.catch((thrown: unknown) => {
    // Some gateways look at a signed address before they let a socket open.
    const isRefused = thrown instanceof BroadcastError && thrown.code === 'handshake-refused';
    throw (isRefused ? addressExpired(url, context.serverTime()) : null) ?? thrown;
  });
  const negotiation = childOf(context.signal);
  let published: OmeOffer | null = null;
  let answers: PreparedAnswers | null = null;
  let peer: Peer | null = null;
  let recheck: NameRecheck | null = null;
  const close = async () => {
    negotiation.abort(ended('session'));
    if (published !== null) socket.send({ command: 'stop', ...idOf(published) });
    published = null;
    await Promise.all([socket.close(), recheck?.close()]);
  };
  try {
    const askedAt = elapsedMs();
    const offer = await requestOffer(socket, url, context);
    const roundTripMs = elapsedMs() - askedAt;
    answers = await answerOffer(offer, roundTripMs, url, context);
    context.report('prepared');
    recheck = recheckName(url, { roundTripMs, signal: context.signal });
    await userReady(socket, context);
    const refused = await recheck.ask();
    void recheck.close();
    if (refused !== null) throw refusedSince(refused, url, context);
    context.report('negotiating');
    const taken = answers.take();
    peer = taken.peer;
    published = offer;
    const refusal = refusalOf(socket, url, context, negotiation.signal);
    // It may come before anybody waits for it, which is no error of its own.
    refusal.catch(() => {});
    socket.send({ command: 'answer', ...idOf(offer), sdp: { type: 'answer', sdp: taken.sdp } });
    peer.onCandidate((candidate) => sendCandidate(socket, offer, candidate));
    // Only now: with the ingest's addresses known the browser starts its checks, and gives up
    // on an ingest that ignores them, as it does until it has the answer.
    await peer.addCandidates(offer.candidates.map(toCandidateInit));
    await Promise.race([peer.connected(negotiation.signal), refusal]);
    negotiation.abort(ended('negotiation'));
    const probe = (signal: AbortSignal) => isAnswered(socket, offer, signal);
    return { peer, lost: socket.lost, probe, close };
  } catch (thrown) {
    answers?.close();
    await close();
    peer?.close();
    throw thrown;
  }
}

async function openAgain(url: URL, attempt: number, signal: AbortSignal): Promise<OmeSocket> {
  if (!checksFirst(attempt)) return openOmeSocket(url, OPEN_MS.again, signal);
  const answer = await checkReachability(url, { ms: OPEN_MS.again, signal }).catch(() => {
    signal.throwIfAborted();
    throw unreachable(url);
  });
  // The network is there; what takes long now is the browser, which holds the socket back.
  const explain = answer === 'answered' ? async () => handshakeRefused(url) : undefined;
  return openOmeSocket(url, OPEN_MS.first, signal, explain);
}

async function isAnswered(
  socket: OmeSocket,
  offer: OmeOffer,
  signal: AbortSignal,
): Promise<boolean> {
  const asking = childOf(signal);
  const reply = socket.next(asking.signal).then(
    () => true,
    // An answer, too, unless the socket is closed for it.
    (thrown: unknown) => socket.isOpen && isNonsense(thrown),
  );
  const late = sleep(PROBE_MS, asking.signal).then(
    () => false,
    () => false,
  );
  socket.send({ command: 'probe', ...idOf(offer) });
  try {
    return await Promise.race([reply, late]);
  } finally {
    asking.abort();
  }
}

async function requestOffer(socket: OmeSocket, url: URL, context: OmeContext): Promise<OmeOffer> {
  const reply = socket.next(context.signal);
  socket.send({ command: 'request_offer' });
  const offerMs = context.mayHoldSession() ? OFFER_MS.again : OFFER_MS.first;
  const message = await within(reply, offerMs, noOffer, context.signal);
  if (message.kind !== 'offer') {
    throw message.kind === 'error' ? refused(message.error, url, context) : noOffer();
  }
  const { candidates, sdp } = message.offer;
  const listed = [sdp.sdp, ...candidates.map(({ candidate }) => `a=${candidate}`)].join('\n');
  if (!CANDIDATE.test(listed)) throw noAddress(url);
  return message.offer;
}

/** Answers the offer in a peer, and in new ones until the user is ready where that is wanted. */
async function answerOffer(
  offer: OmeOffer,
  roundTripMs: number,
  url: URL,
  context: OmeContext,
): Promise<PreparedAnswers> {
  const iceServers = selectIceServers(offer);
  const roundTrips =
    iceServers.length === 0 ? CONNECT_ROUND_TRIPS.direct : CONNECT_ROUND_TRIPS.relay;
  const detour = /^(tcp|relay|all)$/.test(transportOf(url) ?? '') ? undefined : OVER_TCP;
  const answer = async () => {
    const peer = context.createPeer(iceServers, detour);
    try {
      return { peer, sdp: await abortable(peer.answer(offer.sdp.sdp), context.signal) };
    } catch (thrown) {
      peer.close();
      throw thrown;
    }
  };
  return prepareAnswers(answer, {
    isRefreshed: context.refreshPreparedAnswers && !handsOnAtOnce(offer),
    connectMs: roundTrips * roundTripMs,
    signal: context.signal,
  });
}

/**
 * Servers from OvenMediaEngine 0.20.5 on hand media on without waiting for a sender report, so that
 * an answer's age is worth nothing there. Those from 0.21 on show by what they offer.
 */
function handsOnAtOnce({ candidates, sdp }: OmeOffer): boolean {
  return [...candidates.map(({ candidate }) => candidate), sdp.sdp].some((text) =>
    text.includes(' tcptype '),
  );
}

/** Waits for the user, and notices an offer that went stale meanwhile. */
async function userReady(socket: OmeSocket, { go, signal }: SignalingContext): Promise<void> {
  const waiting = childOf(signal);
  const aged = sleep(PREPARED_MAX_AGE_MS, waiting.signal).then(preparationAged);
  const stale = Promise.race([socket.lostEarly, aged]).then((error) => Promise.reject(error));
  try {
    await abortable(Promise.race([go, stale]), signal);
  } finally {
    waiting.abort();
  }
}

/**
 * Rejects when the server refuses the answer; there is no word of success. Candidates it does not
 * like, and nonsense, are no reason to end: whether media flows is seen on the transport.
 */
async function refusalOf(
  socket: OmeSocket,
  url: URL,
  context: OmeContext,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    const message = await socket.next(signal).catch((thrown: unknown) => {
      if (socket.isOpen && isNonsense(thrown)) return null;
      throw thrown;
    });
    if (message?.kind === 'error' && !/candidate/i.test(message.error.error)) {
      throw refused(message.error, url, context);
    }
  }
}

function isNonsense(thrown: unknown): boolean {
  return thrown instanceof BroadcastError && thrown.code === 'protocol-violation';
}

function idOf({ id, peer_id }: OmeOffer) {
  return { id, peer_id };
}

function sendCandidate(socket: OmeSocket, offer: OmeOffer, init: RTCIceCandidateInit): void {
  const { candidate = '', sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = init;
  socket.send({
    command: 'candidate',
    ...idOf(offer),
    candidates: [{ candidate, sdpMid, sdpMLineIndex, usernameFragment }],
  });
}

function toCandidateInit({ candidate, sdpMid, sdpMLineIndex }: OmeOffer['candidates'][number]) {
  return { candidate, sdpMid: sdpMid ?? null, sdpMLineIndex: sdpMLineIndex ?? 0 };
}

/** A name that was free when it was prepared for is most likely taken. */
function refusedSince(error: OmeError, url: URL, context: OmeContext): BroadcastError {
  const told = refused(error, url, context);
  if (told.code !== 'stream-not-found' || context.mayHoldSession()) return told;
  return new BroadcastError(
    'stream-busy',
    'The ingest no longer takes this stream: another broadcast took it, or it was stopped. Stop the other broadcast, or start a stream of your own.',
  );
}

/** The server's own words are not repeated: the name of the stream, which is its key, may be in them. */
function refused({ code }: OmeError, url: URL, context: OmeContext): BroadcastError {
  const expired = code === 404 || code === 401 ? addressExpired(url, context.serverTime()) : null;
  if (expired !== null) return expired;
  if (code === 401) {
    return new BroadcastError(
      'unauthorized',
      'The ingest refused the address: it has expired, or was never valid. Start the stream again, or get a new address for it.',
    );
  }
  if (code === 403) {
    return new BroadcastError(
      'stream-busy',
      'The ingest refused the broadcast: another one took this stream first. Stop the other broadcast, or start a stream of your own.',
    );
  }
  // WHIP's word for a name that is taken; a server that tells the two apart may say it here, too.
  if (code === 404 || code === 409) {
    return context.mayHoldSession()
      ? new BroadcastError(
          'stream-busy',
          'The ingest still holds the last session of this broadcast, and lets go of it within about 30 s. Keep this page open.',
        )
      : new BroadcastError(
          'stream-not-found',
          'The ingest does not take this stream: the key is wrong, the stream is not started, or something else is already publishing to it. Start the stream and check the key.',
        );
  }
  return new BroadcastError(
    'protocol-violation',
    `The ingest refused a message of the broadcaster (code ${code}). Try again; if it stays, this kit does not know the version of the server.`,
  );
}

function noAddress(url: URL): BroadcastError {
  const advice =
    transportOf(url) === undefined ? `Try ${OVER_TCP}` : 'Leave the option transport out';
  return new BroadcastError(
    'negotiation-failed',
    `The server offered no address to send media to. ${advice}, or ask whoever runs the server.`,
  );
}

function noOffer(): BroadcastError {
  return new BroadcastError(
    'timeout',
    'The ingest opened a connection but sent no offer in time. Try again; if it stays, the server is overloaded or no ingest.',
  );
}

function preparationAged(): BroadcastError {
  return new BroadcastError(
    'timeout',
    'The prepared offer grew old and is made anew. Nothing needs to be done.',
  );
}
