import { expect, it, vi } from 'vitest';
import { createOnceLive } from './load-once-live.js';
import * as part from './once-live.js';

const live = new AbortController().signal;

it('hands over the part, and loads it once for all who need it', async () => {
  const load = vi.fn(async () => part);
  const log = vi.fn();
  const onceLive = createOnceLive(log, load);
  const use = vi.fn(async () => {});
  await Promise.all([onceLive(use, live), onceLive(use, live)]);
  expect(use.mock.calls).toEqual([[part], [part]]);
  expect(load).toHaveBeenCalledTimes(1);
  expect(log).not.toHaveBeenCalled();
});

it('goes on without a part that cannot be loaded, says so once, and tries again at the next use', async () => {
  const load = vi.fn(async () => part);
  load.mockRejectedValueOnce(new TypeError('Failed to fetch dynamically imported module'));
  const log = vi.fn();
  const onceLive = createOnceLive(log, load);
  const use = vi.fn(async () => {});
  await Promise.all([onceLive(use, live), onceLive(use, live), onceLive(use, live)]);
  expect(use).not.toHaveBeenCalled();
  expect(log.mock.calls).toEqual([['warn', expect.stringContaining('could not be loaded')]]);
  await onceLive(use, live);
  expect(use).toHaveBeenCalledTimes(1);
});

it('begins nothing for a broadcast that ended meanwhile', async () => {
  const life = new AbortController();
  const use = vi.fn(async () => {});
  const used = createOnceLive(vi.fn(), async () => part)(use, life.signal);
  life.abort();
  await used;
  expect(use).not.toHaveBeenCalled();
});
