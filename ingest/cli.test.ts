import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preferredPort } from './preferred-port.js';
import { startIngestProcess } from './testing/ingest-process.js';
import { makeClip } from './testing/test-clips.js';
import { publish } from './testing/test-publisher.js';
import { waitUntil } from './testing/wait-until.js';

const cli = new URL('./cli.ts', import.meta.url).pathname;

/** Runs the command; `signalOn` is the text on which Ctrl-C is pressed. */
async function run(args: readonly string[], signalOn?: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', cli, ...args]);
  let output = '';
  let errors = '';
  let code: number | null | undefined;
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.on('close', (exit) => {
    code = exit;
  });
  if (signalOn !== undefined) {
    await waitUntil(
      () => output.includes(signalOn) || code !== undefined,
      `the command says "${signalOn}"`,
    );
    child.kill('SIGINT');
  }
  await waitUntil(() => code !== undefined, 'the command ends');
  return { output, errors, code };
}

describe('webrtc-broadcaster-ingest', () => {
  it('prints where to publish, and ends on Ctrl-C', async () => {
    const { output, code } = await run(['--port', '0', '--time-scale', '40'], 'Ctrl-C');
    expect(output).toMatch(/Publish to {2}ws:\/\/127\.0\.0\.1:\d+\/qlive\/[\da-f-]{36}\n/);
    expect(output).toMatch(/Page +http:\/\/127\.0\.0\.1:\d+\/\n/);
    expect(output).toMatch(/with RTMP {3}rtmp:\/\/127\.0\.0\.1:\d+\/qlive\/[\da-f-]{36}/);
    expect(output).toMatch(/with SRT {4}srt:\/\/127\.0\.0\.1:\d+\?streamid=[\da-f-]{36}/);
    expect(output).toMatch(/with HLS {4}http:\/\/.*\/qhls\/qlive\/playlist\.m3u8/);
    expect(output).toContain('waits for a broadcast');
    expect(code).toBe(0);
  }, 30_000);

  it('warns whoever lets others in, and names an address that they reach', async () => {
    const { output, code } = await run(['--port', '0', '--host', '0.0.0.0'], 'Warning');
    expect(output).toContain('everybody who can reach this machine');
    expect(output).not.toContain('0.0.0.0');
    expect(code).toBe(0);
  }, 30_000);

  it('serves TLS on request', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ingest-'));
    const args = ['--port', '0', '--tls', '--directory', directory];
    const { output } = await run(args, 'Ctrl-C');
    expect(output).toMatch(/Publish to {2}wss:\/\/127\.0\.0\.1:\d+\/qlive\//);
    expect(output).toMatch(/Page +https:\/\//);
    expect(output).not.toContain('Warning');
    await rm(directory, { recursive: true });
  }, 30_000);

  it('finds its stream again in a directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ingest-'));
    const args = ['--port', '0', '--directory', directory];
    const keyOf = ({ output }: { readonly output: string }) => /[\da-f-]{36}$/m.exec(output)?.[0];
    const first = await run(args, 'Ctrl-C');
    expect(keyOf(first)).toBeDefined();
    expect(keyOf(await run(args, 'Ctrl-C'))).toBe(keyOf(first));
    await rm(directory, { recursive: true });
  }, 30_000);

  it('can be published to long after nobody did for 120 seconds', async () => {
    // 120 seconds of the rules' clock pass in three.
    const ingest = await startIngestProcess({ timeScale: 40 });
    const readStream = async () => {
      const [stream] = await (await fetch(`${ingest.url}/ingest/streams`)).json();
      return stream;
    };
    const clip = await makeClip('VP8');
    try {
      const { id, startedAt } = await readStream();
      await waitUntil(
        async () => (await readStream()).startedAt > startedAt + 5000,
        'the rule has stopped the stream twice, and it was started again',
      );
      expect(ingest.printed()).not.toContain('Stream stopped');
      const publisher = await publish(ingest.publishUrl, clip);
      await waitUntil(async () => (await readStream()).status === 'live', 'the stream is live');
      await publisher.close();
      await waitUntil(() => ingest.printed().includes('did not resume in time'), 'it is stopped');
      await waitUntil(async () => (await readStream()).status === 'waiting', 'it waits again');

      await fetch(`${ingest.url}/ingest/streams/${id}/stop`, { method: 'POST' });
      expect(await readStream()).toMatchObject({ status: 'stopped', stopReason: 'asked' });
      await expect(publish(ingest.publishUrl, clip)).rejects.toThrow('Cannot create offer');
      await waitUntil(
        () => ingest.printed().includes(`start it again on ${ingest.url}/`),
        'the command says what to do',
      );
    } finally {
      await ingest.kill();
    }
  }, 60_000);

  it('takes any free port for an encoder where its own is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    expect(await preferredPort('tcp', port, '127.0.0.1')).toBe(0);
    expect(await preferredPort('udp', port, '127.0.0.1')).toBe(port);
    await new Promise((resolve) => taken.close(resolve));
    expect(await preferredPort('tcp', port, '127.0.0.1')).toBe(port);
  });

  it('says in a sentence what is wrong with a command line', async () => {
    const wrong = await run(['--port', 'abc']);
    expect(wrong).toMatchObject({ code: 2, errors: '--port takes a number, not "abc".\n' });
    const superfluous = await run(['ingest']);
    expect(superfluous).toMatchObject({
      code: 2,
      errors: 'There is nothing to do with "ingest".\n',
    });
    expect(await run(['--help'])).toMatchObject({ code: 0 });
  }, 30_000);
});
