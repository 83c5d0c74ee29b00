import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ingest } from '../../ingest/index.js';
import { expect, openStream, test } from '../fixtures.js';
import type { InstalledExample, PackedKit } from './installed.js';
import { EXAMPLES_FOLDER, installExample, packForExamples } from './installed.js';
import type { Site } from './served.js';
import { serveFiles, serveWithScript } from './served.js';
import type { ExampleRun } from './table.js';
import { EXAMPLES, goLiveWithFields } from './table.js';

const ADDED_FOLDER = fileURLToPath(new URL('./app', import.meta.url));

let kit: PackedKit;
test.beforeAll(() => {
  kit = packForExamples();
});
test.afterAll(() => kit?.remove());

test('every folder of examples is in the table', () => {
  const folders = readdirSync(EXAMPLES_FOLDER, { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(EXAMPLES.map(({ name }) => name).sort()).toEqual(names.sort());
});

for (const { name, scripts = [], added = {}, runs = [] } of EXAMPLES) {
  test.describe(name, () => {
    // One worker installs it once, for all that is done with it.
    test.describe.configure({ mode: 'default' });

    let example: InstalledExample;
    test.beforeAll(async () => {
      example = await installExample(name, kit);
      for (const [file, place] of Object.entries(added)) {
        cpSync(join(ADDED_FOLDER, file), join(example.folder, place));
      }
    });
    test.afterAll(() => example?.remove());

    for (const script of scripts) {
      test(`passes "npm run ${script}"`, () => example.script(script));
    }

    for (const run of runs) {
      test(['goes live', run.title].filter(Boolean).join(' '), async ({ page, faults, ingest }) => {
        const site = await serve(example, run, ingest);
        try {
          const stream = await openStream(ingest);
          const { origin } = site;
          const visit = { page, origin, ingest, stream };
          await page.goto(origin);
          await run.check?.(visit);
          await (run.goLive ?? goLiveWithFields)(visit);
          const streamKey = run.streamKey?.(visit) ?? stream.options.streamKey;
          const frames = () => ingest.inspect(streamKey)?.frames ?? 0;
          await expect.poll(frames).toBeGreaterThan(0);
          const before = frames();
          await expect.poll(frames, 'frames go on arriving').toBeGreaterThan(before);
          // A page that is left open complains of the server that goes.
          await page.close();
        } finally {
          await site.close();
        }
        const { console: expected = [] } = run;
        const isExpected = (line: string) => expected.some((words) => words.test(line));
        expect(faults.console.filter((line) => !isExpected(line))).toEqual([]);
        for (const words of expected) {
          expect(
            faults.console.filter((line) => words.test(line)),
            String(words),
          ).toHaveLength(1);
        }
      });
    }
  });
}

async function serve(example: InstalledExample, run: ExampleRun, ingest: Ingest): Promise<Site> {
  for (const script of run.scripts ?? []) await example.script(script);
  const { site } = run;
  return 'files' in site
    ? serveFiles(join(example.folder, site.files))
    : serveWithScript(example.folder, site.script, site.args, run.environment?.(ingest));
}
