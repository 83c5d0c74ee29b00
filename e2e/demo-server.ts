import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';

/** `npm start`, as a process of its own. */
export interface DemoServer {
  /** Where the page is, once it is ready. */
  readonly url: string;
  /** Resolves when the page can be opened. */
  readonly ready: Promise<void>;
  /** Everything it printed so far, both streams. */
  printed(): string;
  /** Ctrl-C. Resolves with the exit code. */
  stop(): Promise<unknown>;
}

/** Starts the demo on free ports; the caller stops it. `env` is added to this process's own. */
export function startDemo(env: Readonly<Record<string, string>> = {}): DemoServer {
  const directory = mkdtempSync(join(tmpdir(), 'ingest-'));
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
  return {
    get url() {
      return printed.match(/http:\/\/\S+/)?.[0] ?? '';
    },
    ready: expect.poll(() => printed, { timeout: 60_000 }).toContain('Ctrl-C'),
    printed: () => printed,
    async stop() {
      child.kill('SIGINT');
      const [code] = await exited;
      await rm(directory, { recursive: true, force: true });
      return code;
    },
  };
}
