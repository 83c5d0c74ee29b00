import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import { createFakePeer } from '../testing/fake-peer.js';
import type { FakeWebSocket } from '../testing/fake-web-socket.js';
import { ANSWERS_PROBES, installFakeWebSocket } from '../testing/fake-web-socket.js';
import type { BroadcasterInstance } from './broadcaster.js';
import { createBroadcaster } from './broadcaster.js';
import { createPublishing } from './load-publishing.js';
import { createPeer } from './peer/peer.js';
import * as part from './publishing.js';

vi.mock('./peer/peer.js');
vi.mock('./load-publishing.js', { spy: true });

const OPTIONS = { serverUrl: 'wss://host:3334/qlive/secret-key', autoPrepare: false };

const load = vi.fn(async () => part);
let devices: FakeDevices;
let fake: { readonly sockets: readonly FakeWebSocket[]; restore(): void };
beforeEach(async () => {
  vi.useFakeTimers();
  const real = await vi.importActual<typeof import('./load-publishing.js')>('./load-publishing.js');
  vi.mocked(createPublishing).mockImplementation(() => real.createPublishing(load));
  devices = installFakeDevices();
  fake = installFakeWebSocket(ANSWERS_PROBES);
  vi.mocked(createPeer).mockImplementation(({ iceServers }) =>
    createFakePeer('CONNECTS', iceServers),
  );
});
afterEach(() => {
  load.mockReset().mockImplementation(async () => part);
  fake.restore();
  devices.restore();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const release = async (broadcaster: BroadcasterInstance) => {
  const released = broadcaster.release();
  await pass(2_000);
  await released;
  expect(devices.live()).toEqual([]);
};
const isGone = async () => {
  throw new TypeError('Failed to fetch dynamically imported module');
};

it('is loaded while camera and microphone are asked for, before a session needs it', async () => {
  const open = devices.hold();
  const broadcaster = createBroadcaster(OPTIONS);
  expect(load).not.toHaveBeenCalled();
  const previewed = broadcaster.preview();
  await pass(100);
  expect(broadcaster.getSnapshot().camera.status).toBe('opening');
  expect(load).toHaveBeenCalledTimes(1);
  open();
  await previewed;
  await release(broadcaster);
});

it('is asked for again by a start that did not get it', async () => {
  load.mockImplementationOnce(isGone).mockImplementationOnce(isGone);
  const broadcaster = createBroadcaster(OPTIONS);
  const started = broadcaster.start();
  await pass(5_000);
  await started;
  expect(broadcaster.getSnapshot().connection.status).toBe('live');
  expect(load).toHaveBeenCalledTimes(3);
  await release(broadcaster);
});

it('fails a start with what to do where it stays away, and the next one goes live once it is there', async () => {
  load.mockImplementation(isGone);
  const broadcaster = createBroadcaster(OPTIONS);
  const started = expect(broadcaster.start()).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('reload the page'),
  });
  await pass(20_000);
  await started;
  expect(fake.sockets).toEqual([]);
  load.mockImplementation(async () => part);
  const again = broadcaster.start();
  await pass(100);
  await again;
  expect(broadcaster.getSnapshot().connection.status).toBe('live');
  await release(broadcaster);
});

it('holds up no stop while it is on its way', async () => {
  load.mockImplementation(() => new Promise(() => {}));
  const broadcaster = createBroadcaster(OPTIONS);
  const started = expect(broadcaster.start()).rejects.toMatchObject({ name: 'AbortError' });
  await pass(100);
  await broadcaster.stop();
  await started;
  await release(broadcaster);
});

it('is there for every session of a broadcast: no break asks for it again', async () => {
  const broadcaster = createBroadcaster(OPTIONS);
  const started = broadcaster.start();
  await pass(100);
  await started;
  load.mockClear().mockImplementation(isGone);
  for (let round = 0; round < 2; round += 1) {
    fake.sockets.at(-1)?.close();
    await pass(0);
    expect(broadcaster.getSnapshot().connection.status).toBe('reconnecting');
    await pass(5_000);
    expect(broadcaster.getSnapshot().connection.status).toBe('live');
  }
  expect(load).not.toHaveBeenCalled();
  await release(broadcaster);
});
