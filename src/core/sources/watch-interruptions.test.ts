import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevices, FakeTrack } from '../../testing/fake-devices.js';
import { installFakeDevices } from '../../testing/fake-devices.js';
import type { BroadcasterEvent, StampedEvent } from '../events.js';
import { runWork } from '../foundation/run-work.js';
import { createStore, type Store } from '../foundation/store.js';
import type { UseSourceWatch } from '../load-source-watch.js';
import { parseOptions } from '../parse-options.js';
import { keepFlowing, listDevices, readPermissions } from '../source-watch.js';
import { sourceWatchWorks, sourceWorks } from '../source-works.js';
import type { BroadcasterState } from '../state.js';
import { INITIAL_STATE } from '../state.js';
import { transition } from '../transition.js';

const LIVE: BroadcasterState = {
  ...INITIAL_STATE,
  connection: {
    status: 'live',
    since: 0,
    sessionId: 7,
    sent: { video: 'taken', audio: 'taken' },
    recoveringFrom: null,
  },
};

let devices: FakeDevices;
let store: Store<BroadcasterState, StampedEvent>;
let dispatch: (event: BroadcasterEvent) => void;
const seen = { visibilityState: 'visible' };
let page: EventTarget;
let orientation: EventTarget;

beforeEach(async () => {
  vi.useFakeTimers();
  devices = installFakeDevices();
  page = Object.assign(new EventTarget(), seen);
  orientation = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('screen', { orientation });
  let stamps = 0;
  store = createStore<BroadcasterState, StampedEvent>(LIVE, transition);
  dispatch = (event) => {
    stamps += 1;
    store.dispatch({ ...event, at: Date.now(), id: stamps, random: 0.5 });
  };
  const part = { keepFlowing, listDevices, readPermissions };
  const sourceWatch: UseSourceWatch = (use) => use(part);
  const context = {
    store,
    dispatch,
    settings: () => parseOptions({}, () => {}),
    isWatched: () => true,
    sourceWatch,
  };
  for (const workFor of [...sourceWorks(context), ...sourceWatchWorks(context)]) {
    runWork(store, workFor, (thrown) => {
      throw thrown;
    });
  }
  dispatch({ type: 'preview-requested' });
  await pass(10);
});
afterEach(async () => {
  dispatch({ type: 'release-requested' });
  await pass(10);
  expect(devices.live(), 'no light stays on').toEqual([]);
  devices.restore();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** Seconds of statistics in which camera and microphone gave so much. */
const measure = async (seconds: number, frames: number, soundBits = 64_000) => {
  for (let second = 0; second < seconds; second += 1) {
    await pass(1_000);
    const sample = { at: Date.now(), sourceFramesPerSecond: frames, audioBitsPerSecond: soundBits };
    dispatch({ type: 'stats-sampled', sample });
  }
};
const track = (kind: 'audio' | 'video') =>
  devices.live().find((one) => one.kind === kind) as FakeTrack;
const camera = () => store.getSnapshot().camera;
const look = (visibilityState: 'visible' | 'hidden') => {
  Object.assign(page, { visibilityState });
  page.dispatchEvent(new Event('visibilitychange'));
};

describe('a device that gives nothing', () => {
  it.each([
    ['camera', 'video', 0, 64_000],
    ['microphone', 'audio', 30, 0],
  ] as const)(
    'is taken anew, whatever the flags of its %s say',
    async (kind, media, frames, bits) => {
      const before = track(media);
      await measure(2, frames, bits);
      expect(store.getSnapshot()[kind]).not.toHaveProperty('interrupted');
      await measure(1, frames, bits);
      expect(before).toMatchObject({ readyState: 'live', muted: false });
      expect(store.getSnapshot()[kind]).toMatchObject({ interrupted: { cause: 'still' } });
      await pass(2_000);
      expect(before.readyState).toBe('ended');
      expect(track(media)).not.toBe(before);
      expect(store.getSnapshot()[kind]).toMatchObject({
        status: 'on',
        change: null,
        problem: null,
      });
      expect(store.getSnapshot()[kind]).not.toHaveProperty('interrupted');
      expect(devices.live()).toHaveLength(2);
    },
  );

  it('is taken anew less and less often while that does not help', async () => {
    const { length } = devices.asked;
    await measure(120, 0);
    const tries = devices.asked.length - length;
    expect(tries).toBeGreaterThanOrEqual(4);
    expect(tries).toBeLessThanOrEqual(7);
    await measure(60, 30);
    await measure(5, 0);
    await pass(2_000);
    expect(devices.asked.length - length, 'it had recovered').toBeGreaterThan(tries);
  });

  it('stays what it was where it cannot be taken anew, until it can', async () => {
    devices.busy('camera-1', 99);
    await measure(3, 0);
    await pass(8_000);
    expect(camera()).toMatchObject({ status: 'failed' });
    devices.busy('camera-1', 0);
    await pass(12_000);
    expect(camera()).toMatchObject({ status: 'on' });
  });

  it('waits where the page is hidden, and is taken anew once it is seen', async () => {
    const before = track('video');
    look('hidden');
    await measure(20, 0);
    expect(track('video')).toBe(before);
    look('visible');
    await pass(2_000);
    expect(track('video')).not.toBe(before);
  });

  it('is no news while its user hides it', async () => {
    dispatch({ type: 'source-muted', kind: 'microphone', muted: true });
    const { length } = devices.asked;
    await measure(20, 30, 0);
    expect(store.getSnapshot().microphone).not.toHaveProperty('interrupted');
    expect(devices.asked).toHaveLength(length);
  });
});

describe('a device that the system holds', () => {
  it('is interrupted until it is let go', async () => {
    track('video').hold();
    await pass(1_100);
    expect(camera()).toMatchObject({ status: 'on', interrupted: { cause: 'held' } });
    const { length } = devices.asked;
    track('video').letGo();
    expect(camera()).not.toHaveProperty('interrupted');
    await measure(20, 30);
    expect(devices.asked).toHaveLength(length);
  });

  it('is no news when that was over at once', async () => {
    track('audio').hold();
    await pass(300);
    track('audio').letGo();
    await pass(5_000);
    expect(store.getSnapshot().microphone).not.toHaveProperty('interrupted');
  });

  it('goes on as soon as it gives something, though nobody says so', async () => {
    track('video').hold();
    const { length } = devices.asked;
    await pass(500);
    await measure(1, 30);
    expect(camera()).not.toHaveProperty('interrupted');
    await pass(5_000);
    expect(devices.asked, 'nothing is taken anew').toHaveLength(length);
  });

  it('is taken anew when it is let go and gives nothing, as after a call on iOS', async () => {
    const before = track('video');
    before.hold();
    await measure(1, 0);
    before.letGo();
    await measure(4, 0);
    await pass(6_000);
    expect(before.readyState).toBe('ended');
    expect(camera()).toMatchObject({ status: 'on', capture: { track: { readyState: 'live' } } });
  });

  it('is taken anew when it is never let go', async () => {
    const before = track('audio');
    before.hold();
    await pass(4_000);
    expect(track('audio')).not.toBe(before);
    expect(track('audio').muted).toBe(false);
  });
});

it('a camera that another app took is asked for again when the page is seen', async () => {
  devices.busy('camera-1', 99);
  look('hidden');
  track('video').unplug();
  await pass(10_000);
  expect(camera()).toMatchObject({ status: 'failed' });
  devices.busy('camera-1', 0);
  look('visible');
  await pass(100);
  expect(camera()).toMatchObject({ status: 'on' });
});

it('a phone that is turned shows its new size, in the same capture', async () => {
  const before = camera();
  const turned = { width: 720, height: 1280, frameRate: 30 };
  vi.spyOn(track('video'), 'getSettings').mockReturnValue(turned);
  orientation.dispatchEvent(new Event('change'));
  await pass(2_000);
  const request = before.status === 'on' ? before.request : 0;
  expect(camera()).toMatchObject({ status: 'on', request, capture: { picture: turned } });
});
