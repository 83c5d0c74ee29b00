import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IngestIceServer } from '../ingest/index.js';
import { findOnPath, MissingProgram } from '../scripts/find-program.js';
import { isListening } from './is-listening.js';
import { waitUntil } from './wait-until.js';

/** A TURN server of its own, on loopback: coturn. */
export interface TurnServer {
  /** Over TCP, as OvenMediaEngine's own is. */
  readonly iceServer: Required<IngestIceServer>;
  close(): Promise<void>;
}

/** Starts coturn on a free port. Rejects with what it said if it does not listen. */
export async function startTurnServer(): Promise<TurnServer> {
  const program = findOnPath('turnserver');
  if (program === null) {
    throw new MissingProgram('coturn is not installed: run `npm run programs`, which installs it.');
  }
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'coturn-'));
  const [user, password] = ['broadcaster', 'kept, "safely"'];
  const args = [
    ...['-n', '--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers', '--log-file=stdout'],
    ...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`],
    ...['--lt-cred-mech', `--user=${user}:${password}`, '--realm=loopback'],
    ...[`--db=${join(folder, 'turn.db')}`, `--pidfile=${join(folder, 'turn.pid')}`],
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = listenTo(child);
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil('coturn listens', () => isListening(port), Boolean);
  } catch (thrown) {
    await close();
    throw new Error(`coturn did not start. It said: ${said()}`, { cause: thrown });
  }
  const urls = [`turn:127.0.0.1:${port}?transport=tcp`];
  return { iceServer: { urls, username: user, credential: password }, close };
}

function listenTo(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text = `${text}${chunk}`.slice(-2_000);
    });
  }
  child.on('error', (error) => {
    text += String(error);
  });
  return () => text;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
