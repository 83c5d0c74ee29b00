import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevice, FakeDevices } from '../../testing/fake-devices.js';
import { installFakeDevices } from '../../testing/fake-devices.js';
import type { BroadcasterInstance } from '../broadcaster.js';
import { createBroadcaster } from '../broadcaster.js';
// Loaded ahead: the clock of these tests doesn't wait for files.
import '../source-watch.js';

const MACHINE: readonly FakeDevice[] = [
  { kind: 'camera', deviceId: 'camera-1', label: 'Built-in camera' },
  { kind: 'camera', deviceId: 'camera-2', label: 'Capture card' },
  { kind: 'camera', deviceId: 'camera-3', label: 'Virtual camera' },
  { kind: 'microphone', deviceId: 'microphone-1', label: 'Built-in microphone' },
  { kind: 'microphone', deviceId: 'microphone-2', label: 'Headset' },
];

let devices: FakeDevices;
let broadcaster: BroadcasterInstance;

beforeEach(() => {
  vi.useFakeTimers();
  devices = installFakeDevices();
  devices.list(MACHINE);
  broadcaster = createBroadcaster();
});
afterEach(async () => {
  await broadcaster.release();
  expect(devices.live(), 'no light stays on').toEqual([]);
  devices.restore();
  vi.useRealTimers();
});

const pass = (ms = 1_500) => vi.advanceTimersByTimeAsync(ms);
const preview = async () => {
  void broadcaster.preview();
  await pass();
};
const open = (deviceId: string) => ({ status: 'on', change: null, capture: { deviceId } });
const ids = () => devices.live().map(({ deviceId }) => deviceId);

describe.each(['camera', 'microphone'] as const)('a change of the %s', (kind) => {
  const [first, second] = [`${kind}-1`, `${kind}-2`];
  const source = () => broadcaster.getSnapshot()[kind];

  it.each([
    'NotReadableError',
    'AbortError',
    'OverconstrainedError',
    'NotAllowedError',
    'UnknownError',
  ])('that fails with %s keeps what it had', async (name) => {
    await preview();
    devices.busy(second, 99, name);
    broadcaster.select(kind, second);
    expect(source()).toMatchObject({ status: 'on', deviceId: second, change: { target: second } });
    await pass();
    expect(source()).toMatchObject({ ...open(first), deviceId: null, problem: {} });
    expect(ids()).toContain(first);
    expect(devices.live()).toHaveLength(2);
  });

  it('interrupts nothing until the other one is open, and nothing at all if it is refused', async () => {
    await preview();
    const before = source();
    devices.behave(
      kind === 'camera' ? 'DISMISSED' : 'ALLOWED',
      kind === 'camera' ? 'ALLOWED' : 'DISMISSED',
    );
    const answer = devices.hold();
    broadcaster.select(kind, second);
    await pass(60_000);
    expect(devices.live()).toHaveLength(2);
    answer();
    await pass();
    const capture = before.status === 'on' ? before.capture : null;
    expect(source()).toMatchObject({ ...open(first), capture });
    expect(source()).toMatchObject({ problem: { code: 'permission-dismissed' } });
  });

  it('works where only one can be open at a time', async () => {
    devices.openOnlyOne();
    await preview();
    broadcaster.select(kind, second);
    await pass();
    expect(source()).toMatchObject({ ...open(second), problem: null });
  });

  it.each([
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1',
  ])('closes the old one first where the other would end beside it: %s', async (userAgent) => {
    Object.assign(navigator, { userAgent });
    devices.endTheSecond();
    await preview();
    const { length } = devices.asked;
    broadcaster.select(kind, second);
    await pass();
    expect(source()).toMatchObject({ ...open(second), problem: null });
    expect(devices.asked, 'the first try did it').toHaveLength(length + 1);
    devices.busy(first, 99);
    broadcaster.select(kind, first);
    await pass(4_000);
    expect(source()).toMatchObject({ ...open(second), problem: { code: 'device-in-use' } });
  });

  it('opens the old one anew where only one can be open, and the other one fails', async () => {
    devices.openOnlyOne();
    await preview();
    devices.busy(second, 99);
    broadcaster.select(kind, second);
    await pass();
    expect(source()).toMatchObject({ ...open(first), problem: { code: 'device-in-use' } });
    expect(ids()).toContain(first);
  });

  it('waits a moment for one that is not free yet', async () => {
    await preview();
    devices.busy(second, 3);
    broadcaster.select(kind, second);
    await pass();
    expect(source()).toMatchObject({ ...open(second), problem: null });
  });

  it('keeps the mute, and lets what comes after it go where it is chosen', async () => {
    await preview();
    broadcaster.mute(kind);
    devices.busy(second, 99);
    broadcaster.select(kind, second);
    await pass();
    expect(source()).toMatchObject({ ...open(first), muted: true });
    devices.busy(second, 0);
    broadcaster.select(kind, second);
    await pass();
    expect(source()).toMatchObject({ ...open(second), muted: true, problem: null });
    expect(devices.live().every(({ enabled, deviceId }) => enabled !== (deviceId === second))).toBe(
      true,
    );
  });

  it('is over, whatever happened, when its user keeps what is on', async () => {
    await preview();
    devices.busy(second, 99);
    broadcaster.select(kind, second);
    await pass();
    const { length } = devices.asked;
    broadcaster.select(kind, first);
    await pass();
    expect(source()).toMatchObject({ ...open(first), deviceId: first, problem: null });
    expect(devices.asked).toHaveLength(length);
  });

  it('goes on when the old one is lost meanwhile', async () => {
    await preview();
    const answer = devices.hold();
    broadcaster.select(kind, second);
    await pass(100);
    devices.tracks.find(({ deviceId }) => deviceId === first)?.unplug();
    answer();
    await pass();
    expect(source()).toMatchObject({ ...open(second), problem: null });
  });

  it('ends in a failure only when nothing is left', async () => {
    await preview();
    const answer = devices.hold();
    broadcaster.select(kind, second);
    await pass(100);
    devices.list(MACHINE.filter((device) => device.kind !== kind));
    devices.tracks.find(({ deviceId }) => deviceId === first)?.unplug();
    answer();
    await pass(5_000);
    expect(source()).toMatchObject({ status: 'failed', error: { code: 'device-not-found' } });
  });
});

describe('fast choices', () => {
  it('end with the latest, whatever opens first', async () => {
    await preview();
    const answer = devices.hold();
    for (const id of ['camera-2', 'camera-3', 'camera-1', 'camera-2', 'camera-3']) {
      broadcaster.select('camera', id);
      await pass(10);
    }
    answer();
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject({
      ...open('camera-3'),
      deviceId: 'camera-3',
      problem: null,
    });
    expect(devices.live()).toHaveLength(2);
  });

  it('go back to the last that worked when the latest fails', async () => {
    await preview();
    broadcaster.select('camera', 'camera-2');
    await pass();
    devices.busy('camera-3', 99);
    devices.busy('camera-1', 99);
    broadcaster.select('camera', 'camera-3');
    broadcaster.select('camera', 'camera-1');
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject({
      ...open('camera-2'),
      deviceId: 'camera-2',
      problem: { code: 'device-in-use' },
    });
  });

  it('are for the next opening while nothing is open', async () => {
    broadcaster.select('camera', 'camera-2');
    expect(devices.asked).toEqual([]);
    await preview();
    expect(broadcaster.getSnapshot().camera).toMatchObject(open('camera-2'));
  });

  it.each([undefined, '', 7, {}, 'default'])('may be %o for the default', async (id) => {
    await preview();
    broadcaster.select('camera', 'camera-2');
    await pass();
    broadcaster.select('camera', id as string);
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject({ ...open('camera-1'), deviceId: null });
  });
});

describe('a device that is lost', () => {
  it('is replaced, stays wanted, and can be chosen again', async () => {
    broadcaster = createBroadcaster({ camera: { deviceId: 'camera-2' } });
    await preview();
    devices.list(MACHINE.filter(({ deviceId }) => deviceId !== 'camera-2'));
    devices.tracks.find(({ deviceId }) => deviceId === 'camera-2')?.unplug();
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject({
      ...open('camera-1'),
      deviceId: 'camera-2',
      problem: { code: 'device-lost' },
    });
    devices.list(MACHINE);
    broadcaster.select('camera', 'camera-2');
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject({ ...open('camera-2'), problem: null });
  });

  describe('and replaced', () => {
    const wanted = 'camera-2';
    const without = MACHINE.filter(({ deviceId }) => deviceId !== wanted);
    const lose = async () => {
      await preview();
      devices.list(without);
      devices.tracks.find(({ deviceId }) => deviceId === wanted)?.unplug();
      await pass();
      expect(broadcaster.getSnapshot().camera).toMatchObject(open('camera-1'));
    };

    it('is taken back when it is there again', async () => {
      broadcaster = createBroadcaster({ camera: { deviceId: wanted } });
      await lose();
      devices.list(MACHINE);
      await pass();
      const back = { ...open(wanted), deviceId: wanted, problem: null };
      expect(broadcaster.getSnapshot().camera).toMatchObject(back);
      expect(devices.live()).toHaveLength(2);
    });

    it('is the wanted one again where it was muted meanwhile, and so had none in its place', async () => {
      broadcaster = createBroadcaster({ camera: { deviceId: wanted } });
      await preview();
      broadcaster.mute('camera');
      devices.list(without);
      devices.tracks.find(({ deviceId }) => deviceId === wanted)?.unplug();
      await pass();
      expect(broadcaster.getSnapshot().camera).toMatchObject({ status: 'paused', muted: true });
      expect(devices.live().map(({ kind }) => kind)).toEqual(['audio']);
      devices.list(MACHINE);
      broadcaster.unmute('camera');
      await pass();
      expect(broadcaster.getSnapshot().camera).toMatchObject({ ...open(wanted), problem: null });
    });

    it('is known by its name where the browser gives it another id', async () => {
      broadcaster = createBroadcaster({ camera: { deviceId: wanted } });
      await lose();
      const again = { kind: 'camera', deviceId: 'camera-new', label: 'Capture card' } as const;
      devices.list([...without, again]);
      await pass();
      const back = { ...open('camera-new'), deviceId: 'camera-new', problem: null };
      expect(broadcaster.getSnapshot().camera).toMatchObject(back);
    });

    it('leaves the one that stands in where that was kept by hand', async () => {
      broadcaster = createBroadcaster({ camera: { deviceId: wanted } });
      await lose();
      broadcaster.select('camera', 'camera-1');
      devices.list(MACHINE);
      await pass();
      expect(broadcaster.getSnapshot().camera).toMatchObject(open('camera-1'));
    });

    it('leaves the one that stands in where the app says so', async () => {
      broadcaster = createBroadcaster({ camera: { deviceId: wanted }, returnToDevice: false });
      await lose();
      devices.list(MACHINE);
      await pass();
      const stays = { ...open('camera-1'), deviceId: wanted, problem: { code: 'device-lost' } };
      expect(broadcaster.getSnapshot().camera).toMatchObject(stays);
    });

    it('leaves the one that stands in where it does not start, and asks no further', async () => {
      broadcaster = createBroadcaster({ camera: { deviceId: wanted } });
      await lose();
      devices.busy(wanted, 99);
      devices.list(MACHINE);
      await pass();
      expect(broadcaster.getSnapshot().camera).toMatchObject({
        ...open('camera-1'),
        deviceId: wanted,
        problem: { code: 'device-in-use' },
      });
      const { length } = devices.asked;
      devices.list(MACHINE);
      await pass(60_000);
      expect(devices.asked).toHaveLength(length);
    });

    it('is taken when it appears, though it was not there from the start', async () => {
      devices.list(without);
      broadcaster = createBroadcaster({ camera: { deviceId: wanted } });
      await preview();
      expect(broadcaster.getSnapshot().camera).toMatchObject(open('camera-1'));
      devices.list(MACHINE);
      await pass();
      expect(broadcaster.getSnapshot().camera).toMatchObject({ ...open(wanted), problem: null });
    });
  });

  it('leaves nothing to send until one is plugged in, whichever it is', async () => {
    await preview();
    devices.list(MACHINE.filter(({ kind }) => kind !== 'camera'));
    devices.tracks.find(({ kind }) => kind === 'video')?.unplug();
    await pass(5_000);
    const { camera } = broadcaster.getSnapshot();
    expect(camera).toMatchObject({ status: 'failed', error: { code: 'device-lost' } });
    devices.list(MACHINE.filter(({ deviceId }) => deviceId !== 'camera-1'));
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject(open('camera-2'));
  });

  it('comes back by itself after a short break, and nothing is said', async () => {
    broadcaster = createBroadcaster({ camera: { deviceId: 'camera-2' } });
    await preview();
    devices.busy('camera-2', 2);
    devices.tracks.find(({ deviceId }) => deviceId === 'camera-2')?.unplug();
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject({ ...open('camera-2'), problem: null });
  });

  it('is called denied when its permission was withdrawn', async () => {
    await preview();
    devices.behave('DENIED', 'ALLOWED');
    devices.tracks[0]?.unplug();
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject({
      error: { code: 'permission-denied' },
    });
  });
});

describe('the system’s default', () => {
  /** As Chromium lists microphones while `standsFor` is the default. */
  const chromium = (standsFor: string): readonly FakeDevice[] => {
    const real = MACHINE.map((device) => ({ ...device, groupId: device.label }));
    const label = real.find(({ deviceId }) => deviceId === standsFor)?.label ?? '';
    const aliases = ['default', 'communications'].map((deviceId) => ({
      kind: 'microphone' as const,
      deviceId,
      label: `${deviceId} - ${label}`,
      groupId: label,
    }));
    return [...aliases, ...real];
  };
  /** As others list devices: what is used first stands first. */
  const inOrder = (first: string): readonly FakeDevice[] =>
    [...MACHINE].sort(
      (one, other) => Number(other.deviceId === first) - Number(one.deviceId === first),
    );

  it.each([
    ['microphone', chromium],
    ['microphone', inOrder],
    ['camera', inOrder],
  ] as const)('is followed by the %s (%o), once for each change', async (kind, listFor) => {
    devices.list(listFor(`${kind}-1`));
    await preview();
    for (const next of ['2', '1', '2']) {
      const { length } = devices.asked;
      devices.list(listFor(`${kind}-${next}`));
      devices.list(listFor(`${kind}-${next}`));
      await pass();
      expect(broadcaster.getSnapshot()[kind]).toMatchObject({
        ...open(`${kind}-${next}`),
        deviceId: null,
        problem: null,
      });
      expect(devices.asked).toHaveLength(length + 1);
      expect(devices.live()).toHaveLength(2);
    }
    const lists = broadcaster.getSnapshot().devices;
    const listed = lists.status === 'listed' ? lists[`${kind}s`] : [];
    expect(listed.map(({ deviceId }) => deviceId)).not.toContain('default');
    expect(listed.find(({ isDefault }) => isDefault)?.deviceId).toBe(`${kind}-2`);
  });

  it('is left alone where a device was chosen by hand', async () => {
    devices.list(chromium('microphone-1'));
    await preview();
    broadcaster.select('microphone', 'microphone-1');
    await pass();
    const { length } = devices.asked;
    devices.list(chromium('microphone-2'));
    await pass();
    expect(broadcaster.getSnapshot().microphone).toMatchObject(open('microphone-1'));
    expect(devices.asked).toHaveLength(length);
  });

  it('is left alone where the browser opened another one, as its user told it', async () => {
    const { mediaDevices } = navigator;
    const { getUserMedia } = mediaDevices;
    mediaDevices.getUserMedia = () =>
      getUserMedia({ video: { deviceId: { exact: 'camera-3' } }, audio: false });
    broadcaster = createBroadcaster({ microphone: false });
    devices.list(inOrder('camera-1'));
    await preview();
    devices.list(inOrder('camera-2'));
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject(open('camera-3'));
    expect(devices.asked).toHaveLength(1);
  });

  it('is left alone where the browser would ask its user for it', async () => {
    devices.list(inOrder('camera-1'));
    await preview();
    devices.behave('DISMISSED', 'DISMISSED');
    devices.list(inOrder('camera-2'));
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject(open('camera-1'));
    expect(devices.asked).toHaveLength(1);
  });

  it('keeps what it had when the new one does not start, and asks no further', async () => {
    devices.list(chromium('microphone-1'));
    await preview();
    devices.busy('microphone-2', 99);
    devices.list(chromium('microphone-2'));
    await pass();
    const { length } = devices.asked;
    expect(broadcaster.getSnapshot().microphone).toMatchObject({ status: 'on', change: null });
    expect(devices.live()).toHaveLength(2);
    devices.list(chromium('microphone-2'));
    await pass(10_000);
    expect(devices.asked).toHaveLength(length);
  });

  it('is followed to the last of two quick changes', async () => {
    devices.list(inOrder('camera-1'));
    await preview();
    const answer = devices.hold();
    devices.list(inOrder('camera-2'));
    await pass(10);
    devices.list(inOrder('camera-3'));
    await pass(10);
    answer();
    await pass();
    expect(broadcaster.getSnapshot().camera).toMatchObject(open('camera-3'));
  });
});

describe('a flip of the camera', () => {
  const PHONE: readonly FakeDevice[] = [
    { kind: 'camera', deviceId: 'front', label: 'camera2 1, facing front', facing: 'user' },
    { kind: 'camera', deviceId: 'back', label: 'camera2 0, facing back', facing: 'environment' },
    { kind: 'camera', deviceId: 'wide', label: 'camera2 2, facing back', facing: 'environment' },
    { kind: 'microphone', deviceId: 'm', label: 'Speakerphone' },
  ];
  const camera = () => broadcaster.getSnapshot().camera;

  it('opens the one that faces the other way, and back again', async () => {
    devices.openOnlyOne();
    devices.list(PHONE);
    await preview();
    for (const [deviceId, facing] of [
      ['back', 'environment'],
      ['front', 'user'],
    ]) {
      broadcaster.flipCamera();
      await pass();
      const flipped = { status: 'on', deviceId, change: null, problem: null };
      expect(camera()).toMatchObject({ ...flipped, capture: { deviceId, facing } });
    }
    expect(devices.live()).toHaveLength(2);
  });

  it('counts each of several quick presses', async () => {
    devices.list(PHONE);
    await preview();
    const answer = devices.hold();
    broadcaster.flipCamera();
    await pass(10);
    broadcaster.flipCamera();
    await pass(10);
    broadcaster.flipCamera();
    answer();
    await pass();
    expect(camera()).toMatchObject(open('back'));
    expect(devices.live()).toHaveLength(2);
  });

  it('keeps the camera where none faces the other way, and does nothing while none is open', async () => {
    broadcaster.flipCamera();
    expect(devices.asked).toEqual([]);
    await preview();
    broadcaster.flipCamera();
    await pass();
    const problem = { code: 'constraints-not-met' };
    expect(camera()).toMatchObject({ ...open('camera-1'), deviceId: null, problem });
  });
});
