import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';

/** `npm start`, as a process of its own. */
export interface DemoServer {
  /** Where the page is. */
  readonly url: string;
  /** Everything it printed so far, both streams. */
  printed(): string;
  /** Ctrl-C. Resolves with the exit code. */
  stop(): Promise<unknown>;
}

/** Starts the demo on free ports. `env` is added to this process's own. */
export async function startDemo(env: Readonly<Record<string, string>> = {}): Promise<DemoServer> {
  const directory = await mkdtemp(join(tmpdir(), 'ingest-'));
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'demo/start.ts'], {
    env: {
      ...process.env,
      PORT: '0',
      INGEST_PORT: '0',
      RTMP_PORT: '0',
      SRT_PORT: '0',
      INGEST_DIRECTORY: directory,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output?.on('data', (text) => {
      printed += text;
    });
  }
  await expect.poll(() => printed, { timeout: 60_000 }).toContain('Ctrl-C');
  const [url = ''] = printed.match(/http:\/\/\S+/) ?? [];
  return {
    url,
    printed: () => printed,
    async stop() {
      child.kill('SIGINT');
      const [code] = await exited;
      await rm(directory, { recursive: true, force: true });
      return code;
    },
  };
}
