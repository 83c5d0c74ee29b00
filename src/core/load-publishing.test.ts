import { expect, it, vi } from 'vitest';
import { createPublishing } from './load-publishing.js';
import * as part from './publishing.js';

const live = new AbortController().signal;
const notFound = new TypeError('Failed to fetch dynamically imported module');

it('hands over the part, and loads it once for all who need it', async () => {
  const load = vi.fn(async () => part);
  const publishing = createPublishing(load);
  expect(await Promise.all([publishing(live), publishing(live)])).toEqual([part, part]);
  expect(await publishing(live)).toBe(part);
  expect(load).toHaveBeenCalledTimes(1);
});

it('says that the part cannot be had, with what the browser says, and tries again when asked again', async () => {
  const load = vi.fn(async () => part);
  load.mockRejectedValueOnce(notFound);
  const publishing = createPublishing(load);
  await expect(publishing(live)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('reload the page'),
    cause: notFound,
  });
  expect(await publishing(live)).toBe(part);
});

it('waits for a part that is slow for 10 s, and has it for the next who asks', async () => {
  vi.useFakeTimers();
  let arrive: (loaded: typeof part) => void = () => {};
  const onItsWay = new Promise<typeof part>((resolve) => {
    arrive = resolve;
  });
  const publishing = createPublishing(() => onItsWay);
  const first = expect(publishing(live)).rejects.toMatchObject({ code: 'unreachable' });
  await vi.advanceTimersByTimeAsync(10_000);
  await first;
  vi.useRealTimers();
  const next = publishing(live);
  arrive(part);
  expect(await next).toBe(part);
});

it('keeps nobody waiting who does not want it any more', async () => {
  const life = new AbortController();
  const waited = createPublishing(() => new Promise(() => {}))(life.signal);
  life.abort(new DOMException('Over.', 'AbortError'));
  await expect(waited).rejects.toMatchObject({ name: 'AbortError' });
});
