import { expect } from '@playwright/test';
import type { ExampleVisit } from './visit.js';

/**
 * Asks an app's session endpoint as pages of this and of other origins do, on a server whose
 * framework may make up the URL of a request, and follows a stream of events through it.
 */
export async function checkEndpoint({ origin, ingest }: ExampleVisit): Promise<void> {
  const url = `${origin}/api/broadcast`;
  const post = (headers: Readonly<Record<string, string>>) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { origin, 'sec-fetch-site': 'same-site' },
    { origin, 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
  ];
  for (const headers of foreign)
    expect([headers, (await post(headers)).status]).toEqual([headers, 403]);
  const before = ingest.listStreams().length;

  const started = await post({ origin });
  expect(started.status).toBe(201);
  const { session, streamKey } = Object(await started.json());
  expect(ingest.listStreams()).toHaveLength(before + 1);
  const mine = `${url}?session=${session}`;
  const proven = { 'sec-fetch-site': 'same-origin', origin: 'https://studio.example' };
  expect((await fetch(mine, { headers: proven })).status).toBe(200);

  // As it comes, although the server may compress what it sends.
  const leaving = new AbortController();
  const headers = { accept: 'text/event-stream', 'accept-encoding': 'gzip, br' };
  const events = await fetch(mine, { headers, signal: leaving.signal });
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain('"status":"waiting"');
  expect((await fetch(mine, { method: 'DELETE', headers: { origin } })).status).toBe(200);
  let told = '';
  while (!told.includes('"status":"stopped"')) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    told += value;
  }
  expect(told).toContain('"status":"stopped"');
  leaving.abort();
  expect(ingest.listStreams().find(({ stream_key: key }) => key === streamKey)?.status).toBe(
    'stopped',
  );
}
