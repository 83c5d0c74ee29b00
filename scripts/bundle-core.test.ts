import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleCore, CAPABILITY_FOLDER } from './bundle-core.js';

/** A built core in small: two parts that it loads on use, and of these only one is a capability. */
const BUILT: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',
  'errors.js': 'class KitError extends Error {}\nexport { KitError };\n',
  'session/run.js': `import { KitError } from "../errors.js";
function run() { return new KitError("from the session"); }
export { run };
`,
  'screen/open.js': `import { KitError } from "../errors.js";
import { around } from "./around.js";
function open() { return new KitError("from the screen, " + around()); }
export { open };
`,
  'screen/around.js': `function around() { return new URL("./draw-worker.js", import.meta.url).href; }
export { around };
`,
  'screen/draw-worker.js': '',
  'core.js': `import { KitError } from "./errors.js";
function start() { return import("./session/run.js").then((part) => part.run()); }
function share() { return import("./screen/open.js").then((part) => part.open()); }
function worker() { return new URL("./tick-worker.js", import.meta.url).href; }
export { KitError, share, start, worker };
`,
};

interface SmallCore {
  readonly KitError: new () => Error;
  start(): Promise<Error>;
  share(): Promise<Error>;
  worker(): string;
}

const folder = mkdtempSync(join(tmpdir(), 'bundle-core-'));
const dist = join(folder, 'dist');
beforeAll(async () => {
  for (const [path, code] of Object.entries(BUILT)) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeFileSync(join(dist, path), code);
  }
  await bundleCore(dist, ['screen/open.js', 'not-there-yet.js']);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the core in one file', () => {
  const read = (path: string) => readFileSync(join(dist, path), 'utf8');
  const load = (): Promise<SmallCore> =>
    import(/* @vite-ignore */ pathToFileURL(join(dist, 'core.min.js')).href);

  it('holds what it would load on use, but no byte of a capability', async () => {
    expect(read('core.min.js')).toContain('from the session');
    expect(read('core.min.js')).not.toContain('from the screen');
    const { start, KitError } = await load();
    expect(await start()).toBeInstanceOf(KitError);
  });

  it('loads a capability on use, which shares the classes of the core', async () => {
    const files = readdirSync(join(dist, CAPABILITY_FOLDER));
    expect(files).toEqual([expect.stringMatching(/^open-[\w-]+\.js$/)]);
    const { share, KitError } = await load();
    const error = await share();
    expect(error).toBeInstanceOf(KitError);
    expect(error.message).toContain('from the screen');
  });

  it('finds each worker from where its own code lies', async () => {
    const { share, worker } = await load();
    expect(worker()).toMatch(/\/dist\/tick-worker\.js$/);
    expect((await share()).message).toMatch(/\/dist\/screen\/draw-worker\.js$/);
  });
});
