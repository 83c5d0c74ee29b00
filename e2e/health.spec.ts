import type { Page } from '@playwright/test';
import type { Health } from '../src/core/index.js';
import { encodingOf, sizesOfFirstSeconds } from './encoding.js';
import { expect, openCore, openStream, startCore, test } from './fixtures.js';
import type { Line } from './shaper.js';
import { openShaper } from './shaper.js';
import { installSyntheticDevices } from './synthetic-devices.js';

/** Enough of the browser's own reports for its estimate of the network to move as on a real one. */
test.use({ ingestOptions: { congestionControl: 'transport-cc' } });

const healthOf = (page: Page): Promise<Health> => page.evaluate(() => window.kit.health());

const VERDICTS: readonly [what: string, line: Line, reason: Health['reasons'][number]][] = [
  ['5 % loss', { loss: 5 }, 'network-loss'],
  ['300 kbit/s', { kbps: 300 }, 'network-slow'],
  ['400 ms of delay', { latencyMs: 400 }, 'network-delay'],
];

/**
 * The browser's estimate of a network that was slow, or looked so when the delay came all at once,
 * needs most of a minute to grow again.
 */
const GROWN_AGAIN = { timeout: 90_000 } as const;

for (const [what, line, reason] of VERDICTS) {
  test(`${what}: the verdict names it, and forgets it when it is over`, async ({
    page,
    app,
    ingest,
  }) => {
    test.setTimeout(240_000);
    const { options } = await openStream(ingest);
    await openCore(page, app, options);
    const { shape } = await openShaper(page);
    await shape({});
    await page.evaluate(() => window.kit.get().start());
    await expect.poll(() => healthOf(page)).toEqual({ level: 'excellent', reasons: [] });

    await shape(line);
    await expect.poll(async () => (await healthOf(page)).reasons, GROWN_AGAIN).toEqual([reason]);
    expect(['fair', 'poor']).toContain((await healthOf(page)).level);

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
  await startCore(page, app, ingest);
  // A busy machine may add reasons of its own.
  const reasons = async () => (await healthOf(page)).reasons;
  for (const [devices, reason] of [
    [{ camera: 'REPEATS' }, 'picture-still'],
    [{ camera: 'IS_COVERED' }, 'picture-black'],
    [{ camera: 'IS_FROZEN' }, 'no-picture'],
    [{ microphone: 'GIVES_ZEROS' }, 'no-sound'],
  ] as const) {
    await give(page, devices);
    await expect.poll(reasons).toContain(reason);
    expect(['fair', 'poor']).toContain((await healthOf(page)).level);
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
  expect(await page.evaluate(() => window.kit.summary().status)).toBe('live');
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
    const sound = await page.evaluate(async () => {
      const entries = [...(await window.kit.connection().getStats()).values()];
      const sent = entries.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'audio');
      const codec = entries.find(({ id }) => id === sent?.codecId);
      return { target: sent?.targetBitrate, format: String(codec?.sdpFmtpLine) };
    });
    expect(sound.target).toBe(bitsPerSecond);
    for (const parameter of [`stereo=${channels}`, 'useinbandfec=1', 'usedtx=0']) {
      expect(sound.format.split(';')).toContain(parameter);
    }
  });
}
