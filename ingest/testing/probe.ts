import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One stream of a file or an address, as ffprobe names it. */
export interface ProbedStream {
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly has_b_frames?: number;
}

/** Asks ffprobe what is in there. Rejects with its complaint. */
export async function probe(url: string): Promise<readonly ProbedStream[]> {
  const args = ['-v', 'error', '-of', 'json', '-show_streams', url];
  const { stdout } = await run('ffprobe', args);
  const { streams } = JSON.parse(stdout) as { readonly streams: readonly ProbedStream[] };
  return streams;
}

/** The sizes of the pictures that come out of a decoder, as `320x180`, each once. */
export async function sizesIn(url: string): Promise<readonly string[]> {
  const args = ['-v', 'error', '-select_streams', 'v', '-of', 'csv=p=0'];
  const { stdout } = await run('ffprobe', [...args, '-show_entries', 'frame=width,height', url]);
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  return [...new Set(lines.map((line) => line.trim().split(',').slice(0, 2).join('x')))].sort();
}

/** Decodes so many seconds of it; returns everything that ffmpeg complains about: nothing, if all is well. */
export async function decode(url: string, seconds: number): Promise<string> {
  const args = ['-v', 'error', '-nostdin', '-i', url, '-t', String(seconds), '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', args);
  return stderr.trim();
}
