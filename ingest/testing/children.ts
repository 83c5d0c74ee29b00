import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How many processes of this name are children of this one. */
export async function countChildren(name: string): Promise<number> {
  const { stdout } = await run('ps', ['-A', '-o', 'ppid=,comm=']);
  const wanted = new RegExp(`^\\s*${process.pid}\\s+(?:.*/)?${name}$`);
  return stdout.split('\n').filter((line) => wanted.test(line.trimEnd())).length;
}
