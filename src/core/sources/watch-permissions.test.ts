import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../../testing/fake-devices.js';
import { installFakeDevices } from '../../testing/fake-devices.js';
import type { BroadcasterInstance } from '../broadcaster.js';
import { createBroadcaster } from '../broadcaster.js';
// Loaded ahead: the clock of these tests doesn't wait for files.
import '../source-watch.js';

let devices: FakeDevices;
let broadcaster: BroadcasterInstance;
const leave: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  devices = installFakeDevices();
  broadcaster = createBroadcaster();
});
afterEach(async () => {
  for (const unsubscribe of leave.splice(0)) unsubscribe();
  await broadcaster.release();
  expect(devices.live(), 'no light stays on').toEqual([]);
  devices.restore();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const pass = (ms = 2_000) => vi.advanceTimersByTimeAsync(ms);
const watch = async () => {
  const unsubscribe = broadcaster.subscribe(() => {});
  leave.push(unsubscribe);
  await pass();
  return unsubscribe;
};
const preview = async () => {
  broadcaster.preview().catch(() => {});
  await pass(5_000);
};
const known = () => broadcaster.getSnapshot().permissions;
const listed = () => broadcaster.getSnapshot().devices;

describe('permissions', () => {
  it('are read while somebody looks, and by nobody else', async () => {
    const query = vi.spyOn(navigator.permissions, 'query');
    expect(known()).toEqual({ camera: 'prompt', microphone: 'prompt' });
    const unsubscribe = await watch();
    expect(known()).toEqual({ camera: 'granted', microphone: 'granted' });
    unsubscribe();
    await pass();
    const { length } = query.mock.calls;
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await pass();
    expect(query.mock.calls).toHaveLength(length);
    expect(devices.asked, 'nothing was opened').toEqual([]);
  });

  it('that are there list the devices with their names, before any is opened', async () => {
    devices.list([
      { kind: 'camera', deviceId: 'c', label: 'HD Webcam (046d:0825)' },
      { kind: 'microphone', deviceId: 'default', label: 'Default - Headset', groupId: 'h' },
      { kind: 'microphone', deviceId: 'm', label: 'Headset', groupId: 'h' },
      { kind: 'microphone', deviceId: 'e', label: 'Headset earpiece' },
      { kind: 'speaker', deviceId: 'communications', label: 'Communications - Desk', groupId: 'd' },
      { kind: 'speaker', deviceId: 's', label: 'Desk', groupId: 'd' },
    ]);
    await watch();
    expect(listed()).toEqual({
      status: 'listed',
      cameras: [{ deviceId: 'c', label: 'HD Webcam', isDefault: true }],
      microphones: [{ deviceId: 'm', label: 'Headset', isDefault: true }],
      speakers: [{ deviceId: 's', label: 'Desk', isDefault: true }],
    });
    expect(devices.asked).toEqual([]);
  });

  it('that are not there list nothing', async () => {
    devices.behave('DISMISSED', 'DENIED');
    await watch();
    expect(known()).toEqual({ camera: 'prompt', microphone: 'denied' });
    expect(listed()).toEqual({ status: 'unlisted' });
  });

  it('for one kind alone let that kind work', async () => {
    devices.behave('DENIED', 'ALLOWED');
    devices.list([
      { kind: 'camera', deviceId: '', label: '' },
      { kind: 'microphone', deviceId: 'a', label: 'Desk' },
      { kind: 'microphone', deviceId: 'b', label: 'Headset' },
    ]);
    await watch();
    expect(listed()).toMatchObject({ cameras: [], microphones: [{}, {}] });
    await preview();
    expect(broadcaster.getSnapshot()).toMatchObject({
      camera: { status: 'failed' },
      microphone: { status: 'on' },
      permissions: { camera: 'denied', microphone: 'granted' },
    });
  });

  it('follow what the browser tells of a change', async () => {
    const status = Object.assign(new EventTarget(), { state: 'prompt' });
    vi.spyOn(navigator.permissions, 'query').mockResolvedValue(status as never);
    await watch();
    status.state = 'granted';
    status.dispatchEvent(new Event('change'));
    await pass();
    expect(known()).toEqual({ camera: 'granted', microphone: 'granted' });
  });

  it.each(['focus', 'visibilitychange', 'devicechange'])(
    'are read again on %s, where the browser tells of no change',
    async (event) => {
      const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
      vi.stubGlobal('window', page);
      vi.stubGlobal('document', page);
      devices.behave('DENIED', 'DENIED');
      await watch();
      devices.behave('ALLOWED', 'ALLOWED');
      const target = event === 'devicechange' ? navigator.mediaDevices : page;
      target.dispatchEvent(new Event(event));
      await pass();
      expect(known()).toEqual({ camera: 'granted', microphone: 'granted' });
    },
  );

  it.each([
    ['DENIED', 'denied'],
    ['DISMISSED', 'prompt'],
    ['DENIED_BY_SYSTEM', 'blocked-by-system'],
    ['HIDDEN_BY_SYSTEM', 'blocked-by-system'],
  ] as const)('are learnt from a device that is %s', async (behaviour, permission) => {
    devices.behave(behaviour, 'ALLOWED');
    await watch();
    await preview();
    expect(known()).toEqual({ camera: permission, microphone: 'granted' });
    devices.behave('ALLOWED', 'ALLOWED');
    await preview();
    expect(known().camera).toBe('granted');
  });

  it('count as granted while a device is open, though the browser would ask again', async () => {
    await watch();
    await preview();
    vi.spyOn(navigator.permissions, 'query').mockResolvedValue({ state: 'prompt' } as never);
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await pass();
    expect(known()).toEqual({ camera: 'granted', microphone: 'granted' });
    await broadcaster.release();
    await pass();
    expect(known()).toEqual({ camera: 'prompt', microphone: 'prompt' });
  });

  it('are told from names where the browser has no Permissions API', async () => {
    devices.hidePermissions();
    devices.list([
      { kind: 'camera', deviceId: 'c', label: 'Webcam' },
      { kind: 'microphone', deviceId: 'm', label: '' },
    ]);
    await watch();
    expect(known()).toEqual({ camera: 'granted', microphone: 'prompt' });
    devices.list([{ kind: 'camera', deviceId: 'c', label: '' }]);
    await pass();
    expect(known().camera).toBe('prompt');
  });

  it.each([
    ['no mediaDevices', () => Reflect.deleteProperty(navigator, 'mediaDevices')],
    ['an insecure page', () => vi.stubGlobal('isSecureContext', false)],
  ])('are unsupported with %s', async (_name, take) => {
    take();
    await watch();
    expect(known()).toEqual({ camera: 'unsupported', microphone: 'unsupported' });
    installFakeDevices();
  });
});
