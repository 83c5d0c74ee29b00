import { afterEach, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import { createBroadcaster } from './broadcaster.js';

vi.mock('./screen/share-screen.js', () => {
  throw new TypeError('Failed to fetch dynamically imported module');
});

let devices: FakeDevices;
afterEach(() => devices.restore());

it('stops what was chosen where the code for it is not on the server any more, and says so', async () => {
  devices = installFakeDevices();
  const broadcaster = createBroadcaster();
  await broadcaster.preview();
  await expect(broadcaster.shareScreen()).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('could not be loaded'),
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(devices.live().map(({ label }) => label)).toEqual(['Fake camera', 'Fake microphone']);
  await broadcaster.release();
  expect(devices.live()).toEqual([]);
});
