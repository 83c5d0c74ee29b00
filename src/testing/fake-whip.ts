/** A request that a fake WHIP server was sent. */
export interface WhipServerRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  /** Whether it was to outlive the page. */
  readonly keepalive: boolean;
  /** Aborts when the client gives it up. */
  readonly signal: AbortSignal;
}

/** One answer of a scripted WHIP server; throws what `fetch` rejects with. */
export type WhipBehaviour = (request: WhipServerRequest) => Response | Promise<Response>;

/** A WHIP server in place of the network. */
export interface FakeWhip {
  /** Every request but the looks whether anybody is there, in order. */
  readonly requests: readonly WhipServerRequest[];
  /** Its sessions, by their paths. */
  readonly sessions: ReadonlySet<string>;
  /** Answers requests of `method` so from now on; `null` as it did at first. */
  behave(method: 'POST' | 'PATCH' | 'DELETE', how: WhipBehaviour | null): void;
  /** Loses a session, as a server that restarts does. */
  drop(): void;
  /** Gives the page its own `fetch` back. */
  restore(): void;
}

/** The offer of a fake peer. */
export const FAKE_OFFER = sdp('offer', 'localUfrag', 'localPasswordOfThePeer00', '11:22:33');
/** An answer to it. */
export const FAKE_ANSWER = sdp('answer', 'serverUfrag', 'serverPasswordAtFirst00', '44:55:66');
/** The fragment of a server that restarted ICE. */
export const FAKE_FRAGMENT = [
  'a=ice-ufrag:serverUfrag2',
  'a=ice-pwd:serverPasswordLater000',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'a=candidate:2 1 udp 2130706431 198.51.100.2 39133 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n');

/**
 * Puts a server that keeps RFC 9725 in place of the global `fetch`; nobody is there while `isThere`
 * says no. Its sessions lie beside the endpoint, and it takes candidates and restarts.
 */
export function installFakeWhip(isThere: () => boolean = () => true): FakeWhip {
  const original = globalThis.fetch;
  const requests: WhipServerRequest[] = [];
  const sessions = new Set<string>();
  const behaviours = new Map<string, WhipBehaviour>();
  let tag = 0;
  const keeps: Readonly<Record<string, WhipBehaviour>> = {
    POST: ({ url }) => {
      const path = `${url.pathname}/session-${sessions.size + 1}`;
      sessions.add(path);
      return created({ location: path });
    },
    PATCH: ({ url, headers }) => {
      if (!sessions.has(url.pathname)) return new Response(null, { status: 404 });
      if (headers.get('if-match') !== '*') return new Response(null, { status: 204 });
      tag += 1;
      return new Response(FAKE_FRAGMENT, {
        headers: { 'content-type': 'application/trickle-ice-sdpfrag', etag: `"restart-${tag}"` },
      });
    },
    DELETE: ({ url }) => new Response(null, { status: sessions.delete(url.pathname) ? 200 : 404 }),
  };
  globalThis.fetch = async (input, init = {}) => {
    if (!isThere()) throw new TypeError('Failed to fetch');
    const { method = 'GET', mode, headers, body, keepalive = false, signal } = init;
    if (method === 'HEAD' && mode === 'no-cors') return new Response();
    const request: WhipServerRequest = {
      method,
      url: new URL(String(input)),
      headers: new Headers(headers),
      body: String(body ?? ''),
      keepalive,
      signal: signal ?? new AbortController().signal,
    };
    requests.push(request);
    const answer = behaviours.get(method) ?? keeps[method];
    return answer?.(request) ?? new Response(null, { status: 405 });
  };
  return {
    requests,
    sessions,
    behave(method, how) {
      if (how === null) behaviours.delete(method);
      else behaviours.set(method, how);
    },
    drop: () => sessions.clear(),
    restore() {
      globalThis.fetch = original;
    },
  };
}

/** The answer of a server that created a session; a header that is given as `null` is left out. */
export function created(
  headers: Readonly<Record<string, string | null>>,
  body: BodyInit = FAKE_ANSWER,
): Response {
  const given = Object.entries({ 'content-type': 'application/sdp', etag: '"first"', ...headers });
  const sent = given.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  const response = new Response(body, { status: 201, headers: Object.fromEntries(sent) });
  // A platform names a type for text by itself.
  if (headers['content-type'] === null) response.headers.delete('content-type');
  return response;
}

/** The answer of a server that refuses. */
export function refused(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): WhipBehaviour {
  return () => new Response(body, { status, headers });
}

/** A server that never answers, until it is given up. */
export const NEVER_ANSWERS: WhipBehaviour = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** A server whose answer the browser keeps from the page. */
export const KEPT_FROM_PAGE: WhipBehaviour = () => {
  throw new TypeError('Failed to fetch');
};

function sdp(side: 'offer' | 'answer', ufrag: string, pwd: string, fingerprint: string): string {
  const media = (kind: string, type: number, codec: string, mid: number) => [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${type}`,
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint}`,
    `a=setup:${side === 'offer' ? 'actpass' : 'passive'}`,
    `a=mid:${mid}`,
    `a=${side === 'offer' ? 'sendonly' : 'recvonly'}`,
    'a=rtcp-mux',
    'a=rtcp-mux-only',
    `a=rtpmap:${type} ${codec}`,
    ...(side === 'answer' && mid === 0
      ? ['a=candidate:1 1 udp 2130706431 198.51.100.1 39132 typ host', 'a=end-of-candidates']
      : []),
  ];
  const lines = [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    ...media('audio', 111, 'opus/48000/2', 0),
    ...media('video', 96, 'H264/90000', 1),
    '',
  ];
  return lines.join('\r\n');
}
