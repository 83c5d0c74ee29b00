import { execFileSync } from 'node:child_process';
import { findMediaTools } from '../scripts/media-tools.js';
import { CLIP_FRAMES } from './clip.js';
import { AT_FULL_SIZE, expect, startCore, test, waitForStatus } from './fixtures.js';

test('a viewer sees the camera at full size from the first frame, frame by frame, and hears the microphone', async ({
  page,
  app,
  ingest,
}) => {
  const { watchUrl } = await startCore(page, app, ingest, AT_FULL_SIZE);
  await waitForStatus(page, 'live');
  await page.evaluate(() => window.kit.showPreview());
  await page.evaluate((url) => window.kit.watch(url), watchUrl);

  await expect
    .poll(() => page.evaluate(() => window.kit.viewer?.frames.length ?? 0), { timeout: 60_000 })
    .toBeGreaterThan(120);

  const { sent, seen } = await page.evaluate(() => {
    const { preview, viewer } = window.kit;
    return { sent: preview?.frames ?? [], seen: viewer?.frames ?? [] };
  });
  const numbers = seen.flatMap(({ number }) => (number === null ? [] : [number]));
  expect(numbers.length, 'readable frames').toBeGreaterThan(seen.length * 0.9);
  expect(seen.filter(({ width, height }) => width !== 1280 || height !== 720)).toEqual([]);
  for (const [index, number] of numbers.entries()) {
    const previous = numbers[index - 1];
    if (previous === undefined) continue;
    const step = (number - previous + CLIP_FRAMES) % CLIP_FRAMES;
    expect(step, `frame ${number} after ${previous}`).toBeLessThan(CLIP_FRAMES / 2);
  }

  const delays = seen.flatMap(({ number, at }) => {
    const original = sent.findLast((frame) => frame.number === number && frame.at <= at);
    return original === undefined ? [] : [at - original.at];
  });
  expect(delays.length).toBeGreaterThan(30);
  const [p50, p95] = [quantile(delays, 0.5), quantile(delays, 0.95)];
  test.info().annotations.push({ type: 'latency', description: `p50 ${p50} ms, p95 ${p95} ms` });
  process.stdout.write(`picture to picture: p50 ${p50} ms, p95 ${p95} ms\n`);

  await expect
    .poll(() => page.evaluate(() => window.kit.viewer?.toneDb()), {
      message: 'the tone stands out',
    })
    .toBeGreaterThan(20);
});

test('a recording holds both tracks, and decodes without an error', async ({
  page,
  app,
  ingest,
}, info) => {
  const { options } = await startCore(page, app, ingest);
  const file = info.outputPath('recording.mp4');
  await ingest.startRecording(options.streamKey, file);
  const framesNow = async () => ingest.inspect(options.streamKey)?.frames ?? 0;
  const before = await framesNow();
  await expect.poll(framesNow, { timeout: 60_000 }).toBeGreaterThan(before + 90);
  await ingest.stopRecording(options.streamKey);

  const { ffmpeg, ffprobe } = findMediaTools();
  const listing = ['-v', 'error', '-show_entries', 'stream=codec_type,codec_name,width'];
  const probe = execFileSync(ffprobe, [...listing, '-of', 'json', file], { encoding: 'utf8' });
  const { streams } = JSON.parse(probe);
  expect(streams).toContainEqual(expect.objectContaining({ codec_type: 'video' }));
  expect(streams).toContainEqual(
    expect.objectContaining({ codec_type: 'audio', codec_name: 'opus' }),
  );
  const decode = ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-'];
  expect(execFileSync(ffmpeg, decode, { encoding: 'utf8' })).toBe('');
});

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
}

test('an independent player shows the same frames', async ({ page, context, app, ingest }) => {
  const { watchUrl } = await startCore(page, app, ingest);
  const viewer = await context.newPage();
  await viewer.goto(`${app.pageUrl('oven-player')}#${encodeURIComponent(watchUrl)}`);
  await expect
    .poll(
      () =>
        viewer.evaluate(
          () => window.shown()?.frames.filter(({ number }) => number !== null).length ?? 0,
        ),
      { timeout: 60_000 },
    )
    .toBeGreaterThan(60);
});
