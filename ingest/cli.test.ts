import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preferredPort } from './preferred-port.js';
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
    await waitUntil(() => output.includes(signalOn), `the command says "${signalOn}"`);
    child.kill('SIGINT');
  }
  await waitUntil(() => code !== undefined, 'the command ends');
  return { output, errors, code };
}

describe('webrtc-broadcaster ingest', () => {
  it('prints where to publish, and ends on Ctrl-C', async () => {
    const { output, code } = await run(['ingest', '--port', '0', '--time-scale', '40'], 'Ctrl-C');
    expect(output).toMatch(
      /Publish to {2}ws:\/\/127\.0\.0\.1:\d+\/live-[\da-f]+\/qlive\/[\da-f-]{36}/,
    );
    expect(output).toMatch(/Page +http:\/\/127\.0\.0\.1:\d+\/\n/);
    expect(output).toMatch(/with RTMP {3}rtmp:\/\/127\.0\.0\.1:\d+\/qlive\/[\da-f-]{36}/);
    expect(output).toMatch(/with SRT {4}srt:\/\/127\.0\.0\.1:\d+\?streamid=[\da-f-]{36}/);
    expect(output).toMatch(/with HLS {4}http:\/\/.*\/qhls\/qlive\/playlist\.m3u8/);
    expect(output).toContain('waits 3 s');
    expect(code).toBe(0);
  }, 30_000);

  it('finds its stream again in a directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ingest-'));
    const args = ['ingest', '--port', '0', '--directory', directory];
    const keyOf = ({ output }: { readonly output: string }) => /[\da-f-]{36}$/m.exec(output)?.[0];
    const first = await run(args, 'Ctrl-C');
    expect(keyOf(first)).toBeDefined();
    expect(keyOf(await run(args, 'Ctrl-C'))).toBe(keyOf(first));
    await rm(directory, { recursive: true });
  }, 30_000);

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
    const wrong = await run(['ingest', '--port', 'abc']);
    expect(wrong).toMatchObject({ code: 2, errors: '--port takes a number, not "abc".\n' });
    expect(await run([])).toMatchObject({ code: 2 });
    expect(await run(['--help'])).toMatchObject({ code: 0 });
  }, 30_000);
});
