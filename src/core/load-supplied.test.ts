import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeTrack } from '../testing/fake-devices.js';
import { createSuppliedOpener } from './load-supplied.js';
import type { OpenedMedia } from './sources/open-media.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const track = new FakeTrack('video', '') as unknown as MediaStreamTrack;
const device: OpenedMedia = { track, problem: null };
const wishOf = (supply: object, signal = new AbortController().signal) => ({
  kind: 'camera' as const,
  choices: [],
  pausesMs: [],
  smaller: [],
  target: null,
  before: null,
  signal,
  supply: { source: undefined, processor: undefined, key: undefined, preset: {}, ...supply },
  openDevice: async () => device,
});

it.each([
  ['is not there', () => Promise.reject(new Error('404'))],
  ['never comes', () => new Promise<never>(() => {})],
])(
  'where its code %s, a device goes out as it is, and a source of the app fails',
  async (_, load) => {
    const open = createSuppliedOpener(load);
    const processed = open(wishOf({ processor: () => track }));
    const supplied = open(wishOf({ source: track }));
    supplied.catch(() => {});
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(processed).resolves.toMatchObject({ track, problem: { code: 'unreachable' } });
    await expect(supplied).rejects.toMatchObject({ code: 'unreachable' });
  },
);

it('asks for the code again the next time', async () => {
  const openSupplied = vi.fn(async () => device);
  const load = vi.fn().mockRejectedValueOnce(new Error('404')).mockResolvedValue({ openSupplied });
  const open = createSuppliedOpener(load);
  await expect(open(wishOf({ source: track }))).rejects.toMatchObject({ code: 'unreachable' });
  await expect(open(wishOf({ source: track }))).resolves.toBe(device);
});

it('opens nothing for a wish that is over', async () => {
  const life = new AbortController();
  const open = createSuppliedOpener(() => new Promise(() => {}));
  const opened = open(wishOf({ processor: () => track }, life.signal));
  life.abort();
  await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
});
