import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const tools = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));

/** A program that is called for is not there. The message is one sentence that says what to do. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';
}

/** The full path of the first of these programs on PATH, or `null`. */
export function findOnPath(...names: readonly string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const path = join(folder, name);
      if (folder !== '' && isProgram(path)) return path;
    }
  }
  return null;
}

/** Whether this file exists and may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Runs a command, its output on stderr; answers whether it succeeded. */
export function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 2, 2], env: toolEnvironment() }).status === 0;
}

/** This process' environment, with the tools that the repository installs first on PATH. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const path = `${tools}${delimiter}${process.env['PATH'] ?? ''}`;
  return { ...process.env, PATH: path, DEBIAN_FRONTEND: 'noninteractive' };
}
