import { spawn } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import process from 'node:process';
import { strangersEnvironment } from './installed.js';

/** A site that runs. */
export interface Site {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Serves the files of a folder, as any web server would; a folder is its index.html. */
export async function serveFiles(folder: string): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const wanted = normalize(join(folder, decodeURIComponent(pathname)));
    const file = wanted.endsWith(sep) ? join(wanted, 'index.html') : wanted;
    if (!file.startsWith(folder) || !isFile(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    });
    createReadStream(file).pipe(response);
  });
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Runs a server that the example brings itself, until it answers. */
export async function serveWithScript(
  folder: string,
  script: string,
  args: (port: number) => readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Site> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = { ...strangersEnvironment(), PORT: String(port), ...environment };
  // A group of its own, because npm does not hand every signal on to what it runs.
  const child = spawn('npm', ['run', script, '--', ...args(port)], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const exit = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      printed += error.message;
    });
    child.on('close', () => {
      ended = true;
      resolve();
    });
  });
  // Asked politely, it would wait for the streams of events of a page that is still open.
  const kill = () => {
    if (!ended && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  // A test whose time is up before it answers has nothing to close.
  process.once('exit', kill);
  const site = {
    origin,
    close: async () => {
      process.off('exit', kill);
      kill();
      await exit;
    },
  };
  while (!(await answers(origin))) {
    if (ended) throw new Error(`"npm run ${script}" ended by itself.\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return site;
}

async function answers(origin: string): Promise<boolean> {
  try {
    const response = await fetch(origin);
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
