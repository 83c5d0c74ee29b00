import {
  AT_FULL_SIZE,
  expect,
  openCore,
  openStream,
  startCore,
  test,
  waitForStatus,
} from './fixtures.js';

for (const videoCodec of ['h264', 'vp8'] as const) {
  test(`${videoCodec} asked for is what arrives`, async ({ page, app, ingest }) => {
    const { options } = await openStream(ingest);
    await openCore(page, app, { ...options, ...AT_FULL_SIZE, videoCodec });
    await page.evaluate(() => window.kit.get().start());
    await waitForStatus(page, 'live');
    await expect.poll(() => ingest.inspect(options.streamKey)?.frames ?? 0).toBeGreaterThan(30);
    const report = ingest.inspect(options.streamKey);
    expect(report?.codec?.toLowerCase()).toContain(videoCodec);
    // Packets of another payload type than the answer's first would be dropped unseen.
    expect(report?.ignoredPackets).toBe(0);
    expect(report?.width).toBe(1280);
  });
}

for (const kind of ['user-name-only', 'username-only', 'empty-ice-servers'] as const) {
  test(`an offer with ICE servers spelt "${kind}" is taken`, async ({ page, app, ingest }) => {
    const { options } = await openStream(ingest);
    ingest.setFault({ kind }, options.streamKey);
    await openCore(page, app, { ...options, transport: 'tcp' });
    await page.evaluate(() => window.kit.get().start());
    await waitForStatus(page, 'live');
  });
}

test.describe('an ingest of the newer generation', () => {
  test.use({ ingestOptions: { generation: '0.21' } });

  for (const [transport, path] of [
    ['auto', /udp|tcp/],
    ['udp', /udp/],
    ['tcp', /tcp/],
    ['all', /udp|tcp/],
  ] as const) {
    test(`media goes the way that is asked for: ${transport}`, async ({ page, app, ingest }) => {
      const { options } = await openStream(ingest);
      await openCore(page, app, { ...options, transport });
      await page.evaluate(() => window.kit.get().start());
      await waitForStatus(page, 'live');
      await expect.poll(() => ingest.inspect(options.streamKey)?.transport ?? '').toMatch(path);
    });
  }
});

test.describe('an ingest with transport-wide feedback', () => {
  test.use({ ingestOptions: { congestionControl: 'transport-cc' } });

  test('media flows at full size', async ({ page, app, ingest }) => {
    const { options } = await startCore(page, app, ingest, AT_FULL_SIZE);
    await expect.poll(() => ingest.inspect(options.streamKey)?.frames ?? 0).toBeGreaterThan(60);
    expect(ingest.inspect(options.streamKey)?.width).toBe(1280);
  });
});

for (const [kind, code] of [
  ['never-connect', 'negotiation-failed'],
  ['no-dtls', 'negotiation-failed'],
  ['forbid-answer', 'stream-busy'],
] as const) {
  test(`a session that meets "${kind}" ends in words`, async ({ page, app, ingest }) => {
    const { options } = await openStream(ingest);
    ingest.setFault({ kind }, options.streamKey);
    await openCore(page, app, options);
    const outcome = page.evaluate(() =>
      window.kit
        .get()
        .start()
        .then(
          () => 'live',
          (thrown) => thrown.code,
        ),
    );
    expect(await outcome).toBe(code);
  });
}
