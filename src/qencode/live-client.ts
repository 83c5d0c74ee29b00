import { plainWords } from '../core/foundation/plain-words.js';
import { createAccessToken } from './access-token.js';
import { LiveApiError, liveApiError } from './live-api-error.js';
import { createLiveExchange, type LiveAnswer, type LiveRequest, wordsOf } from './live-exchange.js';
import {
  isStartedStatus,
  type LiveStream,
  type PlaybackId,
  type PlaybackPolicy,
  parseLiveStream,
  parseLiveStreams,
  parsePlaybackId,
  playbackUrlOf,
} from './live-stream.js';
import { percentEncoded } from './percent-encoded.js';
import { deriveSigningKey } from './signing-key.js';
import { bodyOf, type StreamSettings } from './stream-settings.js';

/** How to reach the Live API. */
export interface LiveClientOptions {
  /**
   * The API key of a Live Streaming project, or a function that gives it: on servers only, never in a
   * page. Read when a request needs it, so that a build without it goes through; without one every
   * call rejects with `unauthorized`.
   */
  readonly apiKey: string | undefined | (() => string | undefined | Promise<string | undefined>);
  /** Default `https://api-live.qencode.com`; plain http only on this machine or to a bare host name. */
  readonly baseUrl?: string | undefined;
  /** Default the platform's. */
  readonly fetch?: typeof fetch;
  /** Where viewers find a playback id, for streams that do not say so themselves. */
  readonly playbackUrl?: (playbackId: string, stream: LiveStream) => string;
  /** How long one request may take. Default 30,000. */
  readonly timeoutMs?: number;
}

/** The options of every call. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A stream that was asked to start or stop. */
export interface StateChange {
  readonly stream: LiveStream;
  /** The API said 406: it was so before; `stream` is then what it says about it now. */
  readonly alreadyDone: boolean;
}

/**
 * The Live API of Qencode. Every call rejects with a {@link LiveApiError}, or with the reason of
 * its signal; nothing is tried twice but a call whose token was refused.
 */
export interface LiveClient {
  /** Makes a stream; starts nothing yet. */
  createStream(settings?: StreamSettings, options?: CallOptions): Promise<LiveStream>;
  /** Every stream of the project. */
  listStreams(options?: CallOptions): Promise<readonly LiveStream[]>;
  /** The stream as it is now. */
  getStream(id: string, options?: CallOptions): Promise<LiveStream>;
  /** Changes what is given and leaves the rest. */
  updateStream(id: string, changes: StreamSettings, options?: CallOptions): Promise<LiveStream>;
  /** Allocates an encoder, which waits 120 s for media. A start that times out is answered by the stream's state. */
  startStream(id: string, options?: CallOptions): Promise<StateChange>;
  /** Ends the stream at once. */
  stopStream(id: string, options?: CallOptions): Promise<StateChange>;
  /** Refused while the stream is live. */
  deleteStream(id: string, options?: CallOptions): Promise<void>;
  /** One more way to watch the stream. */
  createPlaybackId(id: string, policy: PlaybackPolicy, options?: CallOptions): Promise<PlaybackId>;
  /** The HLS playlist for viewers; `null` if the stream has none. */
  playbackUrlOf(stream: LiveStream): string | null;
  /** A key for signing, derived from the API key for this purpose; it does not give the API key away. */
  signingKey(purpose: string): Promise<CryptoKey>;
}

/** Makes a client; it sends nothing before its first call. Throws a `TypeError` for options that cannot work. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const { apiKey, timeoutMs = 30_000, playbackUrl } = options;
  if (!(Number.isFinite(timeoutMs) && timeoutMs > 0)) {
    throw new TypeError('timeoutMs is a number above 0.');
  }
  let knownKey = '';
  const readKey = async (what: string): Promise<string> => {
    knownKey = await readApiKey(apiKey, what);
    return knownKey;
  };
  const plain = (words: string) => plainWords(words, knownKey);
  const exchange = createLiveExchange({
    baseUrl: readBaseUrl(options.baseUrl ?? 'https://api-live.qencode.com'),
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs,
    plain,
  });

  const accessToken = createAccessToken(async (signal) => {
    const what = 'get an access token';
    const path = `/v1/access_token/${percentEncoded(await readKey(what))}`;
    const { status, body } = await exchange({ method: 'POST', path, what, signal });
    const token = tokenIn(body);
    if (token === null) throw notUnderstood(what, { status, body });
    return token;
  });

  const call = async (request: Omit<LiveRequest, 'token'>): Promise<LiveAnswer> => {
    const token = await accessToken.get(request.signal);
    try {
      return await exchange({ ...request, token });
    } catch (thrown) {
      if (!hasStatus(thrown, 401)) throw thrown;
      accessToken.drop(token);
      return exchange({ ...request, token: await accessToken.get(request.signal) });
    }
  };

  const notUnderstood = (what: string, { status, body }: LiveAnswer) => {
    const words = wordsOf(body);
    return words === null
      ? liveApiError('malformed', what, 'the answer cannot be read', { status })
      : liveApiError('refused', what, 'the Live API refused', {
          status,
          words: plain(words),
        });
  };

  const callForStream = async (request: Omit<LiveRequest, 'token'>): Promise<LiveStream> => {
    const answer = await call(request);
    const stream = parseLiveStream(answer.body);
    if (stream === null) throw notUnderstood(request.what, answer);
    return stream;
  };

  const getStream = (id: string, { signal }: CallOptions = {}) =>
    callForStream({ method: 'GET', path: pathOf(id), what: 'read the stream', signal });

  const change = async (id: string, action: 'start' | 'stop', options: CallOptions) => {
    const { signal } = options;
    const request = { method: 'POST', path: pathOf(id, action), signal } as const;
    const { body } = await call({ ...request, what: `${action} the stream` });
    const stream = parseLiveStream(body);
    const whole = action === 'stop' || stream?.serverUrls.webrtc !== undefined;
    return stream !== null && whole ? stream : getStream(id, options);
  };

  return {
    createStream: (settings = {}, { signal } = {}) => {
      const body = bodyOf(settings);
      const what = 'create a stream';
      return callForStream({ method: 'POST', path: '/v1/live-streams', what, body, signal });
    },
    async listStreams({ signal } = {}) {
      const what = 'list the streams';
      const answer = await call({ method: 'GET', path: '/v1/live-streams', what, signal });
      const streams = parseLiveStreams(answer.body);
      if (streams === null) throw notUnderstood(what, answer);
      return streams;
    },
    getStream,
    async updateStream(id, changes, options = {}) {
      const { signal } = options;
      const what = 'change the stream';
      const body = bodyOf(changes);
      const answer = await call({ method: 'PUT', path: pathOf(id), what, body, signal });
      const stream = parseLiveStream(answer.body);
      return stream === null ? getStream(id, options) : stream;
    },
    async startStream(id, options = {}) {
      try {
        return { stream: await change(id, 'start', options), alreadyDone: false };
      } catch (thrown) {
        const done = hasStatus(thrown, 406);
        if (!done && !(thrown instanceof LiveApiError && thrown.code === 'timeout')) throw thrown;
        const stream = await getStream(id, options);
        if (!isStartedStatus(stream.status) || !hasAddress(stream)) throw thrown;
        return { stream, alreadyDone: done };
      }
    },
    async stopStream(id, options = {}) {
      try {
        return { stream: await change(id, 'stop', options), alreadyDone: false };
      } catch (thrown) {
        if (!hasStatus(thrown, 406)) throw thrown;
        return { stream: await getStream(id, options), alreadyDone: true };
      }
    },
    async deleteStream(id, { signal } = {}) {
      await call({ method: 'DELETE', path: pathOf(id), what: 'delete the stream', signal });
    },
    async createPlaybackId(id, policy, { signal } = {}) {
      const path = pathOf(id, 'playback-ids');
      const what = 'create a playback id';
      const answer = await call({ method: 'POST', path, what, body: { policy }, signal });
      const created = parsePlaybackId(answer.body);
      if (created === null) throw notUnderstood(what, answer);
      return { id: created.id, policy: created.policy ?? policy };
    },
    playbackUrlOf(stream) {
      const { playbackUrls, playbackId } = stream;
      if (playbackUrl === undefined || playbackUrls.length > 0 || playbackId === null) {
        return playbackUrlOf(stream);
      }
      return playbackUrl(playbackId, stream);
    },
    signingKey: async (purpose) =>
      deriveSigningKey(await readKey('sign with a key derived from the API key'), purpose),
  };
}

async function readApiKey(apiKey: LiveClientOptions['apiKey'], what: string): Promise<string> {
  let key: unknown;
  try {
    key = typeof apiKey === 'function' ? await apiKey() : apiKey;
  } catch {
    throw noKey(what, 'the function that gives apiKey failed');
  }
  if (typeof key === 'string' && key.trim() !== '') return key;
  throw noKey(what, 'apiKey is missing');
}

function noKey(what: string, why: string): LiveApiError {
  return new LiveApiError(
    'unauthorized',
    `Could not ${what}: ${why}. Set apiKey, mostly from an environment variable of the server, to the API key of a Live Streaming project.`,
  );
}

function pathOf(id: string, action?: string): string {
  // An empty id would turn a call about one stream into one about all of them.
  if (id === '' || id === '.' || id === '..') throw new TypeError('The id of a stream is missing.');
  const path = `/v1/live-streams/${percentEncoded(id)}`;
  return action === undefined ? path : `${path}/${action}`;
}

function hasStatus(thrown: unknown, status: number): thrown is LiveApiError {
  return thrown instanceof LiveApiError && thrown.status === status;
}

function hasAddress({ serverUrls }: LiveStream): boolean {
  return Object.keys(serverUrls).length > 0;
}

function tokenIn(body: unknown, depth = 1): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const fields: Readonly<Record<string, unknown>> = { ...body };
  const token = fields['access_token'] ?? fields['token'];
  // Anything else cannot be sent in a header.
  if (typeof token === 'string') return /^[\x21-\x7e]+$/.test(token) ? token : null;
  if (depth === 0) return null;
  const inner = Object.values(fields).map((value) => tokenIn(value, depth - 1));
  return inner.find((found) => found !== null) ?? null;
}

function readBaseUrl(text: string): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TypeError(
      'baseUrl is an address without query, such as https://api-live.qencode.com.',
    );
  }
  const { protocol, hostname } = url;
  const near = /^(127(\.\d+){3}|\[::1\]|[^.[\]]+)$/.test(hostname) || /\.localhost$/.test(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && near)) {
    throw new TypeError(
      'baseUrl is an https:// address, so that nobody can read the API key on its way; http:// is for this machine or a bare host name.',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
