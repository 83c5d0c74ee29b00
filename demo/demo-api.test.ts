import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ingest, startIngest } from '../ingest/index.js';
import { createLiveClient } from '../src/qencode/index.js';
import { createDemoApi } from './demo-api.js';

let ingest: Ingest;
beforeEach(async () => {
  ingest = await startIngest();
});
afterEach(() => ingest.close());

it('tells of callbacks to the pages that are open and to those that come later, and forgets one that left', async () => {
  const client = createLiveClient({ apiKey: 'local', baseUrl: ingest.url });
  const api = createDemoApi({ client, service: 'local' });
  const at = (path: string) => `http://127.0.0.1/api/${path}`;
  const open = async () => {
    const { body } = await api(new Request(at('callbacks')));
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toMatchObject({ value: ': open\n\n' });
    return reader;
  };
  const [left, stays] = [await open(), await open()];
  await left?.cancel();

  const { id } = ingest.createStream({ name: 'Evening show' });
  const body = JSON.stringify({ id, name: 'Evening show', status: 'created' });
  const headers = { 'content-type': 'application/json' };
  const answer = await api(new Request(at('callback'), { method: 'POST', headers, body }));
  expect(answer.ok).toBe(true);
  const { value } = (await stays?.read()) ?? {};
  expect(value).toContain('Evening show');
  const late = await open();
  expect(await late?.read()).toEqual({ done: false, value });
});
