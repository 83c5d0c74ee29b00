import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, openStream, test } from './fixtures.js';

/** `npm start`, on free ports; `stop` is Ctrl-C and answers with the exit code. */
async function startDemo(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const directory = await mkdtemp(join(tmpdir(), 'ingest-'));
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'demo/start.ts'], {
    env: { ...process.env, PORT: '0', INGEST_PORT: '0', INGEST_DIRECTORY: directory },
    // What the demo's server says of an ingest that restarts belongs to the test, not to its log.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  let printed = '';
  child.stdout?.on('data', (text) => {
    printed += text;
  });
  await expect.poll(() => printed, { timeout: 60_000 }).toContain('Ctrl-C');
  const [url = ''] = printed.match(/http:\/\/\S+/) ?? [];
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      const [code] = await exited;
      await rm(directory, { recursive: true });
      return code;
    },
  };
}

test('one command starts it all: go live, watch yourself, and stop with Ctrl-C', async ({
  page,
}) => {
  const demo = await startDemo();
  const key = page.getByLabel('Stream key');
  await page.goto(demo.url);
  await page.getByRole('button', { name: 'Turn on camera', exact: true }).click();
  await page.getByRole('button', { name: 'Go live', exact: true }).click();
  await expect(page.locator('[data-status=live]')).toBeVisible();
  await expect(page.getByTestId('latency')).toContainText(/\d s behind you/, { timeout: 60_000 });
  await expect(page.locator('[aria-current=step]')).toHaveText('Live');

  const secret = await key.inputValue();
  expect(secret.length).toBeGreaterThan(10);
  await expect(key).toHaveAttribute('type', 'password');
  await expect(page.locator('body')).not.toContainText(secret);
  await page.getByRole('button', { name: 'Reveal' }).click();
  await expect(key).toHaveAttribute('type', 'text');

  await page.getByText('Break something').click();
  await page.getByRole('button', { name: /Restart the ingest/ }).click();
  await expect(page.locator('[data-status=reconnecting]')).toBeVisible();
  await expect(page.locator('[data-status=live]')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('The ingest is back')).toBeVisible();
  await expect(page.locator('body')).not.toContainText(secret);
  expect(await demo.stop()).toBe(0);
});

test('the same page publishes to any address, from the query string too', async ({
  page,
  ingest,
}) => {
  const demo = await startDemo();
  const { options } = await openStream(ingest);
  const { serverUrl, streamKey } = options;
  await page.goto(`${demo.url}?u=${encodeURIComponent(serverUrl)}`);
  await expect(page.getByLabel('Server URL')).not.toHaveValue(new RegExp(streamKey));
  await expect(page.getByLabel('Stream key')).toHaveValue(streamKey);
  await page.getByRole('button', { name: 'Turn on camera', exact: true }).click();
  await page.getByRole('button', { name: 'Go live', exact: true }).click();
  await expect(page.locator('[data-status=live]')).toBeVisible();
  expect(ingest.inspect(streamKey)?.publishing).toBe(true);
  await demo.stop();
});
