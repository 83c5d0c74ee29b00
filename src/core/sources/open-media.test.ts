import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceBehaviour, FakeDevice, FakeDevices } from '../../testing/fake-devices.js';
import { installFakeDevices } from '../../testing/fake-devices.js';
import type { BroadcasterInstance } from '../broadcaster.js';
import { createBroadcaster } from '../broadcaster.js';
// Loaded ahead: the clock of these tests doesn't wait for files.
import '../source-watch.js';
import type { BroadcasterOptions } from '../options.js';

const MACHINE: readonly FakeDevice[] = [
  { kind: 'camera', deviceId: 'c1', label: 'Built-in camera' },
  { kind: 'camera', deviceId: 'c2', label: 'Capture card' },
  { kind: 'microphone', deviceId: 'm1', label: 'Built-in microphone' },
  { kind: 'microphone', deviceId: 'm2', label: 'Headset' },
];

let devices: FakeDevices;
let broadcaster: BroadcasterInstance;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  await broadcaster.release();
  expect(devices.live(), 'no light stays on').toEqual([]);
  devices.restore();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const onMachine = (camera?: DeviceBehaviour, microphone?: DeviceBehaviour) => {
  devices = installFakeDevices(camera, microphone);
  devices.list(MACHINE);
  return devices;
};

/** Opens a preview, and lets as much time pass as opening may take. */
const preview = async (options: BroadcasterOptions) => {
  broadcaster = createBroadcaster(options);
  void broadcaster.preview().catch(() => {});
  await vi.advanceTimersByTimeAsync(3_500);
  return broadcaster.getSnapshot();
};

const open = (deviceId: string) => ({ status: 'on', capture: { deviceId } });
const GONE = 'an-id-of-last-week';

describe('a chosen device that is gone', () => {
  it.each([
    ['the camera', GONE, 'm2', ['c1', 'm2']],
    ['the microphone', 'c2', GONE, ['c2', 'm1']],
    ['both', GONE, GONE, ['c1', 'm1']],
  ] as const)(
    '%s: another one is opened, and it is said',
    async (_, camera, microphone, opened) => {
      const { asked } = onMachine();
      const state = await preview({
        camera: { deviceId: camera },
        microphone: { deviceId: microphone },
      });
      expect(state.camera).toMatchObject({ deviceId: camera, ...open(opened[0]) });
      expect(state.microphone).toMatchObject({ deviceId: microphone, ...open(opened[1]) });
      for (const source of [state.camera, state.microphone]) {
        const problem = source.deviceId === GONE ? { code: 'constraints-not-met' } : null;
        if (problem === null) expect(source).toMatchObject({ problem });
        else expect(source).toMatchObject({ problem });
      }
      const isForBoth = asked.map(({ video, audio }) => Boolean(video) && Boolean(audio));
      expect(isForBoth, 'its user is asked once').not.toContain(false);
    },
  );

  it.each(['OverconstrainedError', 'NotFoundError', 'TypeError'])(
    'is known by the name %s, too',
    async (name) => {
      onMachine().busy(GONE, 9, name);
      const { camera } = await preview({ camera: { deviceId: GONE }, microphone: false });
      const problem: unknown = { message: expect.stringContaining('camera') };
      expect(camera).toMatchObject({ ...open('c1'), problem });
    },
  );

  it('can be chosen once it is there, and others before', async () => {
    onMachine();
    await preview({ camera: { deviceId: GONE }, microphone: false });
    devices.list([...MACHINE, { kind: 'camera', deviceId: GONE, label: 'Lost and found' }]);
    broadcaster.select('camera', GONE);
    await vi.advanceTimersByTimeAsync(100);
    expect(broadcaster.getSnapshot().camera).toMatchObject({ ...open(GONE), problem: null });
  });

  it('does not loop where there is no other', async () => {
    const { asked } = onMachine();
    devices.list(MACHINE.filter(({ kind }) => kind === 'microphone'));
    const state = await preview({ camera: { deviceId: GONE } });
    expect(state.camera).toMatchObject({ status: 'failed', error: { code: 'device-not-found' } });
    expect(state.microphone.status).toBe('on');
    expect(state.devices).toMatchObject({ status: 'listed', microphones: [{}, {}] });
    const before = asked.length;
    devices.list(MACHINE);
    await vi.advanceTimersByTimeAsync(100);
    expect(broadcaster.getSnapshot().camera, 'opened as it appears').toMatchObject(open('c1'));
    expect(asked.length - before).toBeLessThan(4);
  });

  it('is not taken for another one that the user refuses', async () => {
    const { asked } = onMachine('DENIED', 'DENIED');
    const state = await preview({ camera: { deviceId: 'c1' }, microphone: { deviceId: 'm1' } });
    expect(state.camera).toMatchObject({ status: 'failed', error: { code: 'permission-denied' } });
    expect(asked).toHaveLength(1);
  });

  it('gives way to one that starts, where it is held by another program', async () => {
    onMachine().busy('c2', 99);
    const { camera } = await preview({ camera: { deviceId: 'c2' } });
    expect(camera).toMatchObject({ ...open('c1'), problem: { code: 'device-in-use' } });
  });
});

describe('wishes that a device refuses', () => {
  it('are given up before the device is', async () => {
    onMachine();
    const { mediaDevices } = navigator;
    const { getUserMedia } = mediaDevices;
    mediaDevices.getUserMedia = async (wish) => {
      const { video } = wish ?? {};
      if (typeof video === 'object' && video.width !== undefined) {
        throw new DOMException('width', 'OverconstrainedError');
      }
      return getUserMedia(wish);
    };
    const { camera } = await preview({ camera: { width: 7_680 }, microphone: false });
    expect(camera).toMatchObject({ status: 'on', problem: null });
  });
});

describe('a device that is not free yet', () => {
  it.each(['NotReadableError', 'AbortError', 'InvalidStateError'])(
    'is opened as soon as it is: %s',
    async (name) => {
      for (const [kind, deviceId] of [
        ['camera', 'c1'],
        ['microphone', 'm1'],
      ] as const) {
        onMachine().busy(deviceId, 4, name);
        broadcaster = createBroadcaster();
        void broadcaster.preview();
        await vi.advanceTimersByTimeAsync(300);
        expect(broadcaster.getSnapshot()[kind].status, 'said meanwhile').toBe('opening');
        await vi.advanceTimersByTimeAsync(3_000);
        const { camera, microphone } = broadcaster.getSnapshot();
        expect([camera.status, microphone.status]).toEqual(['on', 'on']);
        await broadcaster.release();
      }
    },
  );

  it('does not keep the other kind waiting', async () => {
    onMachine().busy('c1', 99);
    broadcaster = createBroadcaster();
    void broadcaster.preview().catch(() => {});
    await vi.advanceTimersByTimeAsync(100);
    const { camera, microphone } = broadcaster.getSnapshot();
    expect([camera.status, microphone.status]).toEqual(['opening', 'on']);
  });

  it('is opened with the other one that is not free either', async () => {
    onMachine().busy('c1', 3);
    devices.busy('m1', 2, 'AbortError');
    const { camera, microphone } = await preview({});
    expect([camera.status, microphone.status]).toEqual(['on', 'on']);
  });

  it('is given up on after about three seconds', async () => {
    const { asked } = onMachine('IN_USE', 'IN_USE');
    const { camera, microphone } = await preview({});
    expect(camera).toMatchObject({ status: 'failed', error: { code: 'device-in-use' } });
    expect(microphone).toMatchObject({ status: 'failed', error: { code: 'device-in-use' } });
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length, 'and not asked for again').toBe(before);
    expect(before).toBeLessThan(16);
  });

  it('may end as it begins, and start the next time', async () => {
    const { asked } = onMachine();
    const { mediaDevices } = navigator;
    const { getUserMedia } = mediaDevices;
    mediaDevices.getUserMedia = async (wish) => {
      const stream = await getUserMedia(wish);
      if (asked.length < 3) stream.getVideoTracks()[0]?.stop();
      return stream;
    };
    const { camera } = await preview({ microphone: false });
    expect(camera).toMatchObject({ status: 'on', problem: null });
  });

  it('may end a moment after it began, but not for ever', async () => {
    const { asked, tracks } = onMachine();
    const { mediaDevices } = navigator;
    const { getUserMedia } = mediaDevices;
    mediaDevices.getUserMedia = async (wish) => {
      const stream = await getUserMedia(wish);
      setTimeout(() => tracks.at(-1)?.unplug(), 50);
      return stream;
    };
    await preview({ microphone: false });
    await vi.advanceTimersByTimeAsync(60_000);
    const { camera } = broadcaster.getSnapshot();
    expect(camera).toMatchObject({ status: 'failed', error: { code: 'device-lost' } });
    expect(asked.length).toBeLessThan(9);
  });

  it('is not opened after it was released meanwhile', async () => {
    const { asked } = onMachine('IN_USE');
    broadcaster = createBroadcaster();
    void broadcaster.preview().catch(() => {});
    await vi.advanceTimersByTimeAsync(300);
    await broadcaster.release();
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.length).toBe(before);
  });
});

describe('the permissions policy', () => {
  const forbid = (...features: readonly string[]) => {
    const known = ['camera', 'microphone'];
    const policy = {
      features: () => known,
      allowsFeature: (feature: string) => known.includes(feature) && !features.includes(feature),
    };
    vi.stubGlobal('document', { featurePolicy: policy });
  };

  it('is asked first: nothing that it forbids is tried', async () => {
    const { asked } = onMachine();
    forbid('camera', 'microphone');
    const { camera, microphone } = await preview({});
    const refused = { status: 'failed', error: { code: 'permission-denied-by-policy' } };
    expect(camera).toMatchObject(refused);
    expect(microphone).toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  it.each([
    ['camera', 'microphone'],
    ['microphone', 'camera'],
  ] as const)('forbids the %s alone: the %s works', async (forbidden, allowed) => {
    const { asked } = onMachine();
    forbid(forbidden);
    const state = await preview({});
    expect(state[forbidden]).toMatchObject({ error: { code: 'permission-denied-by-policy' } });
    expect(state[allowed].status).toBe('on');
    expect(asked).toHaveLength(1);
  });

  it('forbids nothing that it does not know', async () => {
    onMachine();
    const policy = { features: () => [], allowsFeature: () => false };
    vi.stubGlobal('document', { permissionsPolicy: policy });
    const { camera, microphone } = await preview({});
    expect([camera.status, microphone.status]).toEqual(['on', 'on']);
  });
});
