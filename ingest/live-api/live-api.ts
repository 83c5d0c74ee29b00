import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { IngestContext } from '../context/ingest-context.js';
import {
  HttpError,
  type HttpRequest,
  type HttpRoute,
  methodNotAllowed,
  reads,
} from '../http/http.js';
import { readToken, signToken } from '../playback/json-web-token.js';
import type { StreamRecord } from '../streams/stream-record.js';
import { parseStreamSettings } from '../streams/stream-settings.js';
import { objectOf, oneOf, readAs } from '../validation/read-as.js';

const TOKEN_SECONDS = 24 * 3600;

/**
 * Qencode's Live API: `POST /v1/access_token/<api_key>` (any key will do), then, with
 * `Authorization: Bearer`, `/v1/live-streams` and below, and `/v1/signing-keys`. `secret` signs the
 * access tokens.
 */
export function createLiveApi(context: IngestContext, secret: string): HttpRoute {
  const { registry, view } = context;
  const show = (record: StreamRecord) => ok(view.show(record));

  const giveToken = (apiKey: string) => {
    const iat = Math.floor(Date.now() / 1000);
    return ok({
      access_token: signToken({ iat, sub: projectOf(apiKey), exp: iat + TOKEN_SECONDS }, secret),
    });
  };
  const requireToken = ({ headers }: HttpRequest) => {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (readToken(token, secret) === undefined) {
      throw new HttpError(401, 'Send Authorization: Bearer with a token of /v1/access_token.');
    }
  };

  const serveList = async ({ method, json }: HttpRequest) => {
    if (reads(method)) return ok(registry.all().map(view.show));
    if (method !== 'POST') throw methodNotAllowed(method, 'GET', 'POST');
    return show(registry.create(await readBody(json, parseStreamSettings)));
  };
  const serveStream = async ({ method, json }: HttpRequest, record: StreamRecord) => {
    switch (method) {
      case 'GET':
      case 'HEAD':
        return show(record);
      // Which of them the real service takes is not documented.
      case 'PUT':
      case 'POST':
      case 'PATCH': {
        const change = await readBody(json, parseStreamSettings);
        registry.update(findStream(context, record.id), change);
        return show(record);
      }
      case 'DELETE':
        deleteStream(context, record);
        return show(record);
      default:
        throw methodNotAllowed(method, 'GET', 'PUT', 'POST', 'PATCH', 'DELETE');
    }
  };
  const serveAction = async (request: HttpRequest, record: StreamRecord, action: string) => {
    const { method, json } = request;
    const isState = action === 'start' || action === 'stop';
    if (!isState && action !== 'playback-ids') throw noSuchPath();
    if (method !== 'POST') throw methodNotAllowed(method, 'POST');
    if (isState) {
      changeState(context, record, action);
      return show(record);
    }
    const policy = await readBody(json, parsePolicy);
    return ok(registry.addPlaybackId(findStream(context, record.id), policy));
  };
  const serveSigningKeys = async ({ method, json }: HttpRequest) => {
    if (method !== 'POST') throw methodNotAllowed(method, 'POST');
    const record = findStream(context, await readBody(json, parseStreamId));
    return ok({ ...registry.addSigningKey(record), stream_id: record.id, algorithm: 'HS256' });
  };

  return async (request) => {
    const { method, path } = request;
    const [, resource, id, action, ...rest] = path;
    if (rest.length > 0) throw noSuchPath();
    if (resource === 'access_token') {
      if (id === undefined || action !== undefined) throw noSuchPath();
      if (method !== 'POST') throw methodNotAllowed(method, 'POST');
      return giveToken(id);
    }
    if (resource !== 'live-streams' && resource !== 'signing-keys') throw noSuchPath();
    requireToken(request);
    if (resource === 'signing-keys') {
      if (id !== undefined) throw noSuchPath();
      return serveSigningKeys(request);
    }
    if (id === undefined) return serveList(request);
    const record = findStream(context, id);
    return action === undefined
      ? serveStream(request, record)
      : serveAction(request, record, action);
  };
}

/** The stream with this id. Throws an {@link HttpError} if there is none. */
export function findStream({ registry }: IngestContext, id: string): StreamRecord {
  const record = registry.byId(id);
  if (record === undefined) throw new HttpError(404, 'There is no stream with this id.');
  return record;
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

/** Deletes a stream. Throws the API's refusal while it is live. */
export function deleteStream({ registry }: IngestContext, record: StreamRecord): void {
  if (registry.delete(record)) return;
  throw new HttpError(409, 'A live stream cannot be deleted; stop it first.');
}

/** A body, parsed. Throws an {@link HttpError} 400 with the words of the `RangeError` of `parse`. */
export async function readBody<T>(
  json: () => Promise<unknown>,
  parse: (body: unknown) => T,
): Promise<T> {
  const body = await json();
  try {
    return parse(body);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new HttpError(400, thrown.message);
    throw thrown;
  }
}

const POLICY = objectOf('body', {
  policy: oneOf('policy', ['public', 'authenticated']).default('public'),
});

function parsePolicy(body: unknown) {
  return readAs(POLICY, body === undefined ? {} : body).policy;
}

const STREAM_ID = objectOf('body', {
  stream_id: z.unknown().optional(),
  live_stream_id: z.unknown().optional(),
  id: z.unknown().optional(),
});

/** Which field names the stream is not documented; these are the likely ones. */
function parseStreamId(body: unknown): string {
  const { stream_id, live_stream_id, id } = readAs(STREAM_ID, body ?? {});
  const found = stream_id ?? live_stream_id ?? id;
  if (typeof found === 'string') return found;
  throw new RangeError('"stream_id" is the id of a stream.');
}

/** A number that stands for the project of an API key, always the same and of no use to a thief. */
function projectOf(apiKey: string): number {
  return createHash('sha256').update(apiKey).digest().readUInt32BE();
}

function ok(body: unknown) {
  return { status: 200, body };
}

function noSuchPath() {
  return new HttpError(404, 'There is nothing at this address.');
}
