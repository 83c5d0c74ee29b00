import { mkdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { chromium, firefox } from '@playwright/test';
import { startApp } from '../e2e/app.js';
import { chromiumArgs } from '../e2e/browser-flags.js';
import makeClip from '../e2e/media.js';
import type { Line } from '../e2e/shaper.js';
import { openShaper } from '../e2e/shaper.js';
import { startIngest } from '../ingest/index.js';
import { findChromium, findFirefox } from './browser.js';
import { prepareProgramsOrExit, TEST_PROGRAMS } from './programs.js';

/*
 * Records what browsers report while they broadcast, for the tests of sampling and health:
 *   npx tsx scripts/record-stats.ts chromium [case …]
 *   npx tsx scripts/record-stats.ts firefox
 */

const FOLDER = fileURLToPath(new URL('../src/core/stats/fixtures/', import.meta.url));
const REPORTS = 12;

/**
 * The reports that a page records; addresses, certificates and unused codecs are of no use to a
 * test.
 */
const RECORDER = `(() => {
  const kept = ['outbound-rtp', 'remote-inbound-rtp', 'media-source', 'transport', 'candidate-pair', 'local-candidate', 'codec'];
  const secret = /^(address|ip|port|relatedAddress|relatedPort|foundation|usernameFragment|url|dtls.*|local.*Certificate.*|remote.*Certificate.*|srtpCipher|tlsVersion|iceLocalUsernameFragment)$/i;
  window.connections = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...args) { super(...args); window.connections.push(this); }
  };
  window.readReport = async () => {
    const connection = window.connections.filter((one) => one.connectionState === 'connected').at(-1) ?? window.connections.at(-1);
    const all = [...(await connection.getStats()).values()];
    const used = new Set(all.flatMap((entry) => [entry.codecId, entry.localCandidateId]));
    return all
      .filter((entry) => kept.includes(entry.type) && (!['codec', 'local-candidate'].includes(entry.type) || used.has(entry.id)))
      .map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => !secret.test(name))));
  };
})()`;

interface Case {
  readonly options?: Record<string, unknown>;
  readonly line?: Line;
  readonly flags?: readonly string[];
  readonly warmUpSeconds?: number;
  during?(page: Page, index: number, publish: () => Promise<void>): Promise<void>;
}

const CASES: Readonly<Record<string, Case>> = {
  good: {},
  'loss-5-percent': { line: { loss: 5 } },
  'slow-300-kbps': { line: { kbps: 300 }, warmUpSeconds: 10 },
  'delay-400-ms': { line: { latencyMs: 400 } },
  'camera-muted': {
    async during(page, index) {
      if (index === 4) await page.evaluate("window.kit.get().mute('camera')");
    },
  },
  'audio-only': { options: { camera: false } },
  'cpu-limited': {
    options: { camera: { width: 3840, height: 2160, frameRate: 60 }, maxVideoKbps: 20_000 },
    flags: ['--use-fake-device-for-media-stream=fps=60'],
    warmUpSeconds: 15,
  },
  reconnect: {
    async during(page, index, publish) {
      if (index !== 5) return;
      await page.evaluate('window.kit.get().stop()');
      await publish();
    },
  },
};

function save(browser: string, name: string, version: string, reports: readonly unknown[]): void {
  mkdirSync(FOLDER, { recursive: true });
  const lines = reports.map((report) => `    ${JSON.stringify(report)}`).join(',\n');
  const about = JSON.stringify({ browser, version, case: name }).slice(1, -1);
  writeFileSync(
    `${FOLDER}${browser}-${name}.json`,
    `{\n  ${about},\n  "reports": [\n${lines}\n  ]\n}\n`,
  );
  console.log(`${browser} ${name}: ${reports.length} reports`);
}

async function recordChromium(names: readonly string[]): Promise<void> {
  makeClip();
  const app = await startApp();
  try {
    for (const [name, given] of Object.entries(CASES)) {
      if (names.length > 0 && !names.includes(name)) continue;
      const flags = chromiumArgs({ devices: given.flags === undefined ? 'clip' : 'none' });
      const browser = await chromium.launch({
        executablePath: findChromium(),
        args: [...flags, ...(given.flags ?? [])],
      });
      const ingest = await startIngest({ congestionControl: 'transport-cc' });
      try {
        const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
        const page = await context.newPage();
        await page.addInitScript(RECORDER);
        const { shape } = await openShaper(page);
        await shape(given.line ?? {});
        const stream = await ingest.openStream();
        await page.goto(app.pageUrl('core'));
        await page.waitForFunction('"kit" in window');
        const options = {
          serverUrl: stream.server_urls.webrtc,
          streamKey: stream.stream_key,
          ...given.options,
        };
        const publish = () => page.evaluate<void>('window.kit.get().start()');
        await page.evaluate(`window.kit.create(${JSON.stringify(options)})`);
        await publish();
        await wait((given.warmUpSeconds ?? 3) * 1000);
        const reports: unknown[] = [];
        for (let index = 0; index < REPORTS; index += 1) {
          await given.during?.(page, index, publish);
          reports.push(await page.evaluate('window.readReport()'));
          await wait(1000);
        }
        save('chromium', name, browser.version(), reports);
      } finally {
        await browser.close();
        await ingest.close();
      }
    }
  } finally {
    await app.close();
  }
}

/** Two connections inside one page, since Firefox checks no candidate on 127.0.0.1. */
const FIREFOX_PAGE = `(async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  const sender = new RTCPeerConnection();
  const receiver = new RTCPeerConnection();
  sender.onicecandidate = ({ candidate }) => candidate && receiver.addIceCandidate(candidate);
  receiver.onicecandidate = ({ candidate }) => candidate && sender.addIceCandidate(candidate);
  for (const track of stream.getTracks()) sender.addTransceiver(track, { direction: 'sendonly' });
  await sender.setLocalDescription();
  await receiver.setRemoteDescription(sender.localDescription);
  await receiver.setLocalDescription();
  await sender.setRemoteDescription(receiver.localDescription);
  window.connections = [sender];
  window.camera = stream.getVideoTracks()[0];
})()`;

async function recordFirefox(): Promise<void> {
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: findFirefox(),
    firefoxUserPrefs: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  });
  const app = await startApp();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(RECORDER);
    await page.goto(app.pageUrl('core'));
    await page.evaluate(FIREFOX_PAGE);
    await page.waitForFunction('window.connections[0].connectionState === "connected"');
    await wait(3000);
    for (const name of ['good', 'camera-muted']) {
      const reports: unknown[] = [];
      if (name === 'camera-muted') await page.evaluate('window.camera.enabled = false');
      for (let index = 0; index < REPORTS; index += 1) {
        reports.push(await page.evaluate('window.readReport()'));
        await wait(1000);
      }
      save('firefox', name, browser.version(), reports);
    }
  } finally {
    await browser.close();
    await app.close();
  }
}

const [which, ...names] = process.argv.slice(2);
prepareProgramsOrExit(TEST_PROGRAMS);
if (which === 'chromium') await recordChromium(names);
else if (which === 'firefox') await recordFirefox();
else throw new Error('Say which browser to record: chromium or firefox.');
