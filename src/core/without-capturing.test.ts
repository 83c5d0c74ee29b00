import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import * as capturing from './sources/capturing.js';

const gone = async () => {
  throw new TypeError('Failed to fetch dynamically imported module');
};

let devices: FakeDevices;
let core: typeof import('./broadcaster.js');
let part: typeof import('./load-capturing.js');
/** A page that was just opened: nothing was loaded on use yet. */
beforeEach(async () => {
  vi.resetModules();
  devices = installFakeDevices();
  part = await import('./load-capturing.js');
  core = await import('./broadcaster.js');
});
afterEach(() => devices.restore());

it('is loaded by the first press where nobody watched the state before', async () => {
  const broadcaster = core.createBroadcaster();
  await broadcaster.preview();
  expect(broadcaster.getSnapshot().camera.status).toBe('on');
  await broadcaster.release();
  expect(devices.live()).toEqual([]);
});

it('is loaded once somebody watches the state, before anything is asked of the person', async () => {
  const broadcaster = core.createBroadcaster();
  const unsubscribe = broadcaster.subscribe(() => {});
  await part.loadCapturing(gone);
  expect(devices.asked).toEqual([]);
  unsubscribe();
});

it('fails what was asked for, says what to do, and is tried again', async () => {
  const late = (_: unknown, reject: (thrown: Error) => void) =>
    setTimeout(() => reject(new TypeError('Failed to fetch')), 50);
  part.loadCapturing(() => new Promise(late)).catch(() => {});
  const broadcaster = core.createBroadcaster();
  const words = { code: 'unreachable', message: expect.stringContaining('reload the page') };
  await expect(broadcaster.preview()).rejects.toMatchObject(words);
  const { camera, microphone } = broadcaster.getSnapshot();
  expect([camera.status, microphone.status]).toEqual(['failed', 'failed']);
  await broadcaster.preview();
  expect(broadcaster.getSnapshot().camera.status).toBe('on');
  await broadcaster.release();
});

it('holds up no release while it is on its way, and opens nothing afterwards', async () => {
  let arrive: (loaded: typeof capturing) => void = () => {};
  const onItsWay = part.loadCapturing(
    () =>
      new Promise((resolve) => {
        arrive = resolve;
      }),
  );
  const broadcaster = core.createBroadcaster();
  const previewed = broadcaster.preview();
  await broadcaster.release();
  await previewed;
  arrive(capturing);
  await onItsWay;
  expect(devices.asked).toEqual([]);
});
