/**
 * Writes the lock files of the examples, or of those that are named, anew. The kit that they name
 * need not be published: it is packed from the build that is there.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import {
  copyExample,
  EXAMPLES_FOLDER,
  npm,
  packForExamples,
  withKitInLock,
} from '../e2e/examples/installed.js';
import { EXAMPLES } from '../e2e/examples/table.js';

const named = process.argv.slice(2);
const kit = packForExamples();
try {
  for (const { name } of EXAMPLES) {
    if (named.length > 0 && !named.includes(name)) continue;
    const folder = copyExample(name, kit);
    try {
      await npm(folder, ['install', '--package-lock-only', '--no-audit', '--no-fund']);
      const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
      const published = withKitInLock(lock, kit, 'registry');
      const file = join(EXAMPLES_FOLDER, name, 'package-lock.json');
      writeFileSync(file, `${JSON.stringify(published, null, 2)}\n`);
      console.log(`${name}: locked`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
} finally {
  kit.remove();
}
