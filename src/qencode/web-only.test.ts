import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * Globals of the Fetch standard, Web Crypto and their like, in Node, Deno, workers and browsers.
 */
const WEB = {
  AbortController,
  AbortSignal,
  atob,
  btoa,
  clearInterval,
  clearTimeout,
  crypto,
  Headers,
  ReadableStream,
  Request,
  Response,
  setInterval,
  setTimeout,
  TextDecoder,
  TextEncoder,
  URL,
  Uint8Array,
};

const SCRIPT = `
import { createLiveClient, createSessionHandler } from './index.js';

const stream = {
  id: 's1',
  status: 'waiting',
  server_urls: { webrtc: 'wss://live-1.example:3334/qlive/key' },
  access_token: 'token',
};
const client = createLiveClient({ apiKey: 'key', fetch: async () => Response.json(stream) });
const handler = createSessionHandler({ client, authorize: () => ({ caller: 'ann' }) });
const url = 'https://app.example/api/broadcast';
const ask = async (query, init) => handler(new Request(url + query, init));
const { session } = await (await ask('', { method: 'POST', body: '' })).json();
const events = await ask('?session=' + session, { headers: { accept: 'text/event-stream' } });
const reader = events.body.getReader();
const first = new TextDecoder().decode((await reader.read()).value);
handler.close();
const last = await reader.read();
finish({ session, first, ended: last.done });
`;

it('runs where there is nothing but the web platform', async () => {
  const { outputFiles } = await build({
    stdin: { contents: `(async () => {${inFunction(SCRIPT)}})().catch(fail);`, resolveDir: HERE },
    bundle: true,
    write: false,
    platform: 'neutral',
    format: 'iife',
    target: 'es2022',
    logLevel: 'silent',
  });
  const result = await new Promise((finish, fail) => {
    runInContext(outputFiles[0]?.text ?? '', createContext({ ...WEB, finish, fail }));
  });
  expect(result).toEqual({
    session: expect.stringMatching(/^[\w-]+\.[\w-]+$/),
    first: expect.stringContaining('"status":"waiting"'),
    ended: true,
  });
});

/** An import in a function is a call. */
function inFunction(script: string): string {
  return script.replace(/import (\{.*\}) from ('.*');/, 'const $1 = await import($2);');
}
