import type { Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import type { Ingest, IngestOptions } from '../ingest/index.js';
import { startIngest } from '../ingest/index.js';
import { findChromium } from '../scripts/browser.js';
import type { BroadcasterOptions } from '../src/core/index.js';
import type { App } from './app.js';
import { startApp } from './app.js';
import { chromiumArgs } from './browser-flags.js';
import type { Protocol } from './fault-table.js';
import { launchHideable } from './hideable-browser.js';
import type { Cut, NetworkNamespace } from './network-namespace.js';
import { NoNetworkNamespace, openNetworkNamespace } from './network-namespace.js';
import type { Outstanding } from './outstanding.js';
import { countOpened } from './outstanding.js';
import type { Relay } from './relay.js';
import { startRelay } from './relay.js';
import { waitUntil } from './wait-until.js';

/** A publisher's page and a viewer's page, and the way between the publisher and its ingest. */
export interface Stage {
  /** How the way is broken, in words: for real, or by the ingest and a relay, and why. */
  readonly how: string;
  readonly publisher: Page;
  readonly viewer: Page;
  /** Everything that the publisher's page had open before it published. */
  readonly idle: Outstanding;
  /** The uncaught errors of the publisher's page. */
  readonly pageErrors: readonly string[];
  /** Starts an ingest and a stream of its own, goes live on it and lets the viewer watch; ends the one before. */
  goLive(options?: SceneOptions): Promise<Scene>;
  /** Ends everything; no namespace, process or socket stays. */
  close(): Promise<void>;
}

/** The options of a scene. */
export interface SceneOptions {
  readonly ingest?: IngestOptions;
  readonly kit?: BroadcasterOptions;
  /** The protocol that signals the broadcast. Default 'ome'. */
  readonly protocol?: Protocol;
  /** Puts a proxy before the signalling that ends a socket which nothing passes over for so long. */
  readonly proxyIdleMs?: number;
}

/** One broadcast that is live, and what can be done to it. */
export interface Scene {
  readonly stage: Stage;
  readonly ingest: Ingest;
  readonly streamKey: string;
  /** Breaks the way until `heal`. */
  cut(what: Cut): Promise<void>;
  heal(): Promise<void>;
  moveAddress(): Promise<void>;
  rebind(): Promise<void>;
  /** Loads the publisher's page again, whose app asks for what was live to be resumed. */
  reload(): Promise<void>;
  /** Releases the broadcaster, sends the viewer away and closes the ingest. */
  leave(): Promise<void>;
}

/** A picture that two cores can encode, decode and read at once. */
const CAMERA = { width: 640, height: 360 } as const;

/**
 * Opens both browsers. A real network is used where the machine has one to give; not where the
 * publisher's page is to be hidden, for a browser that allows it is driven over the network itself.
 */
export async function openStage({ hideable = false } = {}): Promise<Stage> {
  const made = hideable
    ? new NoNetworkNamespace('a page that hides is on loopback')
    : makeNetworkNamespace();
  const network = made instanceof NoNetworkNamespace ? null : made;
  const browsers: { close(): Promise<void> }[] = [];
  let app: App | null = null;
  let scene: Scene | null = null;
  const close = async () => {
    await scene?.leave().catch(() => {});
    for (const browser of browsers) await browser.close();
    await app?.close();
    network?.close();
  };
  try {
    app = await startApp(network?.host);
    const { origin } = app;
    const executablePath = findChromium();
    const args = [...chromiumArgs(), `--unsafely-treat-insecure-origin-as-secure=${origin}`];
    const launch = async (path: string, given: readonly string[]) => {
      const browser = await chromium.launch({ executablePath: path, args: [...given] });
      browsers.push(browser);
      return browser.newContext();
    };
    const launchToHide = async () => {
      const browser = await launchHideable(executablePath, args);
      browsers.push(browser);
      return browser.context;
    };
    const context = hideable
      ? await launchToHide()
      : await launch(network?.wrap(executablePath) ?? executablePath, args);
    await context.grantPermissions(['camera', 'microphone'], { origin });
    const watching = await launch(executablePath, chromiumArgs({ devices: 'none' }));
    const publisher = await context.newPage();
    const pageErrors: string[] = [];
    publisher.on('pageerror', (error) => pageErrors.push(String(error)));
    // Scripts that tsx runs are compiled with this around the functions in them.
    await publisher.addInitScript({ content: 'globalThis.__name ??= (made) => made;' });
    await publisher.addInitScript(countOpened);
    await openPage(publisher, app.pageUrl('core'), 'kit');
    const viewer = await watching.newPage();
    await openPage(viewer, app.pageUrl('viewer'), 'viewer');
    const pageUrl = app.pageUrl('core');
    const stage: Stage = {
      how:
        made instanceof NoNetworkNamespace
          ? `cut by the local ingest and a relay, for ${made.message}`
          : 'cut for real, in a network namespace of its own',
      publisher,
      viewer,
      idle: await publisher.evaluate(() => window.countOutstanding()),
      pageErrors,
      async goLive(options = {}) {
        await scene?.leave();
        scene = await playScene({ stage, network, origin, pageUrl }, options);
        return scene;
      },
      close,
    };
    return stage;
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function makeNetworkNamespace(): NetworkNamespace | NoNetworkNamespace {
  try {
    return openNetworkNamespace();
  } catch (thrown) {
    if (thrown instanceof NoNetworkNamespace) return thrown;
    throw thrown;
  }
}

async function playScene(
  given: {
    readonly stage: Stage;
    readonly network: NetworkNamespace | null;
    readonly origin: string;
    readonly pageUrl: string;
  },
  options: SceneOptions,
): Promise<Scene> {
  const { stage, network, origin, pageUrl } = given;
  const { publisher, viewer } = stage;
  const ingest = await startIngest({
    ...options.ingest,
    host: network?.host ?? '127.0.0.1',
    allowedOrigins: [origin],
  });
  const { stream_key: streamKey, server_urls } = ingest.openStream();
  const url = new URL(server_urls.webrtc);
  const watchUrl = url.href;
  const { proxyIdleMs } = options;
  const relay =
    network === null || proxyIdleMs !== undefined
      ? await startRelay(Number(url.port), { host: url.hostname, idleMs: proxyIdleMs })
      : null;
  if (relay !== null) url.port = String(relay.port);
  if (options.protocol === 'whip') {
    url.protocol = 'http:';
    url.searchParams.set('direction', 'whip');
  }
  const kit: BroadcasterOptions = {
    camera: CAMERA,
    resumeOnReload: true,
    ...options.kit,
    serverUrl: url.href,
  };
  const way = network === null ? gateWay(ingest, streamKey, relay, publisher) : realWay(network);
  let left = false;

  const create = () => publisher.evaluate((given) => window.kit.create(given), kit);
  const scene: Scene = {
    stage,
    ingest,
    streamKey,
    ...way,
    async reload() {
      await openPage(publisher, pageUrl, 'kit');
      await create();
      const resumed = await publisher.evaluate(() => window.kit.get().resume());
      if (!resumed) throw new Error('The page that came back does not know that it was live.');
    },
    async leave() {
      if (left) return;
      left = true;
      await way.heal();
      ingest.setFault(null);
      await viewer.evaluate(() => window.viewer.watch(null));
      await publisher.evaluate(() => window.kit.get().release());
      await relay?.close();
      await ingest.close();
    },
  };
  try {
    await create();
    await publisher.evaluate(() => window.kit.get().start());
    await viewer.evaluate((watched) => window.viewer.watch(watched), watchUrl);
    const startedAt = Date.now();
    if (kit.camera === false) {
      const packets = () => ingest.inspect(streamKey)?.packets ?? 0;
      await waitUntil('the ingest hears the broadcast', packets, (count) => count > 50);
    } else {
      await waitUntil(
        'the viewer sees the broadcast',
        () => viewer.evaluate((since) => window.viewer.lastAt > since, startedAt),
        Boolean,
      );
    }
    return scene;
  } catch (thrown) {
    await scene.leave();
    throw thrown;
  }
}

/** The page from its first line, with whatever name it gives to the tests. */
async function openPage(page: Page, url: string, global: 'kit' | 'viewer'): Promise<void> {
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await page.waitForFunction((name) => name in window, global);
}

type Way = Pick<Scene, 'cut' | 'heal' | 'moveAddress' | 'rebind'>;

function realWay(network: NetworkNamespace): Way {
  return {
    cut: async (what) => network.cut(what),
    heal: async () => network.heal(),
    moveAddress: async () => network.moveAddress(),
    rebind: async () => network.rebind(),
  };
}

/** The next best: media dropped by the ingest, signalling held back by the relay. */
function gateWay(ingest: Ingest, streamKey: string, relay: Relay | null, page: Page): Way {
  const heal = async () => {
    relay?.resume();
    ingest.setFault(null, streamKey);
    await page.context().setOffline(false);
  };
  return {
    async cut(what) {
      await heal();
      if (what !== 'signalling') ingest.setFault({ kind: 'cut-media', scope: 'path' }, streamKey);
      if (what !== 'media') relay?.stall();
      if (what === 'link') await page.context().setOffline(true);
    },
    heal,
    // Media from the new port counts once that port was checked.
    async rebind() {
      ingest.setFault({ kind: 'cut-media', durationMs: 2_500 }, streamKey);
    },
    async moveAddress() {
      ingest.setFault({ kind: 'cut-media' }, streamKey);
      relay?.stallOpen();
    },
  };
}
