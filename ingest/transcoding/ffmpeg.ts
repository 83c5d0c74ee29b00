import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

const FAREWELL_MS = 1000;

/** One running ffmpeg. */
export interface FfmpegProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves, never rejects, when it is gone: with the last lines of what it complained about. */
  readonly ended: Promise<{ readonly code: number | null; readonly complaint: string }>;
  /** Kills it. Resolves when it is gone. May be called again. */
  kill(): Promise<void>;
}

/** An installed ffmpeg, and everything of it that runs. */
export interface Ffmpeg {
  /** Its standard input is a pipe from us, so that it ends with this process. */
  start(args: readonly string[]): FfmpegProcess;
  /** Whether it was built with this protocol. */
  speaks(protocol: string): Promise<boolean>;
  readonly running: number;
  /** Kills every one. */
  killAll(): Promise<void>;
}

/** An ffmpeg, or why there is none. */
export type FfmpegLookup =
  | { readonly ffmpeg: Ffmpeg }
  | { readonly ffmpeg?: undefined; readonly reason: string };

/** Looks for ffmpeg at `path`, a file or a name on PATH. Never rejects. */
export async function findFfmpeg(path: string): Promise<FfmpegLookup> {
  if (await runs(path)) return { ffmpeg: createFfmpeg(path) };
  const reason = `ffmpeg is not installed: "${path}" does not run. Install it, or say with ffmpegPath where it is.`;
  return { reason };
}

async function runs(program: string): Promise<boolean> {
  const child = spawn(program, ['-version'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

function createFfmpeg(path: string): Ffmpeg {
  const running = new Set<FfmpegProcess>();
  const start = (args: readonly string[]) => {
    const process = watchChild(spawn(path, ['-hide_banner', '-nostats', ...args]));
    running.add(process);
    void process.ended.then(() => running.delete(process));
    return process;
  };
  return {
    start,
    async speaks(protocol) {
      const child = start(['-v', 'error', '-protocols']);
      const chunks: Buffer[] = [];
      for await (const chunk of child.stdout) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8').split(/\s+/).includes(protocol);
    },
    get running() {
      return running.size;
    },
    async killAll() {
      await Promise.all([...running].map((process) => process.kill()));
    },
  };
}

function watchChild(child: ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable }) {
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  // Writing to one that has just died is no error of ours.
  child.stdin.on('error', () => {});
  const ended = new Promise<{ code: number | null; complaint: string }>((resolve) => {
    child.once('error', ({ message }) => resolve({ code: null, complaint: message }));
    child.once('close', (code) => resolve({ code, complaint: complaint.trim() }));
  });
  const process: FfmpegProcess = {
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    async kill() {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS);
      // Its pipes close only when they are read to their end.
      child.stdout.resume();
      await ended;
      clearTimeout(hard);
    },
  };
  return process;
}
