import { shareCall } from './abort.js';
import { parseCallback } from './callback-message.js';
import { LiveApiError } from './live-api-error.js';
import type { LiveStream } from './live-stream.js';
import {
  checkOrigin,
  malformed,
  preflightResponse,
  readFields,
  wrongMethod,
} from './request-guard.js';
import { createSessionEvents, type HeldSession, statusOf } from './session-events.js';
import type { BroadcastSession, SessionStatus } from './session-messages.js';
import type { SessionHandlerOptions } from './session-options.js';
import { type ResolvedSessionOptions, resolveSessionOptions } from './session-options.js';
import { jsonResponse, refusalResponse, SessionRefusal, toRefusal } from './session-refusal.js';
import { createSessionTokens, type SessionClaims } from './session-token.js';
import { createStartLimit } from './start-limit.js';
import { createStatusFeed } from './status-feed.js';
import { now } from './time.js';

const MAX_CALLBACK_BYTES = 64 * 1024;

/**
 * The endpoint that pages start and stop broadcasts with, for any server that speaks the Fetch
 * standard: one function for its GET, POST, PUT and DELETE. It always resolves.
 */
export interface SessionHandler {
  (request: Request): Promise<Response>;
  /**
   * The endpoint for the Live API's webhook, at an address of its own. It believes nothing in the
   * hook but which stream it is about, and asks the API only about streams that a page listens to.
   */
  callback(request: Request): Promise<Response>;
  /** Ends every stream of events and what it asks for, when the server shuts down. */
  close(): void;
}

/** Makes the endpoint. Throws a `TypeError` that names the option that is missing or makes no sense. */
export function createSessionHandler(given: SessionHandlerOptions): SessionHandler {
  const options = resolveSessionOptions(given);
  const { client, origins, pollMs, report } = options;
  const tokens = createSessionTokens(options.signingKey);
  const takeStart = createStartLimit(options.startLimit);
  const feed = createStatusFeed({ client, pollMs, onError: report });
  const stops = new Map<string, (signal: AbortSignal) => Promise<string>>();

  const answer = async (request: Request): Promise<Response> => {
    const { method, signal } = request;
    if (!['GET', 'POST', 'PUT', 'DELETE'].includes(method)) throw wrongMethod();
    const caller = await callerOf(request, options);
    const fields = method === 'GET' ? {} : await readFields(request);
    if (method === 'POST') {
      const name = readName(fields['name']);
      countStart(caller);
      return jsonResponse(201, await begin(caller, name, request));
    }
    const held = await heldBy(caller, request);
    const { claims } = held;
    if (method === 'PUT') {
      countStart(caller);
      return jsonResponse(200, await start(claims, caller, signal));
    }
    if (method === 'DELETE') return jsonResponse(200, await stop(held, signal));
    const status = await feed.read(claims.streamId, signal);
    if (!/text\/event-stream/i.test(request.headers.get('accept') ?? '')) {
      return jsonResponse(200, statusOf(held, status));
    }
    return events.follow(request, held, status);
  };

  /** The session that the request names, if it is this caller's and its stream still is. */
  const heldBy = async (caller: string, request: Request): Promise<HeldSession> => {
    const id = new URL(request.url).searchParams.get('session') ?? '';
    const claims = await tokens.verify(id, caller);
    if (claims === null) throw unknownSession();
    const own = await options.streamFor(caller, request);
    // One that was created is nobody else's as long as the app has named none.
    const isHeld = own ? own === claims.streamId : !claims.isAssigned;
    if (!isHeld) throw unknownSession();
    return { id, caller, claims };
  };

  const countStart = (caller: string): void => {
    const waitSeconds = takeStart(caller);
    if (waitSeconds === null) return;
    throw new SessionRefusal('too-many-starts', `Too many starts. Wait ${waitSeconds} s.`, {
      'retry-after': String(waitSeconds),
    });
  };

  const begin = async (
    caller: string,
    name: string | undefined,
    request: Request,
  ): Promise<BroadcastSession> => {
    const { signal } = request;
    const own = await options.streamFor(caller, request);
    if (own) return start({ streamId: own, isAssigned: true }, caller, signal);
    const { callbackUrl } = options;
    const created = await client.createStream(
      { name, callbackUrl, inputFormat: 'webrtc' },
      { signal },
    );
    try {
      return await start({ streamId: created.id, isAssigned: false }, caller, signal);
    } catch (thrown) {
      // Nobody will ever learn of it. Not awaited, and without the signal, which may have aborted.
      client.deleteStream(created.id).catch(report);
      throw thrown;
    }
  };

  const start = async (
    { streamId, isAssigned }: Pick<SessionClaims, 'streamId' | 'isAssigned'>,
    caller: string,
    signal: AbortSignal,
  ): Promise<BroadcastSession> => {
    // Before the request, so that the page never believes it has longer than it has.
    const askedAt = now();
    const { stream, alreadyDone } = await client.startStream(streamId, { signal });
    feed.tell(streamId, stream.status);
    const { webrtc, rtmp, rtmps, srt } = stream.serverUrls;
    if (webrtc === undefined) {
      throw new LiveApiError(
        'malformed',
        'The stream was started and has no address for WebRTC. Create it with input_format "webrtc": without it the API takes RTMP.',
      );
    }
    const known = stream.startedAt === null ? askedAt : Date.parse(stream.startedAt);
    const startedAt = alreadyDone ? Math.min(known, askedAt) : askedAt;
    const endsAt = now() + options.sessionMs;
    return {
      session: await tokens.issue({ streamId, startedAt, endsAt, isAssigned }, caller),
      status: stream.status,
      serverUrl: webrtc,
      streamKey: stream.streamKey ?? '',
      startedAt: new Date(startedAt).toISOString(),
      serverTime: new Date(now()).toISOString(),
      playbackUrl: client.playbackUrlOf(stream),
      rtmpUrl: rtmps ?? rtmp ?? null,
      srtUrl: srt ?? null,
    };
  };

  const events = createSessionEvents({
    feed,
    maxOfCaller: options.maxEventStreams,
    prove: async (request) => heldBy(await callerOf(request, options), request),
    report,
  });

  /** Stops the stream, once for all who ask for it at the same time. */
  const stopOf = (streamId: string): ((signal: AbortSignal) => Promise<string>) => {
    const known = stops.get(streamId);
    if (known !== undefined) return known;
    const stopStream = shareCall(async (signal) => {
      try {
        const { stream } = await client.stopStream(streamId, { signal });
        feed.tell(streamId, stream.status);
        return stream.status;
      } catch (thrown) {
        if (isGone(thrown)) return 'deleted';
        throw thrown;
      } finally {
        stops.delete(streamId);
      }
    });
    stops.set(streamId, stopStream);
    return stopStream;
  };

  const stop = async (held: HeldSession, signal: AbortSignal): Promise<SessionStatus> =>
    statusOf(held, await stopOf(held.claims.streamId)(signal));

  const handle = async (request: Request): Promise<Response> => {
    let cors: Readonly<Record<string, string>> = { vary: 'origin' };
    let response: Response;
    try {
      cors = checkOrigin(request, origins);
      if (request.method === 'OPTIONS') return preflightResponse(cors);
      response = await answer(request);
    } catch (thrown) {
      response = refused(thrown, request);
    }
    for (const [name, value] of Object.entries(cors)) response.headers.set(name, value);
    return response;
  };

  const refused = (thrown: unknown, { signal, method }: Request): Response => {
    if (!(thrown instanceof SessionRefusal) && !signal.aborted) report(thrown);
    const renewing = method === 'PUT' && isGone(thrown);
    return refusalResponse(renewing ? unknownSession() : toRefusal(thrown));
  };

  return Object.assign(handle, {
    async callback(request: Request): Promise<Response> {
      try {
        if (request.method !== 'POST') throw wrongMethod('POST');
        const limits = { maxBytes: MAX_CALLBACK_BYTES, anyType: true };
        feed.hint(readHook(await readFields(request, limits)).id);
        return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
      } catch (thrown) {
        return refused(thrown, request);
      }
    },
    close: events.close,
  });
}

async function callerOf(request: Request, options: ResolvedSessionOptions): Promise<string> {
  const identity = await options.authorize(request);
  const caller = identity ? identity.caller : undefined;
  if (typeof caller === 'string' && caller !== '') return caller;
  throw new SessionRefusal('not-authorized', 'Sign in to broadcast.');
}

function readName(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name === 'string' && name.length > 0 && name.length <= 200) return name;
  throw malformed('"name" is a text of 1 to 200 characters.');
}

function readHook(body: unknown): LiveStream {
  try {
    return parseCallback(body);
  } catch {
    throw malformed('The body holds no stream object.');
  }
}

function unknownSession(): SessionRefusal {
  return new SessionRefusal('unknown-session', 'There is no such session. Start a new one.');
}

function isGone(thrown: unknown): boolean {
  return thrown instanceof LiveApiError && thrown.code === 'not-found';
}
