import type { Page } from '@playwright/test';
import type { Ingest } from '../../ingest/index.js';
import { goLive } from '../component.js';
import type { OpenStream } from '../fixtures.js';

/** What a check of an example has at hand. */
export interface ExampleVisit {
  readonly page: Page;
  readonly origin: string;
  readonly ingest: Ingest;
  readonly stream: OpenStream;
}

/** One way in which an example is run: served, and taken live. */
export interface ExampleRun {
  /** Added to the name of the test where there are several. */
  readonly title?: string;
  /** The npm scripts that come first. */
  readonly scripts?: readonly string[];
  /** Files that any web server can serve, or an npm script that serves. */
  readonly site:
    | { readonly files: string }
    | { readonly script: string; args(port: number): readonly string[] };
  /** For the scripts and the server. */
  environment?(ingest: Ingest): NodeJS.ProcessEnv;
  /** Looks at the page before it goes live. */
  check?(visit: ExampleVisit): Promise<void>;
  /** How a person goes live here; by default with the two fields and the component's buttons. */
  goLive?(visit: ExampleVisit): Promise<void>;
  /** The warnings and errors that the console is to hold in the end; none by default. */
  readonly console?: readonly RegExp[];
}

/** A small app under `examples/`, in the folder of this name. */
export interface Example {
  readonly name: string;
  /** Tests of its own that need no page: npm scripts. */
  readonly scripts?: readonly string[];
  readonly runs?: readonly ExampleRun[];
}

/** Every folder under `examples/`. */
export const EXAMPLES: readonly Example[] = [
  { name: 'vite-react-19', runs: [{ scripts: ['build'], site: { files: 'dist' } }] },
];

/** Fills the fields in which the examples take an address, and goes live as a person does. */
export async function goLiveWithFields({ page, stream }: ExampleVisit): Promise<void> {
  await page.getByLabel('Server URL').fill(stream.options.serverUrl);
  await page.getByLabel('Stream key').fill(stream.options.streamKey);
  await goLive(page);
}
