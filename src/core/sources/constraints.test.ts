import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../../testing/fake-devices.js';
import { installFakeDevices } from '../../testing/fake-devices.js';
import { createBroadcaster } from '../broadcaster.js';
import { cameraConstraints, isPreset, pictureAskedOf, smallerPictures } from './constraints.js';
// Loaded ahead: the clock of these tests doesn't wait for files.
import '../source-watch.js';

describe('a preset', () => {
  const lines = [360, 480, 540, 720, 1080, 1440, 2160] as const;
  const rates = [15, 24, 30, 60] as const;

  it('is 16 by 9 with even sides, at each size and rate', () => {
    for (const height of lines) {
      for (const frameRate of rates) {
        const asked = pictureAskedOf({ preset: `${height}p${frameRate}` });
        expect(asked).toMatchObject({ height, frameRate });
        expect(asked.width % 2).toBe(0);
        expect(asked.width / height).toBeCloseTo(16 / 9, 2);
      }
    }
  });

  it('gives way to numbers beside it, which count as even', () => {
    const asked = pictureAskedOf({ preset: '1080p60', width: 641, frameRate: 25 });
    expect(asked).toEqual({ width: 640, height: 1080, frameRate: 25 });
    expect(pictureAskedOf({ width: 1, height: 359.5 })).toMatchObject({ width: 2, height: 358 });
  });

  it.each(['', '720', '720p', '720p25', '4k', '1080P30', '720p300', 720, null, {}])(
    'is not %o',
    (value) => expect(isPreset(value)).toBe(false),
  );

  it('is asked for as an ideal, in 720p30 unless told otherwise', () => {
    const [width, height, frameRate] = [{ ideal: 1280 }, { ideal: 720 }, { ideal: 30 }];
    expect(cameraConstraints({}, null)).toEqual({ width, height, frameRate });
    expect(cameraConstraints({ preset: '2160p60' }, 'a')).toEqual({
      deviceId: { exact: 'a' },
      width: { ideal: 3840 },
      height: { ideal: 2160 },
      frameRate: { ideal: 60 },
    });
  });
});

describe('the ladder down', () => {
  const rungs = (options: Parameters<typeof smallerPictures>[0]) =>
    smallerPictures(options).map(({ width, height }) => [width, height]);

  it('has only what is smaller, as upright as what was asked for', () => {
    const [hd, small] = [
      [{ ideal: 1280 }, { ideal: 720 }],
      [{ ideal: 640 }, { ideal: 360 }],
    ];
    expect(rungs({ preset: '2160p60' })).toEqual([hd, small]);
    expect(rungs({})).toEqual([small]);
    expect(rungs({ preset: '360p15' })).toEqual([]);
    expect(rungs({ width: 720, height: 1280 })).toEqual([[{ ideal: 360 }, { ideal: 640 }]]);
  });
});

describe('a camera', () => {
  let devices: FakeDevices;
  beforeEach(() => {
    vi.useFakeTimers();
    devices = installFakeDevices();
  });
  afterEach(() => {
    devices.restore();
    vi.useRealTimers();
  });
  const widths = () =>
    devices.asked.flatMap(({ video }) =>
      typeof video === 'object' && typeof video.width === 'object' ? [video.width.ideal] : [],
    );

  it('that does not start at its size is asked for less, after a while', async () => {
    devices.busy('camera-1', 6);
    const broadcaster = createBroadcaster({ camera: { preset: '2160p30' }, microphone: false });
    const opened = broadcaster.preview();
    await vi.advanceTimersByTimeAsync(4_000);
    await opened;
    expect(widths()).toEqual([3840, 3840, 3840, 3840, 3840, 1280, 640]);
    // The size that it really has.
    expect(broadcaster.getSnapshot().camera).toMatchObject({
      status: 'on',
      problem: null,
      capture: { picture: { width: 1280, height: 720, frameRate: 30 } },
    });
    await broadcaster.release();
  });

  it('is opened anew for another size while it is on, and only for that', async () => {
    const broadcaster = createBroadcaster({ microphone: false });
    await Promise.all([broadcaster.preview(), vi.advanceTimersByTimeAsync(10)]);
    broadcaster.update({ microphone: false, camera: { preset: '720p30' } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(widths(), 'the same size').toEqual([1280]);
    broadcaster.update({ microphone: false, camera: { preset: '1080p30' } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(widths()).toEqual([1280, 1920]);
    expect(broadcaster.getSnapshot().camera).toMatchObject({ status: 'on', change: null });
    expect(devices.live()).toHaveLength(1);
    await broadcaster.release();
  });
});
