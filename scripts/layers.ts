import { existsSync, symlinkSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from './find-program.js';

/**
 * Checks who imports whom, by `.dependency-cruiser.js`. The cruiser reads types with the TypeScript
 * that it finds beside it, and cannot use version 7, which compiles this repository. A link beside
 * version 6 lets it find that one.
 */
const modules = fileURLToPath(new URL('reference/node_modules/', import.meta.url));
const link = `${modules}dependency-cruiser`;
if (!existsSync(link)) symlinkSync('../../../node_modules/dependency-cruiser', link);
const keepsLinks = ['--preserve-symlinks', '--preserve-symlinks-main'];
const cruiser = `${link}/bin/dependency-cruise.mjs`;
const folders = ['src', 'ingest', 'demo', 'e2e', 'bench'];
const args = ['--config', '.dependency-cruiser.js', '--output-type', 'err-long', ...folders];
process.exitCode = run(process.execPath, [...keepsLinks, cruiser, ...args]) ? 0 : 1;
