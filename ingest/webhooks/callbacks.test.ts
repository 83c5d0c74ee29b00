import { afterEach, describe, expect, it } from 'vitest';
import { type Ingest, type IngestEvent, startIngest } from '../index.js';
import { createEventLog } from '../streams/ingest-events.js';
import { createRulesClock } from '../streams/rules-clock.js';
import type { StreamRecord } from '../streams/stream-record.js';
import { createStreamRegistry } from '../streams/stream-registry.js';
import { type CallbackReceiver, openCallbackReceiver } from '../testing/callback-receiver.js';
import { fetchAccessToken } from '../testing/fetch-access-token.js';
import { waitUntil } from '../testing/wait-until.js';
import { createCallbacks } from './callbacks.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function startWith(receiver: CallbackReceiver) {
  const ingest: Ingest = await startIngest({ webhookRetryMs: 5 });
  open.push(ingest, receiver);
  const events: IngestEvent[] = [];
  ingest.subscribe((event) => {
    if (event.kind.startsWith('callback-')) events.push(event);
  });
  return { ingest, events };
}

const statuses = ({ received }: CallbackReceiver) => received.map(({ status }) => status);

describe('callbacks', () => {
  it('carry the stream object of each change of status, in order', async () => {
    const receiver = await openCallbackReceiver();
    const { ingest, events } = await startWith(receiver);
    const { id, stream_key } = ingest.createStream({ callback_url: receiver.url });
    const started = ingest.startStream(id);
    ingest.updateStream(id, { name: 'No change of status' });
    ingest.stopStream(id);
    await fetch(`${ingest.url}/ingest/streams/${id}/start`, { method: 'POST' });
    await waitUntil(() => receiver.received.length === 4, 'four changes are told');
    expect(statuses(receiver)).toEqual(['created', 'waiting', 'stopped', 'waiting']);
    expect(receiver.received[1]).toEqual(started);
    expect(receiver.received[2]).toMatchObject({ name: 'No change of status', server_urls: {} });
    expect(receiver.contentTypes[0]).toBe('application/json');
    await waitUntil(() => events.length === 4, 'four deliveries are told');
    expect(events.map(({ kind, status }) => [kind, status])).toEqual([
      ['callback-delivered', 'created'],
      ['callback-delivered', 'waiting'],
      ['callback-delivered', 'stopped'],
      ['callback-delivered', 'waiting'],
    ]);
    expect(JSON.stringify(events)).not.toContain('hush');
    expect(JSON.stringify(events)).not.toContain(stream_key);
  });

  it('tell of the deletion too, and of nothing to a stream without a callback_url', async () => {
    const receiver = await openCallbackReceiver();
    const { ingest } = await startWith(receiver);
    ingest.openStream();
    const { id } = ingest.createStream();
    ingest.updateStream(id, { callback_url: receiver.url });
    const headers = { authorization: `Bearer ${await fetchAccessToken(ingest.url)}` };
    await fetch(`${ingest.url}/v1/live-streams/${id}`, { method: 'DELETE', headers });
    await waitUntil(() => receiver.received.length > 0, 'the deletion is told');
    expect(statuses(receiver)).toEqual(['deleted']);
  });

  it('are tried again, and nothing overtakes the one that is', async () => {
    const receiver = await openCallbackReceiver((attempt, response) => {
      response.statusCode = attempt <= 2 ? 503 : 204;
      response.end();
    });
    const { ingest, events } = await startWith(receiver);
    const { id } = ingest.openStream({ callback_url: receiver.url });
    ingest.stopStream(id);
    await waitUntil(() => events.length === 3, 'three changes are told');
    expect(statuses(receiver)).toEqual(['created', 'created', 'created', 'waiting', 'stopped']);
    expect(events.every(({ kind }) => kind === 'callback-delivered')).toBe(true);
  });

  it('are given up when nobody is there, each after five tries', async () => {
    const gone = await openCallbackReceiver();
    const { ingest, events } = await startWith(gone);
    open.splice(open.indexOf(gone), 1);
    await gone.close();
    ingest.openStream({ callback_url: gone.url });
    await waitUntil(() => events.length === 2, 'both changes are given up');
    expect(events.map(({ text }) => text)).toEqual([
      'Callback failed: created, tried 5 times: it cannot be reached',
      'Callback failed: waiting, tried 5 times: it cannot be reached',
    ]);
  });

  it('do not follow a receiver elsewhere', async () => {
    const elsewhere = await openCallbackReceiver();
    const receiver = await openCallbackReceiver((_, response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    const { ingest, events } = await startWith(receiver);
    open.push(elsewhere);
    ingest.createStream({ callback_url: receiver.url });
    await waitUntil(() => events.length === 1, 'the change is given up');
    expect(events[0]?.text).toContain('it answered 307');
    expect(elsewhere.received).toEqual([]);
  });

  it('go to the address of now, and nowhere once it is cleared', async () => {
    const wrong = await openCallbackReceiver((_, response) => void response.writeHead(500).end());
    const right = await openCallbackReceiver();
    const { ingest } = await startWith(wrong);
    open.push(right);
    const { id } = ingest.createStream({ callback_url: wrong.url });
    await waitUntil(() => wrong.received.length > 0, 'the wrong receiver is asked');
    ingest.updateStream(id, { callback_url: right.url });
    await waitUntil(() => right.received.length > 0, 'the right receiver hears of it');
    ingest.updateStream(id, { callback_url: '' });
    ingest.startStream(id);
    ingest.updateStream(id, { callback_url: right.url });
    ingest.stopStream(id);
    await waitUntil(() => right.received.length > 1, 'the right receiver hears of the stop');
    expect(statuses(right)).toEqual(['created', 'stopped']);
  });
});

describe('a receiver that hangs', () => {
  function createWith(receiver: CallbackReceiver, tryTimeoutMs?: number) {
    const events = createEventLog(() => {});
    const registry = createStreamRegistry({
      rules: { startTimeoutSeconds: 120, resumeTimeoutSeconds: 120 },
      clock: createRulesClock(1),
      events,
      cutPublisher() {},
      changed() {},
    });
    const record: StreamRecord = registry.create({ callback_url: receiver.url });
    const settled: StreamRecord[] = [];
    const callbacks = createCallbacks({
      events,
      retryMs: 5,
      settled: (each) => settled.push(each),
      ...(tryTimeoutMs === undefined ? {} : { tryTimeoutMs }),
    });
    open.push(callbacks, receiver);
    const call = { status: 'created', body: '{"status":"created"}' } as const;
    callbacks.resume(record, [call]);
    return { events, callbacks, record, settled, call };
  }

  it('is left, and asked again', async () => {
    const receiver = await openCallbackReceiver((attempt, response) => {
      if (attempt > 1) response.end();
    });
    const { callbacks, record, settled } = createWith(receiver, 50);
    await waitUntil(() => settled.length === 1, 'the second try is answered');
    expect(receiver.received).toHaveLength(2);
    expect(callbacks.pending(record)).toEqual([]);
  });

  it('is left at once when the ingest closes, and the change stays pending', async () => {
    const receiver = await openCallbackReceiver(() => {});
    const { events, callbacks, record, settled, call } = createWith(receiver);
    await waitUntil(() => receiver.received.length === 1, 'the try is under way');
    await callbacks.close();
    expect(callbacks.pending(record)).toEqual([call]);
    expect(settled).toEqual([]);
    expect(events.recent().map(({ kind }) => kind)).toEqual(['stream-created']);
  });
});
