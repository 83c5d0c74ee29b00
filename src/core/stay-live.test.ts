import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import type { FakePage } from '../testing/fake-page.js';
import { installFakePage } from '../testing/fake-page.js';
import type { FakePeer } from '../testing/fake-peer.js';
import { createFakePeer } from '../testing/fake-peer.js';
import type { FakeWebSocket, ServerBehaviour } from '../testing/fake-web-socket.js';
import {
  ANSWERS_PROBES,
  installFakeWebSocket,
  OFFERS,
  REFUSES_STREAM,
} from '../testing/fake-web-socket.js';
import type { BroadcasterInstance } from './broadcaster.js';
import { createBroadcaster } from './broadcaster.js';
import type { Renew } from './connection/renew-stream.js';
import type { BroadcasterOptions } from './options.js';
import { createPeer } from './peer/peer.js';
import { selectLostAt } from './selectors.js';
// Loaded ahead: the clock of these tests doesn't wait for files.
import './once-live.js';
import './publishing.js';

vi.mock('./peer/peer.js');

const OPTIONS = { serverUrl: 'wss://host:3334/qlive/secret-key', autoPrepare: false };

let devices: FakeDevices;
let page: FakePage;
let peers: FakePeer[];
let sockets: readonly FakeWebSocket[];
let server: ServerBehaviour;
let isNetworkThere: boolean;
let restoreSockets: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  devices = installFakeDevices();
  page = installFakePage();
  peers = [];
  server = ANSWERS_PROBES;
  isNetworkThere = true;
  const fake = installFakeWebSocket(
    (socket, command) => {
      if (isNetworkThere) server(socket, command);
    },
    { opens: () => isNetworkThere },
  );
  sockets = fake.sockets;
  restoreSockets = fake.restore;
  vi.mocked(createPeer).mockImplementation(({ iceServers }) => {
    const peer = createFakePeer('CONNECTS', iceServers);
    peers.push(peer);
    return peer;
  });
});
afterEach(() => {
  restoreSockets();
  page.restore();
  devices.restore();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function goLive(options: Partial<BroadcasterOptions> = {}): Promise<BroadcasterInstance> {
  const broadcaster = createBroadcaster({ ...OPTIONS, ...options });
  const started = broadcaster.start();
  await pass(100);
  await started;
  return broadcaster;
}

/** Live, and then cut off from an ingest that still holds the session. */
async function goLiveThenLose(options: BroadcasterOptions): Promise<BroadcasterInstance> {
  server = ANSWERS_PROBES;
  const broadcaster = await goLive(options);
  server = REFUSES_STREAM;
  sockets.at(-1)?.close();
  await pass(5_000);
  return broadcaster;
}

const statusOf = (broadcaster: BroadcasterInstance) => broadcaster.getSnapshot().connection.status;
const stepOf = (broadcaster: BroadcasterInstance) => {
  const { connection } = broadcaster.getSnapshot();
  return 'step' in connection ? connection.step.phase : connection.status;
};
const commandsOf = (socket: FakeWebSocket | undefined) =>
  socket?.sent.map(({ command }) => command) ?? [];

/**
 * Checks that nothing is left when a broadcast has ended, and camera and microphone were turned
 * off.
 */
async function expectNothingLeft(broadcaster: BroadcasterInstance): Promise<void> {
  const released = broadcaster.release();
  await pass(2_000);
  await released;
  expect(sockets.filter(({ readyState }) => readyState < 2)).toEqual([]);
  expect(peers.filter(({ isClosed }) => !isClosed)).toEqual([]);
  expect(devices.live()).toEqual([]);
  expect(page.heldLocks).toEqual([]);
  expect(page.wakeLocks).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
}

describe('statistics', () => {
  it('are taken for the quality until it has ramped up, and then for whoever looks on', async () => {
    const broadcaster = createBroadcaster({ ...OPTIONS, adaptToMachine: false });
    const started = broadcaster.start();
    await pass(20);
    await started;
    const taken = vi.spyOn(peers[0] as FakePeer, 'getStats');
    const takenIn = async (ms: number) => {
      taken.mockClear();
      await pass(ms);
      return taken.mock.calls.length;
    };
    expect(await takenIn(4_000)).toBe(4);
    await pass(4_000);
    expect(await takenIn(4_000)).toBe(0);
    const unsubscribe = broadcaster.subscribe(() => {});
    expect(await takenIn(4_000)).toBe(4);
    unsubscribe();
    await pass(1_000);
    expect(await takenIn(4_000)).toBe(0);
    await expectNothingLeft(broadcaster);
  });
});

describe('prepare', () => {
  it('opens camera and microphone, and leaves start only the answer to send', async () => {
    const broadcaster = createBroadcaster(OPTIONS);
    const prepared = broadcaster.prepare();
    await pass(100);
    await prepared;
    expect(devices.live()).toHaveLength(2);
    expect(commandsOf(sockets[0])).toEqual(['request_offer']);
    const started = broadcaster.start();
    await pass(100);
    await started;
    expect(sockets).toHaveLength(1);
    expect(commandsOf(sockets[0]).slice(0, 2)).toEqual(['request_offer', 'answer']);
    await broadcaster.prepare();
    expect(sockets).toHaveLength(1);
    await expectNothingLeft(broadcaster);
  });

  it.each([
    ['nowhere to go', { serverUrl: undefined }, 'invalid-options'],
    ['nothing to send', { camera: false, microphone: false }, 'invalid-options'],
    ['an ingest that refuses', {}, 'stream-not-found'],
  ])('says why it cannot with %s', async (_, options, code) => {
    server = REFUSES_STREAM;
    const broadcaster = createBroadcaster({ ...OPTIONS, ...options });
    const refused = expect(broadcaster.prepare()).rejects.toMatchObject({ code });
    await pass(100);
    await refused;
    await expectNothingLeft(broadcaster);
  });
});

describe('a path that falls silent', () => {
  it('is replaced by a new session, after a stop, once a cut of eight seconds would be over', async () => {
    const broadcaster = await goLive();
    await pass(5_000);
    peers[0]?.behave('SILENT');
    await pass(1_300);
    expect(stepOf(broadcaster)).toBe('healing');
    await pass(6_700);
    expect(sockets).toHaveLength(1);
    await pass(1_300);
    expect(statusOf(broadcaster)).toBe('live');
    expect(commandsOf(sockets[0]).at(-1)).toBe('stop');
    expect(sockets).toHaveLength(2);
    expect(peers[0]?.isClosed).toBe(true);
    await expectNothingLeft(broadcaster);
  });

  it('is left alone while nothing answers, and goes on as it was when it comes back', async () => {
    const broadcaster = await goLive();
    await pass(5_000);
    isNetworkThere = false;
    peers[0]?.behave('SILENT');
    await pass(10_000);
    expect(stepOf(broadcaster)).toBe('holding');
    expect(peers[0]?.isClosed).toBe(false);
    // Those that look for the network send nothing.
    expect(sockets.slice(1).flatMap(commandsOf)).toEqual([]);
    peers[0]?.behave('ALIVE');
    await pass(300);
    expect(statusOf(broadcaster)).toBe('live');
    expect(peers).toHaveLength(1);
    await expectNothingLeft(broadcaster);
  });

  it('is replaced when the network is back without it', async () => {
    const broadcaster = await goLive();
    await pass(5_000);
    isNetworkThere = false;
    peers[0]?.behave('SILENT');
    await pass(20_000);
    isNetworkThere = true;
    await pass(8_000);
    expect(statusOf(broadcaster)).toBe('live');
    expect(peers).toHaveLength(2);
    await expectNothingLeft(broadcaster);
  });
});

describe('the relay that a server names', () => {
  const offersRelay =
    (credential: string): ServerBehaviour =>
    (socket, command) => {
      if (command['command'] !== 'request_offer') return ANSWERS_PROBES(socket, command);
      socket.receive({
        command: 'offer',
        id: 7,
        sdp: { type: 'offer', sdp: 'v=0\r\n' },
        candidates: [{ candidate: 'candidate:1 1 UDP 50 127.0.0.1 9 typ host' }],
        iceServers: [{ urls: ['turn:relay.example'], username: 'until-then', credential }],
      });
    };

  it.each([
    ['the path is lost as its credential expires', () => peers[0]?.behave('UNANSWERED')],
    ['the browser gives the path up', () => peers[0]?.lose()],
    ['the socket closes', () => sockets[0]?.close()],
  ])('is used with the credential of the newest offer, when %s', async (_, breaks) => {
    server = offersRelay('first');
    const broadcaster = await goLive();
    await pass(5_000);
    server = offersRelay('second');
    breaks();
    await pass(12_000);
    expect(statusOf(broadcaster)).toBe('live');
    const credentials = peers.map(({ iceServers }) => iceServers.map((one) => one.credential));
    expect(credentials).toEqual([['first'], ['second']]);
    await expectNothingLeft(broadcaster);
  });
});

describe('a source that the app takes away and gives back', () => {
  it.each(['camera', 'microphone'] as const)('while live is opened again: %s', async (kind) => {
    const broadcaster = await goLive();
    broadcaster.update({ ...OPTIONS, [kind]: false });
    await pass(100);
    expect(broadcaster.getSnapshot()[kind].status).toBe('excluded');
    broadcaster.update(OPTIONS);
    await pass(100);
    expect(broadcaster.getSnapshot()[kind].status).toBe('on');
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('before a broadcast waits to be asked for', async () => {
    const broadcaster = createBroadcaster({ ...OPTIONS, camera: false });
    broadcaster.update(OPTIONS);
    await pass(100);
    expect(broadcaster.getSnapshot().camera.status).toBe('off');
    expect(devices.live()).toEqual([]);
    await expectNothingLeft(broadcaster);
  });

  it('leaves the other one, which could not be opened, as it is', async () => {
    devices.behave('ALLOWED', 'DENIED');
    const broadcaster = await goLive();
    expect(broadcaster.getSnapshot().microphone.status).toBe('failed');
    const before = broadcaster.getSnapshot().microphone;
    broadcaster.update({ ...OPTIONS, camera: false });
    broadcaster.update(OPTIONS);
    await pass(100);
    expect(broadcaster.getSnapshot().microphone).toBe(before);
    expect(broadcaster.getSnapshot().camera.status).toBe('on');
    await expectNothingLeft(broadcaster);
  });
});

describe('a session that was begun without the camera', () => {
  it('is replaced by one with it, once there is something of it to send', async () => {
    const broadcaster = await goLive({ camera: false });
    await pass(6_000);
    // Open as soon as the app allows it again: nobody presses "preview" while live.
    broadcaster.update({ ...OPTIONS, videoCodec: 'vp8' });
    await pass(100);
    expect(broadcaster.getSnapshot().camera.status).toBe('on');
    peers[0]?.needRenegotiation();
    await pass(200);
    expect(statusOf(broadcaster)).toBe('live');
    expect(commandsOf(sockets[0]).at(-1)).toBe('stop');
    expect(peers.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    await expectNothingLeft(broadcaster);
  });
});

describe('a broadcast without a way to the ingest', () => {
  it('ends with the window, and not before', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    isNetworkThere = false;
    for (const socket of sockets) socket.close();
    await pass(119_000);
    expect(statusOf(broadcaster)).toBe('reconnecting');
    await pass(2_000);
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      status: 'failed',
      error: { code: 'resume-expired' },
    });
    await expectNothingLeft(broadcaster);
  });

  it('keeps trying while the server refuses, and says that it does', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    server = REFUSES_STREAM;
    sockets[0]?.close();
    await pass(1_000);
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      status: 'reconnecting',
      interruption: { error: { code: 'stream-busy' } },
    });
    await pass(29_000);
    // It closed the socket itself, so no session of ours is in the way.
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      status: 'reconnecting',
      interruption: { error: { code: 'stream-not-found' } },
    });
    expect(sockets.length).toBeLessThan(42);
    server = ANSWERS_PROBES;
    await pass(2_000);
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('leaves a server in peace that refuses for ever', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    server = REFUSES_STREAM;
    sockets[0]?.close();
    await pass(125_000);
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      status: 'failed',
      error: { code: 'resume-expired', cause: { code: 'stream-not-found' } },
    });
    expect(sockets.length).toBeLessThan(60);
    await expectNothingLeft(broadcaster);
  });

  it('waits while the browser is offline, and goes on at once when it is not', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    isNetworkThere = false;
    page.setOnline(false);
    sockets[0]?.close();
    await pass(30_000);
    expect(broadcaster.getSnapshot()).toMatchObject({
      network: { online: false },
      connection: { interruption: { cause: 'offline', attempt: 0 } },
    });
    isNetworkThere = true;
    page.setOnline(true);
    await pass(300);
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('ends soon after the machine woke up after the window, and not before', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    isNetworkThere = false;
    for (const socket of sockets) socket.close();
    await pass(10_000);
    // The clock goes on, and no timer does.
    vi.setSystemTime(Date.now() + 60_000);
    await pass(2_000);
    expect(statusOf(broadcaster)).toBe('reconnecting');
    vi.setSystemTime(Date.now() + 60_000);
    await pass(2_000);
    const opened = sockets.length;
    await pass(30_000);
    expect(statusOf(broadcaster)).toBe('reconnecting');
    expect(sockets.length).toBeGreaterThan(opened);
    await pass(10_000);
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      status: 'failed',
      error: { code: 'resume-expired' },
    });
    await expectNothingLeft(broadcaster);
  });
});

describe('a clock that jumps', () => {
  const HOUR_MS = 3_600_000;

  it.each([
    ['short after it was lost', 2_000],
    ['near the end of its window', 100_000],
  ])('during a break, %s, ends no broadcast that its server still waits for', async (_, ms) => {
    const broadcaster = await goLive();
    await pass(6_000);
    isNetworkThere = false;
    for (const socket of sockets) socket.close();
    await pass(ms);
    vi.setSystemTime(Date.now() + HOUR_MS);
    await pass(5_000);
    isNetworkThere = true;
    await pass(12_000);
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('just before a break ends none, either', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    vi.setSystemTime(Date.now() + HOUR_MS);
    await pass(2_000);
    isNetworkThere = false;
    for (const socket of sockets) socket.close();
    await pass(5_000);
    isNetworkThere = true;
    await pass(12_000);
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('during a break outlives what the server still holds of the lost session', async () => {
    const broadcaster = await goLiveThenLose({});
    vi.setSystemTime(Date.now() + HOUR_MS);
    await pass(30_000);
    server = ANSWERS_PROBES;
    await pass(2_000);
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('leaves half a short window, which a break without a jump neither gains nor loses', async () => {
    const broadcaster = await goLive({ timeoutSeconds: 10 });
    await pass(6_000);
    isNetworkThere = false;
    peers[0]?.behave('SILENT');
    await pass(2_000);
    const { connection } = broadcaster.getSnapshot();
    if (connection.status !== 'reconnecting') throw new Error(connection.status);
    expect(connection.interruption.windowFrom).toBe(connection.interruption.lostAt);
    vi.setSystemTime(Date.now() + HOUR_MS);
    await pass(4_000);
    expect(statusOf(broadcaster)).toBe('reconnecting');
    await pass(4_000);
    expect(statusOf(broadcaster)).toBe('failed');
    await expectNothingLeft(broadcaster);
  });

  it('again and again keeps no broadcast waiting for ever', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    isNetworkThere = false;
    for (const socket of sockets) socket.close();
    for (let times = 0; times < 12; times += 1) {
      await pass(10_000);
      vi.setSystemTime(Date.now() + 60_000);
    }
    expect(statusOf(broadcaster)).toBe('failed');
    await expectNothingLeft(broadcaster);
  });

  it('lets the app hand over another stream as soon as the server refuses the old one', async () => {
    const renew = vi.fn(async () => ({ serverUrl: 'wss://host:3334/qlive/another-key' }));
    const broadcaster = await goLive({ renew });
    await pass(6_000);
    isNetworkThere = false;
    for (const socket of sockets) socket.close();
    await pass(2_000);
    isNetworkThere = true;
    server = REFUSES_STREAM;
    vi.setSystemTime(Date.now() + HOUR_MS);
    await pass(8_000);
    expect(renew).toHaveBeenCalledTimes(1);
    await expectNothingLeft(broadcaster);
  });

  it('while it goes live for the first time costs it none of its time', async () => {
    isNetworkThere = false;
    const broadcaster = createBroadcaster({ ...OPTIONS, startedAt: Date.now() });
    const started = broadcaster.start();
    await pass(500);
    vi.setSystemTime(Date.now() + 60_000);
    await pass(2_000);
    isNetworkThere = true;
    await pass(12_000);
    await started;
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it.each([3_600_000, -3_600_000])('by %i ms loses no broadcast that is well', async (ms) => {
    const broadcaster = await goLive();
    await pass(6_000);
    vi.setSystemTime(Date.now() + ms);
    await pass(30_000);
    expect(statusOf(broadcaster)).toBe('live');
    expect(sockets).toHaveLength(1);
    sockets[0]?.close();
    await pass(2_000);
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('back during a break keeps neither the attempts nor the end of the window waiting', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    isNetworkThere = false;
    for (const socket of sockets) socket.close();
    await pass(10_000);
    vi.setSystemTime(Date.now() - 3_600_000);
    const opened = sockets.length;
    await pass(30_000);
    expect(sockets.length).toBeGreaterThan(opened);
    await pass(90_000);
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      error: { code: 'resume-expired' },
    });
    await expectNothingLeft(broadcaster);
  });
});

describe('a broadcast that is started again', () => {
  it.each([
    ['as it was', {}],
    ['to be sent in another way', { videoCodec: 'vp8' }],
  ] as const)('waits %s for what the ingest may still hold of it', async (_, changed) => {
    const stream = { startedAt: Date.now() - 600_000 };
    const broadcaster = await goLive(stream);
    await pass(6_000);
    isNetworkThere = false;
    for (const socket of sockets) socket.close();
    await pass(5_000);
    const stopped = broadcaster.stop();
    await pass(100);
    await stopped;
    broadcaster.update({ ...OPTIONS, ...stream, ...changed });
    isNetworkThere = true;
    server = REFUSES_STREAM;
    const started = broadcaster.start();
    await pass(30_000);
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      status: 'connecting',
      cause: { code: 'stream-busy' },
    });
    server = ANSWERS_PROBES;
    await pass(2_000);
    await started;
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('waits no longer than the ingest does', async () => {
    const broadcaster = await goLive({ timeoutSeconds: 20 });
    await pass(6_000);
    server = REFUSES_STREAM;
    for (const socket of sockets) socket.close();
    await pass(5_000);
    void broadcaster.stop();
    await pass(100);
    const started = broadcaster.start();
    const over = expect(started).rejects.toMatchObject({ code: 'resume-expired' });
    await pass(15_000);
    await over;
    await expectNothingLeft(broadcaster);
  });

  it('takes a refusal for an answer after a stop that arrived', async () => {
    const broadcaster = await goLive();
    await pass(6_000);
    const stopped = broadcaster.stop();
    await pass(100);
    await stopped;
    server = REFUSES_STREAM;
    const refused = expect(broadcaster.start()).rejects.toMatchObject({ code: 'stream-not-found' });
    await pass(10_000);
    await refused;
    await expectNothingLeft(broadcaster);
  });
});

describe('a stream that is renewed', () => {
  const renewed = { serverUrl: 'wss://other:3334/qlive/other-key' };

  /** Live, then cut off until the window of three seconds is over. */
  async function runOut(renew: Renew): Promise<BroadcasterInstance> {
    const broadcaster = await goLive({ renew, timeoutSeconds: 3 });
    await pass(6_000);
    server = REFUSES_STREAM;
    sockets.at(-1)?.close();
    await pass(3_100);
    return broadcaster;
  }

  it('goes on at its new address, and keeps it against the options of before', async () => {
    const renew = vi.fn<Renew>(async () => {
      server = ANSWERS_PROBES;
      return renewed;
    });
    const broadcaster = await runOut(renew);
    await pass(1_000);
    expect(statusOf(broadcaster)).toBe('live');
    expect(renew).toHaveBeenCalledTimes(1);
    expect(sockets.at(-1)?.url).toContain('other-key');
    broadcaster.update({ ...OPTIONS, renew, timeoutSeconds: 3, maxVideoKbps: 900 });
    sockets.at(-1)?.close();
    await pass(1_000);
    expect(sockets.at(-1)?.url).toContain('other-key');
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no'))],
    ['returns rubbish', async () => 'wss://host/secret-key' as never],
  ] as const)('ends with a typed error when renew %s', async (_, renew) => {
    const broadcaster = await runOut(renew);
    const opened = sockets.length;
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      status: 'failed',
      error: { code: 'renewal-failed', message: expect.not.stringContaining('secret-key') },
    });
    await pass(10_000);
    expect(sockets).toHaveLength(opened);
    await expectNothingLeft(broadcaster);
  });

  it('is requested once, however often the app would hand one over', async () => {
    const renew = vi.fn<Renew>(async () => renewed);
    const broadcaster = await runOut(renew);
    await pass(60_000);
    expect(broadcaster.getSnapshot().connection).toMatchObject({
      status: 'failed',
      error: { code: 'renewal-failed', cause: { code: 'resume-expired' } },
    });
    expect(renew).toHaveBeenCalledTimes(1);
    await expectNothingLeft(broadcaster);
  });

  it.each([
    ['its socket closes', () => sockets[0]?.close()],
    ['its path falls silent', () => peers[0]?.behave('SILENT')],
    [
      'its network goes away for a while',
      async () => {
        isNetworkThere = false;
        peers[0]?.behave('SILENT');
        await pass(20_000);
        isNetworkThere = true;
      },
    ],
  ])('is asked for once where the signed address has expired, when %s', async (_, breaks) => {
    const expiry = Date.now() + 10_000;
    const policy = btoa(JSON.stringify({ url_expire: expiry }));
    const serverUrl = `wss://host/app/secret-key?policy=${policy}&signature=x`;
    const renew = vi.fn<Renew>(async () => {
      server = ANSWERS_PROBES;
      return renewed;
    });
    const broadcaster = await goLive({ serverUrl, renew });
    // It runs out while live, which ends nothing.
    await pass(12_000);
    expect(statusOf(broadcaster)).toBe('live');
    server = (socket, command) => {
      if (command['command'] === 'request_offer') REFUSES_STREAM(socket, command);
      else ANSWERS_PROBES(socket, command);
    };
    await breaks();
    await pass(20_000);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(statusOf(broadcaster)).toBe('live');
    expect(sockets.at(-1)?.url).toContain('other-key');
    await expectNothingLeft(broadcaster);
  });

  it('is not waited for any more once the broadcast was stopped', async () => {
    let told = new AbortController().signal;
    let answer = (_: { readonly serverUrl: string }) => {};
    const broadcaster = await runOut(({ signal }) => {
      told = signal;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    expect(stepOf(broadcaster)).toBe('renewing');
    const opened = sockets.length;
    const stopped = broadcaster.stop();
    await pass(0);
    await stopped;
    expect(told.aborted).toBe(true);
    answer(renewed);
    await pass(10_000);
    expect(statusOf(broadcaster)).toBe('idle');
    expect(sockets).toHaveLength(opened);
    await expectNothingLeft(broadcaster);
  });
});

describe('a page that is left', () => {
  it('tells the ingest before it is gone, and comes back live out of the cache', async () => {
    const broadcaster = await goLive();
    page.tell('pagehide', { persisted: true });
    // A page that is gone runs no timers any more.
    for (let turns = 0; turns < 20; turns += 1) await null;
    expect(commandsOf(sockets[0]).at(-1)).toBe('stop');
    expect(stepOf(broadcaster)).toBe('away');
    await pass(10_000);
    expect(sockets).toHaveLength(1);
    page.tell('pageshow', { persisted: true });
    await pass(200);
    expect(statusOf(broadcaster)).toBe('live');
    await expectNothingLeft(broadcaster);
  });

  it('keeps no note of a page that came back, and was stopped by its user', async () => {
    const broadcaster = await goLive({ resumeOnReload: true });
    page.tell('pagehide', { persisted: true });
    expect(page.storage.size).toBe(1);
    page.tell('pageshow', { persisted: true });
    await pass(200);
    expect(statusOf(broadcaster)).toBe('live');
    const stopped = broadcaster.stop();
    await pass(100);
    await stopped;
    expect(page.storage.size).toBe(0);
    await expectNothingLeft(broadcaster);
  });

  /** A discarded tab, or one that crashed, is told nothing: only what it had noted is left. */
  const vanish = async (broadcaster: BroadcasterInstance) => {
    const noted = [...page.storage];
    await expectNothingLeft(broadcaster);
    expect(page.storage.size).toBe(0);
    for (const [key, value] of noted) sessionStorage.setItem(key, value);
  };
  const resumeAfter = async (ms: number, options: BroadcasterOptions = {}) => {
    await pass(ms);
    const after = createBroadcaster({ ...OPTIONS, resumeOnReload: true, ...options });
    const resumed = after.resume();
    await pass(2_000);
    return { after, resumed: await resumed };
  };

  it.each([1_000, 600_000])(
    'goes on after one that vanished, %i ms after it went live',
    async (ms) => {
      const before = await goLive({ resumeOnReload: true });
      page.setVisible(false);
      await pass(ms);
      await vanish(before);
      const { after, resumed } = await resumeAfter(110_000);
      expect(resumed).toBe(true);
      expect(statusOf(after)).toBe('live');
      // And once more, should that one vanish, too.
      await vanish(after);
      const next = await resumeAfter(0);
      expect(next.resumed).toBe(true);
      await expectNothingLeft(next.after);
      expect((await resumeAfter(0)).resumed).toBe(false);
    },
  );

  it('counts the window of one that vanished during a break from the break', async () => {
    const before = await goLiveThenLose({ resumeOnReload: true });
    await pass(80_000);
    await vanish(before);
    const { resumed } = await resumeAfter(40_000);
    expect(resumed).toBe(false);
  });

  it('notes nothing of one that was never live', async () => {
    server = OFFERS;
    vi.mocked(createPeer).mockImplementation(({ iceServers }) =>
      createFakePeer('ICE_HANGS', iceServers),
    );
    const first = createBroadcaster({ ...OPTIONS, resumeOnReload: true });
    first.start().catch(() => {});
    await pass(5_000);
    expect(statusOf(first)).toBe('connecting');
    expect(page.storage.size).toBe(0);
    await expectNothingLeft(first);
  });

  it('is not taken over by a copy of its tab, which keeps quiet', async () => {
    const first = await goLive({ resumeOnReload: true });
    await pass(10_000);
    const noted = [...page.storage];
    const { after: copy, resumed } = await resumeAfter(0);
    expect(resumed).toBe(false);
    expect(statusOf(copy)).toBe('idle');
    expect(sockets).toHaveLength(1);
    expect(statusOf(first)).toBe('live');
    // The first tab has its own note.
    for (const [key, value] of noted) sessionStorage.setItem(key, value);
    await copy.release();
    await vanish(first);
    const next = await resumeAfter(0);
    expect(next.resumed).toBe(true);
    await expectNothingLeft(next.after);
  });

  it('goes on with the stream that it was at last', async () => {
    const renewed = { serverUrl: 'wss://host:3334/qlive/another-key' };
    const before = await goLiveThenLose({ resumeOnReload: true, renew: async () => renewed });
    server = ANSWERS_PROBES;
    await pass(5_000);
    expect(statusOf(before)).toBe('live');
    await pass(10_000);
    expect(page.storage.size).toBe(1);
    await vanish(before);
    expect((await resumeAfter(0)).resumed).toBe(false);
    const next = await resumeAfter(0, renewed);
    expect(next.resumed).toBe(true);
    await expectNothingLeft(next.after);
  });

  it('goes live again after a reload where the app asks for it, and keeps no key', async () => {
    const before = await goLive({ resumeOnReload: true });
    page.tell('pagehide', { persisted: false });
    await pass(1_000);
    await before.release();
    expect(page.storage.size).toBe(1);
    expect(JSON.stringify([...page.storage])).not.toContain('secret-key');
    const after = createBroadcaster({ ...OPTIONS, resumeOnReload: true });
    const resumed = after.resume();
    await pass(200);
    expect(await resumed).toBe(true);
    expect(statusOf(after)).toBe('live');
    await expectNothingLeft(after);
    expect(await createBroadcaster({ ...OPTIONS, resumeOnReload: true }).resume()).toBe(false);
  });

  it('waits after a reload for what the ingest still holds of it', async () => {
    const before = await goLive({ resumeOnReload: true });
    await pass(600_000);
    page.tell('pagehide', { persisted: false });
    await pass(1_000);
    await before.release();
    server = REFUSES_STREAM;
    const startedAt = Date.now() - 602_000;
    const after = createBroadcaster({ ...OPTIONS, resumeOnReload: true, startedAt });
    const resumed = after.resume();
    await pass(30_000);
    expect(after.getSnapshot().connection).toMatchObject({
      status: 'connecting',
      cause: { code: 'stream-busy' },
    });
    server = ANSWERS_PROBES;
    await pass(2_000);
    expect(await resumed).toBe(true);
    await expectNothingLeft(after);
  });

  it('knows when it lost its stream through any number of reloads', async () => {
    const options = { ...OPTIONS, resumeOnReload: true };
    const lostAt = Date.now();
    const live = await goLiveThenLose(options);
    const reload = async (before: BroadcasterInstance) => {
      page.tell('pagehide', { persisted: false });
      await pass(100);
      await before.release();
      const after = createBroadcaster(options);
      after.resume().catch(() => {});
      await pass(10_000);
      return after;
    };
    let now = live;
    for (let times = 0; times < 3; times += 1) {
      now = await reload(now);
      expect(now.getSnapshot().connection).toMatchObject({
        status: 'connecting',
        cause: { code: 'stream-busy' },
      });
      expect(selectLostAt(now.getSnapshot())).toBeLessThan(lostAt + 1_000);
    }
    await expectNothingLeft(now);
  });

  it('does not go live again after the window, or without being asked', async () => {
    const before = await goLive();
    page.tell('pagehide', { persisted: false });
    await pass(1_000);
    await before.release();
    expect(page.storage.size).toBe(0);
    const late = await goLive({ resumeOnReload: true });
    page.tell('pagehide', { persisted: false });
    await pass(121_000);
    expect(await createBroadcaster({ ...OPTIONS, resumeOnReload: true }).resume()).toBe(false);
    await expectNothingLeft(late);
  });

  it('asks before it is left only where the app wants that', async () => {
    const broadcaster = await goLive();
    expect(page.tell('beforeunload').defaultPrevented).toBe(false);
    broadcaster.update({ ...OPTIONS, warnBeforeLeaving: true });
    expect(page.tell('beforeunload').defaultPrevented).toBe(true);
    const stopped = broadcaster.stop();
    await pass(100);
    await stopped;
    expect(page.tell('beforeunload').defaultPrevented).toBe(false);
    await expectNothingLeft(broadcaster);
  });
});

describe('two tabs of one app', () => {
  it('the second is told, and opens no socket', async () => {
    const first = await goLive();
    const second = createBroadcaster(OPTIONS);
    const started = second.start();
    started.catch(() => {});
    await pass(1_200);
    await expect(started).rejects.toMatchObject({ code: 'already-live-here' });
    expect(sockets).toHaveLength(1);
    expect(statusOf(first)).toBe('live');
    await second.release();
    await expectNothingLeft(first);
  });

  it('the first one keeps its stream through an interruption', async () => {
    const first = await goLive();
    await pass(6_000);
    server = REFUSES_STREAM;
    sockets[0]?.close();
    await pass(5_000);
    expect(page.heldLocks).toHaveLength(1);
    server = OFFERS;
    await pass(2_000);
    expect(statusOf(first)).toBe('live');
    await expectNothingLeft(first);
  });
});

describe('stop', () => {
  it.each([
    ['live', async () => {}],
    [
      'probing',
      async () => {
        server = OFFERS;
        peers[0]?.behave('SILENT');
        await pass(1_250);
      },
    ],
    [
      'healing',
      async () => {
        peers[0]?.behave('SILENT');
        await pass(1_300);
      },
    ],
    [
      'holding',
      async () => {
        isNetworkThere = false;
        peers[0]?.behave('SILENT');
        await pass(6_000);
      },
    ],
    [
      'waiting',
      async () => {
        server = REFUSES_STREAM;
        sockets[0]?.close();
        await pass(3_000);
      },
    ],
    [
      'signaling',
      async () => {
        isNetworkThere = false;
        sockets[0]?.close();
        await pass(500);
      },
    ],
    [
      'away',
      async () => {
        page.tell('pagehide', { persisted: true });
        await pass(100);
      },
    ],
  ] as const)(
    'ends a broadcast at once, and leaves nothing running, while %s',
    async (step, bring) => {
      const broadcaster = await goLive();
      await pass(5_500);
      await bring();
      // How long it waits between two tries is left to chance.
      await vi.waitUntil(() => stepOf(broadcaster) === step);
      const stopped = broadcaster.stop();
      expect(statusOf(broadcaster)).toBe('idle');
      await pass(1_100);
      await stopped;
      const opened = sockets.length;
      isNetworkThere = true;
      server = ANSWERS_PROBES;
      page.tell('pageshow', { persisted: true });
      page.setOnline(false);
      page.setOnline(true);
      await pass(60_000);
      expect(sockets).toHaveLength(opened);
      expect(statusOf(broadcaster)).toBe('idle');
      await expectNothingLeft(broadcaster);
    },
  );
});
