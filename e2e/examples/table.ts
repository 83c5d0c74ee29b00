import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import type { Ingest } from '../../ingest/index.js';
import { broadcasterOf, goLive } from '../component.js';
import type { OpenStream } from '../fixtures.js';
import { checkEndpoint } from './check-endpoint.js';
import { checkExports } from './check-exports.js';
import type { ExampleVisit } from './visit.js';

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
  /** For the server alone: what is built may be built where none of it is known. */
  environment?(ingest: Ingest): NodeJS.ProcessEnv;
  /** Looks at the page before it goes live. */
  check?(visit: ExampleVisit): Promise<void>;
  /** How a person goes live here; by default with the two fields and the component's buttons. */
  goLive?(visit: ExampleVisit): Promise<void>;
  /** The key of the stream that was gone live on, where that is not the one of the visit. */
  streamKey?(visit: ExampleVisit): string;
  /** The warnings and errors that the console is to hold in the end, in any order; none by default. */
  readonly console?: readonly RegExp[];
}

/** A small app under `examples/`, in the folder of this name. */
export interface Example {
  readonly name: string;
  /** Tests of its own that need no page: npm scripts. */
  readonly scripts?: readonly string[];
  /** Files that only the tests add to it: files of `app/` beside this one, and where they go. */
  readonly added?: Readonly<Record<string, string>>;
  readonly runs?: readonly ExampleRun[];
}

/** Any web server can serve the output of Vite. */
const BUILT = { scripts: ['build'], site: { files: 'dist' } } as const;

/** An app whose own server starts the streams, with the local ingest for Qencode Live. */
const THROUGH_SERVER: Pick<ExampleRun, 'environment' | 'goLive' | 'streamKey'> = {
  environment: ({ url }) => ({ QENCODE_API_URL: url, QENCODE_API_KEY: 'example-api-key' }),
  goLive: async ({ page }) => {
    await page.getByRole('button', { name: 'Turn on camera' }).click();
    await page.getByRole('button', { name: 'Start stream' }).click();
    await page.getByRole('button', { name: 'Go live', exact: true }).click();
    await expect(broadcasterOf(page)).toHaveAttribute('data-status', 'live', { timeout: 60_000 });
  },
  streamKey: ({ ingest }) =>
    ingest.listStreams().find(({ status }) => status === 'live')?.stream_key ?? '',
};

const nextAddress = (port: number) => ['--hostname', '127.0.0.1', '--port', String(port)];

/** Each mistake of the example, and nothing else, is said once. */
const WRONG_OPTIONS: readonly RegExp[] = [
  ...['startedAt', 'timeoutSeconds', 'status'].map((name) =>
    said(`useIngestTimeout: ${name} is not`),
  ),
  ...['headers', 'credentials', 'endpoint'].map((name) =>
    said(`useBroadcastSession: ${name} is not`),
  ),
  ...['rtmp', 'srt'].map((name) => said(`<Broadcaster.EncoderSettings>: ${name} is not`)),
  ...['src', 'loadHls', 'muted'].map((name) => said(`<Broadcaster.Viewer>: ${name} is not`)),
  ...['live', 'video', 'behindSeconds'].map((name) =>
    said(`<Broadcaster.PlaybackCheck>: ${name} is not`),
  ),
  ...[
    'autoPreview',
    'broadcaster',
    'className',
    'confirmStop',
    'onError',
    'onStatusChange',
    'style',
  ].map((name) => said(`<WebRTCBroadcaster>: ${name} is not`)),
  ...['errors', 'goLive', 'golive'].map((name) => said(`messages.${name} is not`)),
  ...[
    'camera.width',
    'iceServers',
    'logger',
    'maxVideoKbps',
    'microphone',
    'onPeerConnection',
    'startedAt',
    'timeoutSeconds',
    'transport',
    'videoCodec',
  ].map((name) => said(`The option ${name} is not`)),
  said('There is no option camera.frame_rate. Did you mean camera.frameRate?'),
  said('There is no option resume_on_reload. Did you mean resumeOnReload?'),
];

function said(words: string): RegExp {
  return new RegExp(`^webrtc-broadcaster: ${words.replace(/[.?]/g, '\\$&')}`);
}

/** Every folder under `examples/`. */
export const EXAMPLES: readonly Example[] = [
  { name: 'vite-react-19', runs: [{ ...BUILT, check: checkWidth }] },
  { name: 'vite-react-18', runs: [{ ...BUILT, check: checkOlderTemplate }] },
  { name: 'tailwind', runs: [{ ...BUILT, check: checkTailwind }] },
  { name: 'plain-html', runs: [{ site: { files: '.' }, goLive: goLiveWithForm }] },
  { name: 'web-component', runs: [{ ...BUILT, check: checkShadowRoot }] },
  { name: 'iframe', runs: [{ ...BUILT, check: checkWithoutAllow, goLive: goLiveInFrame }] },
  {
    name: 'next',
    added: { 'exports.tsx': 'app/exports/page.tsx' },
    runs: [
      {
        title: 'from a server component, in production',
        scripts: ['build'],
        site: { script: 'start', args: nextAddress },
        ...THROUGH_SERVER,
        check: async (visit) => {
          await checkEndpoint(visit);
          await checkExports(visit);
          await visit.page.goto(`${visit.origin}/parts`);
          await expect(visit.page.getByText('press “Go live”')).toBeVisible();
        },
      },
      {
        title: 'in development',
        site: { script: 'dev', args: nextAddress },
        ...THROUGH_SERVER,
        check: checkEndpoint,
      },
    ],
  },
  {
    name: 'react-router',
    scripts: ['typecheck'],
    runs: [
      {
        title: 'in production',
        scripts: ['build'],
        site: { script: 'start', args: () => [] },
        ...THROUGH_SERVER,
        check: checkEndpoint,
      },
    ],
  },
  { name: 'vitest-jsdom', scripts: ['test'] },
  { name: 'jest', scripts: ['test'] },
  {
    name: 'wrong-options',
    runs: [
      { ...BUILT, title: 'as built for production', console: WRONG_OPTIONS },
      {
        title: 'in development',
        site: { script: 'dev', args: (port) => ['--host', '127.0.0.1', '--port', String(port)] },
        console: WRONG_OPTIONS,
      },
    ],
  },
];

/** Fills the fields in which the examples take an address, and goes live as a person does. */
export async function goLiveWithFields({ page, stream }: ExampleVisit): Promise<void> {
  await fillAddress(page, stream);
  await goLive(page);
}

async function fillAddress(within: Page | Locator, { options }: OpenStream): Promise<void> {
  await within.getByLabel('Server URL').fill(options.serverUrl);
  await within.getByLabel('Stream key').fill(options.streamKey);
}

/** As wide as is useful in the middle of a template's page, and never wider than the window. */
async function checkWidth({ page }: ExampleVisit): Promise<void> {
  const widths = () =>
    broadcasterOf(page).evaluate((root) => [
      root.getBoundingClientRect().width,
      document.documentElement.scrollWidth,
    ]);
  for (const viewport of [320, 1280]) {
    await page.setViewportSize({ width: viewport, height: 800 });
    const [width = 0, needed = 0] = await widths();
    expect(width).toBeGreaterThanOrEqual(Math.min(600, viewport - 70));
    expect(needed).toBeLessThanOrEqual(viewport);
  }
}

/** Its rules for buttons reach the app's own button alone. */
async function checkOlderTemplate(visit: ExampleVisit): Promise<void> {
  const { page } = visit;
  await checkWidth(visit);
  const press = page.getByRole('button', { name: 'Turn on camera' });
  await expect(page.getByRole('button', { name: 'Full screen' })).toHaveCSS('border-radius', '8px');
  await expect(press).toHaveCSS('border-radius', '10px');
  await press.hover();
  await expect(press).not.toHaveCSS('border-color', 'rgb(100, 108, 255)');
}

/** Utilities win where the app uses them, and the reset before them touches nothing. */
async function checkTailwind(visit: ExampleVisit): Promise<void> {
  const { page } = visit;
  await checkWidth(visit);
  const root = broadcasterOf(page);
  await expect(root).toHaveCSS('border-radius', '0px');
  await expect(root).toHaveCSS('border-width', '4px');
  const [own, classed] = await page.getByRole('button', { name: 'Mute microphone' }).all();
  await expect(own ?? root).toHaveCSS('padding', '0px 12px');
  await expect(classed ?? root).toHaveCSS('padding', '0px 32px');
  await expect(page.getByRole('button', { name: 'Turn on camera' })).toHaveCSS(
    'background-color',
    'rgb(42, 98, 240)',
  );
}

/** The stylesheet works in the shadow root, and takes its theme from the element around it. */
async function checkShadowRoot({ page }: ExampleVisit): Promise<void> {
  await expect(broadcasterOf(page)).toHaveCSS('background-color', 'rgb(20, 24, 30)');
  await expect(page.getByRole('button', { name: 'Turn on camera' })).toHaveCSS(
    'border-radius',
    '10px',
  );
}

/** Core alone: a form of the page's own. */
async function goLiveWithForm({ page, stream }: ExampleVisit): Promise<void> {
  await fillAddress(page, stream);
  await page.getByRole('button', { name: 'Go live' }).click();
  await expect(page.getByRole('status')).toHaveText('live', { timeout: 60_000 });
}

/** A person whom the page around forbids the camera is told that it is the page around. */
async function checkWithoutAllow({ page, origin }: ExampleVisit): Promise<void> {
  await page.goto(`${origin}/without.html`);
  const studio = page.frameLocator('iframe').locator('body');
  await studio.getByRole('button', { name: 'Turn on camera' }).click();
  await expect(broadcasterOf(studio)).toContainText('embedded in another page');
  await page.goto(origin);
}

async function goLiveInFrame({ page, stream }: ExampleVisit): Promise<void> {
  const studio = page.frameLocator('iframe').locator('body');
  await fillAddress(studio, stream);
  await goLive(studio);
}
