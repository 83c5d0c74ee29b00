import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import { createFakePeer } from '../testing/fake-peer.js';
import type { FakeWebSocket } from '../testing/fake-web-socket.js';
import { ANSWERS_PROBES, installFakeWebSocket } from '../testing/fake-web-socket.js';
import { createBroadcaster } from './broadcaster.js';
import type { LogEntry } from './foundation/logger.js';
import { createPeer } from './peer/peer.js';

vi.mock('./peer/peer.js');
vi.mock('./once-live.js', () => {
  throw new TypeError('Failed to fetch dynamically imported module');
});

let devices: FakeDevices;
let fake: { readonly sockets: readonly FakeWebSocket[]; restore(): void };
beforeEach(() => {
  devices = installFakeDevices();
  fake = installFakeWebSocket(ANSWERS_PROBES);
  vi.mocked(createPeer).mockImplementation(({ iceServers }) =>
    createFakePeer('CONNECTS', iceServers),
  );
});
afterEach(() => {
  fake.restore();
  devices.restore();
});

it('goes live, comes back after a break and stops where the file for statistics cannot be loaded', async () => {
  const lines: LogEntry[] = [];
  const broadcaster = createBroadcaster({
    serverUrl: 'wss://host:3334/qlive/secret-key',
    logger: (entry) => lines.push(entry),
  });
  await broadcaster.start();
  const told = () => lines.filter(({ message }) => message.includes('could not be loaded'));
  await vi.waitFor(() => expect(told()).toHaveLength(1));
  expect(told()[0]?.level).toBe('warn');
  expect(broadcaster.getSnapshot()).toMatchObject({
    connection: { status: 'live' },
    stats: { status: 'unknown' },
  });
  const statuses = new Set<string>();
  broadcaster.subscribe(() => statuses.add(broadcaster.getSnapshot().connection.status));
  fake.sockets.at(-1)?.close();
  await vi.waitFor(() => expect([...statuses]).toEqual(['reconnecting', 'live']), 20_000);
  await broadcaster.release();
  expect(broadcaster.getSnapshot().connection.status).toBe('idle');
  expect(devices.live()).toEqual([]);
});
