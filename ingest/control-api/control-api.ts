import type { ServerResponse } from 'node:http';
import type { IngestContext } from '../context/ingest-context.js';
import type { EncoderWays } from '../encoders/encoder-ways.js';
import { type Fault, parseFault } from '../faults/faults.js';
import {
  HttpError,
  type HttpRequest,
  type HttpRoute,
  methodNotAllowed,
  reads,
} from '../http/http.js';
import { changeState, deleteStream, findStream, readBody } from '../live-api/live-api.js';
import { sendPage } from '../page/send-page.js';
import type { StreamRecord } from '../streams/stream-record.js';
import type { StreamReport } from '../streams/stream-report.js';
import { parseStreamSettings } from '../streams/stream-settings.js';

/** The actions of the control API on the ingest that it belongs to. */
export interface Controls {
  readonly ways: EncoderWays;
  report(record: StreamRecord): StreamReport;
  setFault(fault: Fault | null, record?: StreamRecord): void;
  onClose(work: () => void): () => void;
}

/**
 * The ingest's own HTTP interface, below `/ingest/`: streams and their reports, ways in, faults,
 * events, and the page that shows them, which is at `/` too. It
 * asks for no credentials, for it serves loopback; keys are in the replies to a creation and to a
 * start only.
 */
export function createControlApi(context: IngestContext, controls: Controls): HttpRoute {
  const show = (record: StreamRecord) => ok({ ...controls.report(record), key: masked(record) });
  const changeFault = async (
    { method, json }: HttpRequest,
    response: ServerResponse,
    record?: StreamRecord,
  ) => {
    if (method !== 'DELETE' && method !== 'POST') {
      throw methodNotAllowed(method, 'POST', 'DELETE');
    }
    const fault = method === 'POST' ? await readFault(json) : null;
    // A restart cuts every connection, this one too; whoever asked hears the answer first.
    if (fault?.kind === 'restart') response.once('finish', () => controls.setFault(fault, record));
    else controls.setFault(fault, record);
    return ok(record === undefined ? {} : controls.report(record));
  };

  return async (request, response) => {
    const { method, path, json } = request;
    const [, resource, id, action, ...rest] = path;
    if (rest.length > 0) throw noSuchPath();
    if (resource === undefined) return sendPage(response, method, 'document');
    if (resource === 'page.css' && id === undefined) return sendPage(response, method, 'style');
    if (resource === 'page.js' && id === undefined) return sendPage(response, method, 'script');
    if (resource === 'events' && id === undefined) {
      if (!reads(method)) throw methodNotAllowed(method, 'GET');
      if (method === 'HEAD') response.writeHead(200, EVENT_STREAM).end();
      else sendEvents(response, context, controls);
      return undefined;
    }
    if (resource === 'ways' && id === undefined) {
      if (!reads(method)) throw methodNotAllowed(method, 'GET');
      return ok(controls.ways);
    }
    if (resource === 'faults' && id === undefined) return changeFault(request, response);
    if (resource !== 'streams') throw noSuchPath();
    if (id === undefined) {
      if (reads(method)) return ok(context.registry.all().map((record) => show(record).body));
      if (method !== 'POST') throw methodNotAllowed(method, 'GET', 'POST');
      const record = context.registry.create(await readBody(json, parseStreamSettings));
      context.registry.start(record);
      return ok(context.view.showStarted(record));
    }
    const record = findStream(context, id);
    switch (action) {
      case undefined:
        if (reads(method)) return show(record);
        if (method !== 'DELETE') throw methodNotAllowed(method, 'GET', 'DELETE');
        deleteStream(context, record);
        return show(record);
      case 'start':
      case 'stop':
        if (method !== 'POST') throw methodNotAllowed(method, 'POST');
        changeState(context, record, action);
        return action === 'start' ? ok(context.view.showStarted(record)) : show(record);
      case 'events':
        if (!reads(method)) throw methodNotAllowed(method, 'GET');
        return ok(context.events.recent().filter(({ streamId }) => streamId === id));
      case 'faults':
        return changeFault(request, response, record);
      default:
        throw noSuchPath();
    }
  };
}

async function readFault(json: () => Promise<unknown>): Promise<Fault> {
  const body = await json();
  try {
    return parseFault(body);
  } catch (thrown) {
    throw new HttpError(400, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const EVENT_STREAM = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };

/** Server-sent events (HTML standard, section 9.2): those kept, then each as it happens. */
function sendEvents(
  response: ServerResponse,
  { events }: IngestContext,
  { onClose }: Controls,
): void {
  response.writeHead(200, EVENT_STREAM);
  const write = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  for (const event of events.recent()) write(event);
  response.flushHeaders();
  const unsubscribe = events.subscribe(write);
  const forget = onClose(() => response.destroy());
  response.on('close', () => {
    unsubscribe();
    forget();
  });
}

function masked({ key }: StreamRecord): string {
  return `${key.slice(0, 4)}…`;
}

function ok<T>(body: T) {
  return { status: 200, body };
}

function noSuchPath() {
  return new HttpError(404, 'There is nothing at this address.');
}
