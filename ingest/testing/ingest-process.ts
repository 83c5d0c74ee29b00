import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitUntil } from './wait-until.js';

const cli = new URL('../cli.ts', import.meta.url).pathname;

/** The command, running in a process of its own. */
export interface IngestProcess {
  readonly url: string;
  /** Publishing address of the command's own stream. */
  readonly publishUrl: string;
  /** Its output so far. */
  printed(): string;
  /** Bounds each file that it writes, in bytes, as a full disk does; `null` takes that back. */
  limitFiles(bytes: number | null): void;
  /** SIGKILL; resolves when it is gone. May be called again. */
  kill(): Promise<void>;
}

/** Starts it and waits until it serves; without a `port` on any that is free. */
export async function startIngestProcess({
  directory,
  port = 0,
  timeScale = 1,
}: {
  readonly directory?: string;
  readonly port?: number;
  readonly timeScale?: number;
}): Promise<IngestProcess> {
  const args = ['--port', String(port), '--time-scale', String(timeScale)];
  if (directory !== undefined) args.push('--directory', directory);
  // Beyond a limit of files a process is ended, unless it does not want to hear of it.
  const command = 'trap "" XFSZ; exec "$0" "$@"';
  const child = spawn('sh', ['-c', command, process.execPath, '--import', 'tsx', cli, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const runs = () => output.includes('Ctrl-C');
  await waitUntil(() => runs() || child.exitCode !== null, 'the ingest runs');
  if (!runs()) throw new Error(`The ingest ended with exit code ${child.exitCode}.`);
  return {
    url: /http:\/\/[\d.:]+/.exec(output)?.[0] ?? '',
    publishUrl: /ws:\/\/\S+/.exec(output)?.[0] ?? '',
    printed: () => output,
    limitFiles(bytes) {
      const limit = `--fsize=${bytes ?? 'unlimited'}:unlimited`;
      execFileSync('prlimit', ['--pid', String(child.pid), limit]);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
