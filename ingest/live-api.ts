import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { HttpError, type HttpRequest, type HttpRoute } from './http.js';
import type { IngestContext } from './ingest-context.js';
import { liveStreamOf, type StreamRecord } from './stream-registry.js';

const TOKEN_SECONDS = 24 * 3600;

/**
 * The part of Qencode's Live API that an app needs to go live: `POST /v1/access_token/<api_key>`
 * (any key will do), then, with `Authorization: Bearer`, `/v1/live-streams` and below.
 */
export function createLiveApi(context: IngestContext, webSocketUrl: () => string): HttpRoute {
  const secret = randomBytes(32);
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  const show = (record: StreamRecord) => ok(liveStreamOf(record, webSocketUrl()));

  const requireToken = ({ headers }: HttpRequest) => {
    const [, expires = '', signature = ''] =
      /^Bearer ([^.]+)\.(.+)$/.exec(headers.authorization ?? '') ?? [];
    const given = Buffer.from(signature);
    const expected = Buffer.from(sign(expires));
    const valid = given.length === expected.length && timingSafeEqual(given, expected);
    if (!valid || Number(expires) < Date.now()) {
      throw new HttpError(401, 'Send Authorization: Bearer with a token of /v1/access_token.');
    }
  };
  const find = (id: string) => {
    const record = context.registry.byId(id);
    if (record === undefined) throw new HttpError(404, 'There is no stream with this id.');
    return record;
  };

  return async (request) => {
    const { method, path } = request;
    const [, resource, id, action, ...rest] = path;
    if (rest.length > 0) throw noSuchPath();
    if (resource === 'access_token') {
      if (id === undefined || action !== undefined) throw noSuchPath();
      if (method !== 'POST') throw notThere(method);
      const expires = String(Date.now() + TOKEN_SECONDS * 1000);
      return ok({ access_token: `${expires}.${sign(expires)}` });
    }
    if (resource !== 'live-streams') throw noSuchPath();
    requireToken(request);
    if (id === undefined) {
      if (method === 'GET') {
        return ok(context.registry.all().map((record) => liveStreamOf(record, webSocketUrl())));
      }
      if (method === 'POST') return show(context.registry.create(readName(await request.json())));
      throw notThere(method);
    }
    const record = find(id);
    if (action === undefined) {
      if (method === 'GET') return show(record);
      if (method !== 'DELETE') throw notThere(method);
      if (!context.registry.delete(record)) {
        throw new HttpError(409, 'A live stream cannot be deleted; stop it first.');
      }
      return show(record);
    }
    if (action !== 'start' && action !== 'stop') throw noSuchPath();
    if (method !== 'POST') throw notThere(method);
    changeState(context, record, action);
    return show(record);
  };
}

/** Starts or stops a stream. Throws the API's 406 when it already is in that state. */
export function changeState(
  { registry }: IngestContext,
  record: StreamRecord,
  action: 'start' | 'stop',
): void {
  if (registry[action](record)) return;
  const already = action === 'start' ? 'runs already' : 'does not run';
  throw new HttpError(406, `The stream ${already}: it is ${record.life.status}.`);
}

/** The name in the body of a create request. Throws an {@link HttpError} for anything it cannot be. */
export function readName(body: unknown): string | undefined {
  if (body === undefined) return undefined;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpError(400, 'The body is a JSON object.');
  }
  const { name, input_format }: { name?: unknown; input_format?: unknown } = body;
  if (input_format !== undefined && input_format !== 'webrtc') {
    throw new HttpError(400, 'This ingest takes one input_format: "webrtc".');
  }
  if (name === undefined) return undefined;
  if (typeof name === 'string' && name.length > 0 && name.length <= 256) return name;
  throw new HttpError(400, '"name" is a text of 1 to 256 characters.');
}

function ok(body: unknown) {
  return { status: 200, body };
}

function noSuchPath() {
  return new HttpError(404, 'There is nothing at this address.');
}

function notThere(method: string) {
  return new HttpError(405, `${method} does nothing here.`);
}
