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
  const child = spawn(path, ['-version'], { stdio: 'ignore' });
  const works = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
  if (works) return { ffmpeg: createFfmpeg(path) };
  return {
    reason: `ffmpeg is not installed: "${path}" does not run. Install it, or name it with ffmpegPath.`,
  };
}

function createFfmpeg(path: string): Ffmpeg {
  const running = new Set<FfmpegProcess>();
  return {
    start(args) {
      const child = spawn(path, ['-hide_banner', '-nostats', ...args]);
      const process = watchChild(child);
      running.add(process);
      void process.ended.then(() => running.delete(process));
      return process;
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
