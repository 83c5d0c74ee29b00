import type { Page } from '@playwright/test';
import type { Health } from '../src/core/index.js';
import { encodingOf, sizesOfFirstSeconds } from './encoding.js';
import {
  AT_FULL_SIZE,
  expect,
  openCore,
  openStream,
  startCore,
  test,
  waitForStatus,
} from './fixtures.js';
import type { Line } from './shaper.js';
import { openShaper } from './shaper.js';
import { installSyntheticDevices } from './synthetic-devices.js';

const healthOf = (page: Page): Promise<Health> => page.evaluate(() => window.kit.health());

/**
 * The browser estimates the network here by the packets that are lost. At an ingest with
 * transport-wide feedback it would go by when they arrive, and a busy machine puts that off too.
 */
const VERDICTS: readonly [what: string, line: Line, reason: Health['reasons'][number]][] = [
  ['5 % loss', { loss: 5 }, 'network-loss'],
  // In a long queue nothing would be lost for seconds, and the delay be a reason of its own.
  ['300 kbit/s', { kbps: 300, queue: 5 }, 'network-slow'],
  ['400 ms of delay', { latencyMs: 400 }, 'network-delay'],
];

/** The browser's estimate of a network that was slow needs most of a minute to grow again. */
const GROWN_AGAIN = { timeout: 90_000 } as const;

for (const [what, line, reason] of VERDICTS) {
  test(`${what}: the verdict names it, and forgets it when it is over`, async ({
    page,
    app,
    ingest,
  }) => {
    test.setTimeout(240_000);
    const { options } = await openStream(ingest);
    await openCore(page, app, { ...options, adaptToMachine: false });
    const { shape } = await openShaper(page);
    await shape({});
    await page.evaluate(() => window.kit.get().start());
    await expect.poll(() => healthOf(page)).toEqual({ level: 'excellent', reasons: [] });

    await shape(line);
    await expect
      .poll(() => healthOf(page), GROWN_AGAIN)
      .toEqual({ level: expect.stringMatching(/^(fair|poor)$/), reasons: [reason] });

    await shape({});
    await expect.poll(async () => (await healthOf(page)).reasons, GROWN_AGAIN).toEqual([]);
  });
}

test('viewers are said to see a freeze when the ingest falls silent', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  const { shape } = await openShaper(page);
  await shape({});
  await page.evaluate(() => window.kit.get().start());
  await expect.poll(() => healthOf(page)).toEqual({ level: 'excellent', reasons: [] });
  await shape({ loss: 100 });
  await expect.poll(() => healthOf(page)).toEqual({ level: 'stalled', reasons: ['no-answer'] });
});

const give = (page: Page, devices: Partial<Window['devices']>) =>
  page.evaluate((given) => void Object.assign(window.devices, given), devices);

test('devices that live and give nothing worth having are told until they do', async ({
  page,
  app,
  ingest,
}) => {
  await page.addInitScript(installSyntheticDevices);
  await startCore(page, app, ingest, AT_FULL_SIZE);
  // A busy machine may add reasons of its own.
  const reasons = async () => (await healthOf(page)).reasons;
  const level = expect.stringMatching(/^(fair|poor)$/);
  for (const [devices, reason] of [
    [{ camera: 'REPEATS' }, 'picture-still'],
    [{ camera: 'IS_COVERED' }, 'picture-black'],
    [{ camera: 'IS_FROZEN' }, 'no-picture'],
    [{ microphone: 'GIVES_ZEROS' }, 'no-sound'],
  ] as const) {
    await give(page, devices);
    await expect
      .poll(() => healthOf(page))
      .toEqual({ level, reasons: expect.arrayContaining([reason]) });
    await give(page, { camera: 'MOVES', microphone: 'HEARS' });
    await expect.poll(reasons).not.toContain(reason);
  }
});

test('a limit that changes while live is kept from then on, at full size', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await startCore(page, app, ingest);
  const bitrate = async () => (await encodingOf(page)).maxBitrate;
  expect(await bitrate()).toBe(2_500_000);
  const sent = () => page.evaluate(() => window.kit.sample()?.videoBitsPerSecond ?? 0);
  await expect.poll(sent).toBeGreaterThan(1_500_000);

  await page.evaluate((given) => window.kit.get().update({ ...given, maxVideoKbps: 900 }), options);
  await expect.poll(bitrate).toBe(900_000);
  await expect.poll(sent).toBeLessThan(1_100_000);
  await waitForStatus(page, 'live');
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});

test('the first pictures are of full size; then what gives way is balanced', {
  tag: '@firefox',
}, async ({ page, app, ingest }) => {
  const { options } = await startCore(page, app, ingest);
  expect(await sizesOfFirstSeconds(page, ingest, options.streamKey)).toEqual(['1280x720']);
  expect((await encodingOf(page)).degradationPreference).toBe('balanced');
});

test('how the machine feels is heard from the browser', async ({ page, app, ingest }) => {
  const session = await page.context().newCDPSession(page);
  const source = 'cpu';
  await session.send('Emulation.setPressureSourceOverrideEnabled', { source, enabled: true });
  await startCore(page, app, ingest);
  const pressure = () => page.evaluate(() => window.kit.get().getSnapshot().quality.pressure);
  for (const state of ['critical', 'nominal'] as const) {
    await session.send('Emulation.setPressureStateOverride', { source, state });
    await expect.poll(pressure).toBe(state);
  }
});

for (const [content, channels, bitsPerSecond] of [
  ['speech', '0', 48_000],
  ['music', '1', 128_000],
] as const) {
  test(`${content} is encoded at the rate that it is worth, stereo=${channels}`, async ({
    page,
    app,
    ingest,
  }) => {
    const { options } = await openStream(ingest);
    await openCore(page, app, { ...options, microphone: { content } });
    await page.evaluate(() => window.kit.get().start());
    const sound = () =>
      page.evaluate(async () => {
        const entries = [...(await window.kit.connection().getStats()).values()];
        const sent = entries.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'audio');
        const codec = entries.find(({ id }) => id === sent?.codecId);
        return { target: sent?.targetBitrate, format: String(codec?.sdpFmtpLine) };
      });
    // The browser may still learn what the network carries.
    await expect.poll(async () => (await sound()).target).toBe(bitsPerSecond);
    const { format } = await sound();
    for (const parameter of [`stereo=${channels}`, 'useinbandfec=1', 'usedtx=0']) {
      expect(format.split(';')).toContain(parameter);
    }
  });
}
