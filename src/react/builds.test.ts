// @vitest-environment node
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Props that no type allows and that an app passes all the same. */
const WRONG_PROPS = `[
  {},
  { serverUrl: null, streamKey: null, startedAt: null, messages: null, className: null },
  { serverUrl: '', streamKey: '' },
  { serverUrl: 'javascript:alert(1)' },
  { serverUrl: 'wss://[', streamKey: 'k' },
  { serverUrl: 42, streamKey: {} },
  { serverUrl: 'wss://h/a/k', startedAt: 'yesterday-ish' },
  { serverUrl: 'wss://h/a/k', startedAt: {} },
  { serverUrl: 'wss://h/a/k', startedAt: new Date(NaN) },
  { serverUrl: 'wss://h/a/k', timeoutSeconds: -1 },
  { serverUrl: 'wss://h/a/k', timeoutSeconds: 7n },
  { camera: 7, microphone: 'loud' },
  { onError: 'x', onStatusChange: 'x', logger: 'x', onPeerConnection: 'x', onStartAgain: 'x' },
  { messages: 'x', iceServers: 'stun:x', videoCodec: 'theora' },
]`;

/** Renders each on a bare Node first, then in a document, changes one prop, and takes it away. */
const SCRIPT = `
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { renderToString } from 'react-dom/server';
import { WebRTCBroadcaster } from '../index.js';

const report = { rows: [], wrongs: [] };
const wrong = (error) => report.wrongs.push(String(error?.stack ?? error));
const rows = ${WRONG_PROPS};
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function run() {
  report.build = process.env.NODE_ENV;
  report.hasDocument = typeof document !== 'undefined';
  console.error = (...words) => wrong(words.join(' '));
  process.on('uncaughtException', wrong);
  process.on('unhandledRejection', wrong);
  const server = rows.map((props) => renderToString(createElement(WebRTCBroadcaster, props)));
  const { JSDOM } = await import('jsdom');
  const { window } = new JSDOM('<!doctype html><html><body></body></html>');
  globalThis.window = window;
  globalThis.document = window.document;
  for (const [index, props] of rows.entries()) {
    const place = document.body.appendChild(document.createElement('div'));
    const root = createRoot(place, { onUncaughtError: wrong, onRecoverableError: wrong });
    const show = (shown) => flushSync(() => root.render(createElement(WebRTCBroadcaster, shown)));
    show(props);
    await settled();
    const status = place.firstElementChild?.getAttribute('data-status');
    const text = place.textContent;
    show({ ...props, serverUrl: 'wss://h/a/other' });
    await settled();
    const after = place.firstElementChild?.getAttribute('data-status');
    root.unmount();
    await settled();
    report.rows.push({ server: server[index], status, text, after });
  }
  process.stdout.write(JSON.stringify(report));
}
run();
`;

interface Report {
  readonly build: string;
  readonly hasDocument: boolean;
  readonly wrongs: readonly string[];
  readonly rows: readonly {
    readonly server: string;
    readonly status: string;
    readonly text: string;
    readonly after: string;
  }[];
}

describe.each(['development', 'production'])('React’s %s build', (mode) => {
  it('renders wrong props on a server and in a document, and React complains of nothing', async () => {
    const report = await run(mode);
    expect(report).toMatchObject({ build: mode, hasDocument: false, wrongs: [] });
    expect(report.rows).toHaveLength(14);
    for (const { server, status, text, after } of report.rows) {
      expect(server).toContain('data-status="idle"');
      expect(server).not.toContain('wss:');
      expect([status, after]).toEqual(['idle', 'idle']);
      expect(text).toContain('Turn on camera');
      expect(text).not.toMatch(/NaN|undefined|Invalid Date|\[object/);
    }
  }, 60_000);
});

async function run(mode: string): Promise<Report> {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: HERE, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    jsx: 'automatic',
    external: ['jsdom'],
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    logLevel: 'silent',
  });
  const child = spawnSync(process.execPath, ['-'], {
    cwd: HERE,
    input: outputFiles[0]?.text ?? '',
    encoding: 'utf8',
  });
  // The kit reports a wrong option once, in the words of its options.
  const said = child.stderr.split('\n').filter((line) => line !== '');
  expect(said.filter((line) => !/^webrtc-broadcaster: .* is not |Did you mean/.test(line))).toEqual(
    [],
  );
  expect(new Set(said).size).toBe(said.length);
  return JSON.parse(child.stdout) as Report;
}
