import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { WhipFault, WhipRefusal } from '../faults/faults.js';
import type { HttpRequest } from '../http/http.js';
import type { IngestIceServer, WhipProfile } from '../options/options.js';
import type { SignalingTarget } from '../streams/addresses.js';
import type { StreamRecord } from '../streams/stream-record.js';

const HTML =
  '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>';
const HUGE_BYTES = 8 * 1024 * 1024;

/** One `Link` for each address of an ICE server (RFC 9725 section 4.6). */
export function linksTo(servers: readonly IngestIceServer[]): readonly string[] {
  return servers.flatMap(({ urls, username, credential }) =>
    urls.map((url) =>
      [
        `<${url}>`,
        'rel="ice-server"',
        ...(username === undefined ? [] : [`username=${quoted(username)}`]),
        ...(credential === undefined ? [] : [`credential=${quoted(credential)}`]),
        ...(credential === undefined ? [] : ['credential-type="password"']),
      ].join('; '),
    ),
  );
}

/** RFC 9110 section 5.6.4. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The parts of a 201. */
export interface Created {
  readonly request: HttpRequest;
  readonly response: ServerResponse;
  readonly answer: string;
  /** Of the session, with its query. */
  readonly path: string;
  readonly etag: string;
  readonly links: readonly string[];
  readonly profile: WhipProfile;
  readonly odd: Extract<WhipFault, { kind: 'odd-answer' }> | undefined;
}

/** Sends a 201, or what a fault makes of it; resolves when it is sent, or nobody is there any more. */
export async function sendCreated(created: Created): Promise<void> {
  const { response, answer, path, etag, links, profile, odd } = created;
  const isStandard = profile === 'rfc9725';
  const locations = {
    absolute: `${originOf(created)}${path}`,
    path,
    relative: path.split('/').slice(-2).join('/'),
    missing: undefined,
  };
  const tags = { quoted: `"${etag}"`, bare: etag, missing: undefined };
  const location = locations[odd?.location ?? 'path'];
  const tag = tags[odd?.etag ?? (isStandard ? 'quoted' : 'bare')];
  const contentType = odd?.contentType ?? 'application/sdp';
  response.writeHead(odd?.status ?? 201, {
    ...(contentType === '' ? {} : { 'content-type': contentType }),
    ...(location === undefined ? {} : { location }),
    ...(tag === undefined ? {} : { etag: tag }),
    ...(links.length > 0 ? { link: [...links] } : {}),
    ...(isStandard ? { 'accept-patch': 'application/trickle-ice-sdpfrag' } : {}),
    'cache-control': 'no-store',
  });
  switch (odd?.body) {
    case 'html':
      return void response.end(HTML);
    case 'empty':
      return void response.end();
    case 'huge':
      return sendHuge(response);
    case 'of-another-offer':
      return void response.end(answer.replace(/^(a=(?:mid|group:BUNDLE)[: ]).*$/gm, '$1another'));
    case 'unfinished':
      response.write(answer.slice(0, answer.length / 2));
      return void (await once(response, 'close'));
    default:
      response.end(answer);
  }
}

/** Refuses as a fault says. */
export async function refuse(response: ServerResponse, refusal: WhipRefusal): Promise<void> {
  const { status, retryAfterSeconds, body = 'text', withoutCors = false } = refusal;
  if (withoutCors) {
    for (const name of response.getHeaderNames()) {
      if (name.startsWith('access-control-')) response.removeHeader(name);
    }
  } else if (response.hasHeader('access-control-expose-headers')) {
    response.setHeader('access-control-expose-headers', 'Location, Link, ETag, Retry-After');
  }
  const types = {
    text: 'text/plain; charset=utf-8',
    html: 'text/html; charset=utf-8',
    problem: 'application/problem+json',
    huge: 'text/plain; charset=utf-8',
  };
  response.writeHead(status, {
    'content-type': types[body],
    'cache-control': 'no-store',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  const words = 'Refused by a fault of the ingest';
  if (body === 'huge') return sendHuge(response);
  if (body === 'html') response.end(HTML);
  else if (body === 'problem') {
    response.end(JSON.stringify({ type: 'about:blank', title: 'Refused', status, detail: words }));
  } else response.end(words);
}

/** A request that is to be redirected. */
export interface Redirected {
  readonly request: HttpRequest;
  readonly response: ServerResponse;
  readonly target: SignalingTarget;
  readonly stream: StreamRecord | undefined;
  readonly fault: Extract<WhipFault, { kind: 'redirect' }>;
}

/** Sends a request on to the other address of its stream. */
export function redirectTo({ request, response, target, stream, fault }: Redirected): void {
  const { host, app, streamKey } = target;
  const other = host === undefined ? stream?.host : undefined;
  const elements = [...(other === undefined ? [] : [other]), app, streamKey];
  const query = new URLSearchParams([...request.query, ['redirected', '1']]);
  const path = `/${elements.map(encodeURIComponent).join('/')}?${query}`;
  const origin = originOf({ request, response });
  const swapped = origin.includes('//localhost')
    ? origin.replace('//localhost', '//127.0.0.1')
    : origin.replace(/\/\/[\d.]+/, '//localhost');
  const location = fault.to === 'other' ? `${swapped}${path}` : path;
  response.writeHead(fault.status ?? 307, { location, 'cache-control': 'no-store' }).end();
}

function originOf({ request, response }: Pick<Redirected, 'request' | 'response'>): string {
  const isSecure = response.socket !== null && 'encrypted' in response.socket;
  return `${isSecure ? 'https' : 'http'}://${request.headers.host}`;
}

async function sendHuge(response: ServerResponse): Promise<void> {
  const chunk = Buffer.alloc(65_536, 'v');
  const chunks = Readable.from(
    (function* () {
      for (let sent = 0; sent < HUGE_BYTES; sent += chunk.length) yield chunk;
    })(),
  );
  // Whoever takes no more of it goes away.
  await pipeline(chunks, response).catch(() => {});
}
