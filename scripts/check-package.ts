import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { run } from './find-program.js';

/** Packs kit and ingest as `npm publish` would, and checks what an app's tools make of the tarballs. */
const folder = mkdtempSync(join(tmpdir(), 'check-package-'));
try {
  const packages = ['.', './ingest'];
  const isPacked = run('npm', [
    ...['pack', ...packages, '--ignore-scripts'],
    ...['--pack-destination', folder],
  ]);
  const tarballs = readdirSync(folder).map((name) => join(folder, name));
  const isRight =
    isPacked &&
    tarballs.length === packages.length &&
    tarballs.every((tarball) =>
      // Both are ESM only, as every bundler and Node since 20.19 load it.
      [
        run('publint', ['run', tarball, '--strict']),
        run('attw', [tarball, '--profile', 'esm-only']),
      ].every((passed) => passed),
    );
  process.exitCode = isRight ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
