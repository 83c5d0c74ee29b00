import type { Page } from '@playwright/test';
import { expect, openCore, openStream, startCore, test, waitForStatus } from './fixtures.js';
import { watchStalls } from './stall-watch.js';

/** Every step of the connection with the moment it was taken at, from now on. */
function record(page: Page): Promise<void> {
  return page.evaluate(() => {
    const steps: { at: number; step: string }[] = [];
    window.steps = steps;
    const now = () => {
      const { connection } = window.kit.get().getSnapshot();
      return 'step' in connection
        ? `${connection.status} ${connection.step.phase}`
        : connection.status;
    };
    let before = now();
    window.kit.get().subscribe(() => {
      const step = now();
      if (step !== before) steps.push({ at: Date.now(), step });
      before = step;
    });
  });
}

declare global {
  interface Window {
    steps: readonly { readonly at: number; readonly step: string }[];
  }
}

/** Puts the page under this content security policy from now on. */
function restrict(page: Page, content: string): Promise<void> {
  return page.evaluate((directives) => {
    const policy = document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = directives;
    document.head.append(policy);
  }, content);
}

const causeOf = (page: Page) =>
  page.evaluate(() => {
    const { connection } = window.kit.get().getSnapshot();
    return connection.status === 'reconnecting' ? connection.interruption.cause : null;
  });

test('a session whose path falls silent is replaced while the ingest answers', {
  tag: '@firefox',
}, async ({ page, app, ingest }) => {
  const { options } = await startCore(page, app, ingest);
  await record(page);
  const cutAt = Date.now();
  ingest.setFault({ kind: 'cut-media', scope: 'session' }, options.streamKey);
  await waitForStatus(page, 'reconnecting');
  expect(await causeOf(page)).toBe('silence');
  await waitForStatus(page, 'live');
  const steps = await page.evaluate(() => window.steps);
  const ms = (name: string) => (steps.find(({ step }) => step === name)?.at ?? 0) - cutAt;
  const noticed = `silence noticed after ${ms('reconnecting probing')} ms`;
  process.stdout.write(`${noticed}, a new session after ${ms('live')} ms\n`);
  expect(steps.map(({ step }) => step)).toEqual([
    'reconnecting probing',
    'reconnecting healing',
    'reconnecting signaling',
    'reconnecting negotiating',
    'reconnecting first-media',
    'live',
  ]);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 2 });
});

test('a session whose path comes back in time goes on as it was', { tag: '@firefox' }, async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await startCore(page, app, ingest);
  await record(page);
  ingest.setFault({ kind: 'cut-media', scope: 'session' }, options.streamKey);
  await waitForStatus(page, 'reconnecting');
  ingest.setFault(null, options.streamKey);
  await waitForStatus(page, 'live');
  const steps = (await page.evaluate(() => window.steps)).map(({ step }) => step);
  expect(steps).not.toContain('reconnecting signaling');
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});

test('tracks, mute, elapsed time and statistics go through a break as they were', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await startCore(page, app, ingest);
  await page.evaluate(() => window.kit.get().mute('microphone'));
  await expect.poll(() => page.evaluate(() => window.kit.sample()?.sound)).toBe('muted');
  const seen = () =>
    page.evaluate(() => {
      const { connection, camera, microphone, stats } = window.kit.get().getSnapshot();
      const tracks = [camera, microphone].map((source) =>
        source.status === 'on' ? source.capture.track : null,
      );
      return {
        since: connection.status === 'live' ? connection.since : null,
        muted: microphone.muted,
        tracks: tracks.map((track) => track && [track.id, track.readyState, track.enabled]),
        oldestSampleAt: stats.status === 'sampled' ? stats.history[0]?.at : null,
      };
    });
  const before = await seen();
  const { at = 0 } = (await page.evaluate(() => window.kit.sample())) ?? {};
  ingest.setFault({ kind: 'cut-socket' }, options.streamKey);
  // Else it may be live again before anybody looks.
  ingest.setFault({ kind: 'not-found' }, options.streamKey);
  await waitForStatus(page, 'reconnecting');
  ingest.setFault(null, options.streamKey);
  await waitForStatus(page, 'live');
  // Statistics go on: what is measured of the new session comes after what was of the old.
  await expect.poll(() => page.evaluate(() => window.kit.sample()?.at)).toBeGreaterThan(at);
  await expect.poll(seen).toEqual(before);
  expect(before.tracks).toMatchObject([
    [expect.any(String), 'live', true],
    [expect.any(String), 'live', false],
  ]);
});

test('a camera that comes later is sent, by a new session', { tag: '@firefox' }, async ({
  page,
  app,
  ingest,
}) => {
  const { options, watchUrl } = await openStream(ingest);
  await openCore(page, app, { ...options, camera: false });
  await page.evaluate(() => window.kit.get().start());
  await page.evaluate((given) => window.kit.get().update(given), options);
  await page.evaluate(() => window.kit.get().preview());
  await expect.poll(() => ingest.inspect(options.streamKey)?.sessions).toBe(2);
  await waitForStatus(page, 'live');
  await page.evaluate((url) => window.kit.watch(url), watchUrl);
  await expect
    .poll(() => page.evaluate(() => document.querySelector('video')?.videoWidth))
    .toBeGreaterThan(0);
  expect(await page.evaluate(() => window.kit.history())).toEqual([
    'idle',
    'connecting',
    'live',
    'reconnecting',
    'live',
  ]);
});

test('a page whose own timers stand still, as hidden ones do, recovers all the same', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await startCore(page, app, ingest);
  await page.evaluate(() => {
    Object.assign(window, { setTimeout: () => 0 });
  });
  ingest.setFault({ kind: 'cut-media', scope: 'session' }, options.streamKey);
  await waitForStatus(page, 'reconnecting');
  await waitForStatus(page, 'live');
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 2 });
});

test('a page that may not ask the ingest over HTTP comes back all the same', {
  tag: '@firefox',
}, async ({ page, app, ingest, faults }) => {
  const { options } = await startCore(page, app, ingest);
  const { origin } = new URL(options.serverUrl);
  await restrict(page, `connect-src ${origin}`);
  // So long that it asks: from the sixth attempt on.
  await ingest.restart({ downForMs: 8_000 });
  await waitForStatus(page, 'live');
  const attempt = await page.evaluate(() => {
    const { connection } = window.kit.get().getSnapshot();
    return connection.status === 'live' ? connection.recoveringFrom?.attempt : undefined;
  });
  expect(attempt).toBeGreaterThan(5);
  expect(attempt).toBeLessThan(40);
  expect(faults.console.join(' ')).toContain('connect-src');
});

test('a page that may not use workers recovers with its own timers', { tag: '@firefox' }, async ({
  page,
  app,
  ingest,
  faults,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, options);
  await restrict(page, "worker-src 'none'");
  await page.evaluate(() => window.kit.get().start());
  ingest.setFault({ kind: 'cut-socket' }, options.streamKey);
  // Back within milliseconds, it may be live again before anybody looks.
  const history = () => page.evaluate(() => window.kit.history().slice(-3));
  await expect.poll(history).toEqual(['live', 'reconnecting', 'live']);
  await expect.poll(() => ingest.inspect(options.streamKey)?.sessions).toBe(2);
  expect(faults.console.join(' ')).toContain('worker-src');
});

test('nothing is mistaken for silence while muted, black, or sending sound alone', {
  tag: '@firefox',
}, async ({ page, app, ingest }) => {
  const { options } = await startCore(page, app, ingest);
  await record(page);
  const stalls = watchStalls();
  const packets = () => ingest.inspect(options.streamKey)?.packets ?? 0;
  // Each for as long as a couple of hundred packets take, which is some seconds.
  for (const change of ['mute', 'unmute'] as const) {
    await page.evaluate((verb) => {
      for (const kind of ['camera', 'microphone'] as const) window.kit.get()[verb](kind);
    }, change);
    const before = packets();
    await expect.poll(packets).toBeGreaterThan(before + 300);
  }
  await page.evaluate(() => window.kit.get().stop());
  await page.evaluate((given) => {
    window.kit.get().update({ ...given, camera: false });
    return window.kit.get().start();
  }, options);
  const before = packets();
  await expect.poll(packets).toBeGreaterThan(before + 300);
  stalls.end();
  const broken = (await page.evaluate(() => window.steps)).filter(
    ({ step, at }) => step.startsWith('reconnecting') && !stalls.explains(at),
  );
  expect(broken).toEqual([]);
});

test('a second tab is told that the first one is live, and the first one stays so', async ({
  page,
  context,
  app,
  ingest,
}) => {
  const { options } = await startCore(page, app, ingest);
  const second = await context.newPage();
  await openCore(second, app, options);
  const code = await second.evaluate(() =>
    window.kit
      .get()
      .start()
      .then(
        () => null,
        (thrown) => thrown.code,
      ),
  );
  expect(code).toBe('already-live-here');
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
  await page.evaluate(() => window.kit.get().stop());
  await second.evaluate(() => window.kit.get().start());
  await waitForStatus(second, 'live');
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 2 });
});

test('a reload tells the ingest, and goes on when the app asks for it', {
  tag: '@firefox',
}, async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, { ...options, resumeOnReload: true });
  expect(await page.evaluate(() => window.kit.get().resume())).toBe(false);
  await page.evaluate(() => window.kit.get().start());
  await page.reload();
  await expect.poll(() => ingest.inspect(options.streamKey)?.publishing).toBe(false);
  await openCore(page, app, { ...options, resumeOnReload: true });
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(
    options.streamKey,
  );
  expect(await page.evaluate(() => window.kit.get().resume())).toBe(true);
  await waitForStatus(page, 'live');
  await page.evaluate(() => window.kit.get().stop());
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('the browser asks before a live page is left, where the app wants it', async ({
  page,
  app,
  ingest,
}) => {
  const { options } = await openStream(ingest);
  await openCore(page, app, { ...options, warnBeforeLeaving: true });
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  // Browsers ask only where a person has done something.
  await page.mouse.click(1, 1);
  await page.evaluate(() => window.kit.get().start());
  await page.reload();
  expect(asked).toEqual(['beforeunload']);
});

test.describe('an ingest that forgives an interruption for two seconds', () => {
  test.use({ ingestOptions: { resumeTimeoutSeconds: 2 } });

  test('a broadcast goes on with the stream that the app hands over', async ({
    page,
    app,
    ingest,
  }) => {
    const { options } = await openStream(ingest);
    const next = await openStream(ingest);
    await openCore(page, app, {});
    await page.evaluate(
      ([given, renewed]) => {
        let times = 0;
        window.kit.create({
          ...given,
          timeoutSeconds: 2,
          async renew() {
            times += 1;
            Object.assign(window, { renewals: times });
            return renewed;
          },
        });
        return window.kit.get().start();
      },
      [options, next.options] as const,
    );
    ingest.setFault({ kind: 'cut-socket' }, options.streamKey);
    ingest.setFault({ kind: 'not-found' }, options.streamKey);
    await expect
      .poll(() => ingest.inspect(next.options.streamKey)?.publishing, { timeout: 30_000 })
      .toBe(true);
    await waitForStatus(page, 'live');
    expect(await page.evaluate(() => Reflect.get(window, 'renewals'))).toBe(1);
    const history = await page.evaluate(() => window.kit.history());
    expect(history).toEqual(['idle', 'connecting', 'live', 'reconnecting', 'live']);
  });
});
