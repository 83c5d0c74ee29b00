import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakePeer, PeerBehaviour } from '../../testing/fake-peer.js';
import { createFakePeer } from '../../testing/fake-peer.js';
import type { ServerBehaviour } from '../../testing/fake-web-socket.js';
import {
  ANSWERS_PROBES,
  DISLIKES_CANDIDATES,
  installFakeWebSocket,
  OFFERS,
  OFFERS_TCP,
  REFUSES_ANSWER,
  REFUSES_STREAM,
  SAYS_TAKEN,
  SILENT,
  TALKS_NONSENSE,
} from '../../testing/fake-web-socket.js';
import type { OmeHints } from './ome-signaling.js';
import { omeAdapter } from './ome-signaling.js';

const URL_WITH_KEY = new URL('wss://host:3334/qlive/secret-key?direction=send');

let restore = () => {};
beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  restore();
  vi.useRealTimers();
});

/** Starts a session against a scripted server; `press` is the user's button. */
function publish(
  server: ServerBehaviour,
  {
    peer = 'CONNECTS' as PeerBehaviour,
    republish = false,
    attempt = 1,
    serverTime = 0,
    url = URL_WITH_KEY,
    opens = true,
    pressed = true,
    refreshPreparedAnswers = false,
  } = {},
) {
  const fake = installFakeWebSocket(server, { opens });
  restore = fake.restore;
  const peers: FakePeer[] = [];
  const detours: (string | undefined)[] = [];
  const progress: string[] = [];
  const controller = new AbortController();
  let press = () => {};
  const go = new Promise<void>((resolve) => {
    press = resolve;
  });
  if (pressed) press();
  const hints: OmeHints = {
    attempt: () => attempt,
    mayHoldSession: () => republish,
    serverTime: () => serverTime,
    refreshPreparedAnswers,
  };
  const session = omeAdapter(url, hints).publish({
    createPeer(iceServers, detour) {
      const made = createFakePeer(peer, iceServers);
      detours.push(detour);
      peers.push(made);
      return made;
    },
    go,
    report: (step) => progress.push(step),
    signal: controller.signal,
  });
  session.catch(() => {});
  return { session, sockets: fake.sockets, peers, detours, progress, press, controller };
}

/** A server that refuses the stream, and repeats its name. */
const refusesWith =
  (code: number): ServerBehaviour =>
  (socket) =>
    socket.receive({ code, error: 'Stream secret-key is not allowed' });

const settled = () => vi.advanceTimersByTimeAsync(200);
const commands = (socket: { sent: readonly Record<string, unknown>[] } | undefined) =>
  socket?.sent.map(({ command }) => command);

describe('publishing over OvenMediaEngine', () => {
  it('requests the offer, answers it, and sends its candidates behind the answer', async () => {
    const { session, sockets, peers, progress } = publish(OFFERS);
    await settled();
    await session;
    expect(sockets).toHaveLength(1);
    expect(sockets[0]?.url).toBe(URL_WITH_KEY.href);
    expect(commands(sockets[0])).toEqual(['request_offer', 'answer', 'candidate']);
    expect(sockets[0]?.sent[1]).toMatchObject({ id: 7, peer_id: 0, sdp: { type: 'answer' } });
    expect(peers[0]?.remoteCandidates).toHaveLength(1);
    expect(progress).toEqual(['prepared', 'negotiating']);
  });

  it('refreshes its answer until the user is ready, and sends one that is one to two steps old', async () => {
    const { session, sockets, peers, press } = publish(OFFERS, {
      pressed: false,
      refreshPreparedAnswers: true,
    });
    await vi.advanceTimersByTimeAsync(10_000);
    const open = () => peers.filter(({ isClosed }) => !isClosed);
    expect(open()).toHaveLength(2);
    const [older] = open();
    expect(peers.indexOf(older as FakePeer)).toBe(peers.length - 2);
    press();
    await settled();
    expect((await session).peer).toBe(older);
    expect(open()).toEqual([older]);
    expect(older?.remoteCandidates).toHaveLength(1);
    expect(commands(sockets[0])?.filter((command) => command === 'answer')).toHaveLength(1);
    const made = peers.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(peers).toHaveLength(made);
  });

  it('keeps the first answer for a server that hands media on without waiting for reports', async () => {
    const { session, peers, press } = publish(OFFERS_TCP, {
      pressed: false,
      refreshPreparedAnswers: true,
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(peers).toHaveLength(1);
    press();
    await settled();
    expect((await session).peer).toBe(peers[0]);
  });

  it('sends a younger answer to an ingest that is far away, so that it is connected in time', async () => {
    const answersWithin = async (offerMs: number) => {
      const farAway: ServerBehaviour = (socket, command) => {
        setTimeout(() => OFFERS(socket, command), offerMs);
      };
      const { peers, controller, session } = publish(farAway, {
        pressed: false,
        refreshPreparedAnswers: true,
      });
      await vi.advanceTimersByTimeAsync(offerMs + 10_000);
      controller.abort(new Error('enough'));
      await settled();
      await expect(session).rejects.toThrow('enough');
      return peers.length;
    };
    const near = await answersWithin(5);
    const far = await answersWithin(200);
    expect(far).toBeGreaterThan(near);
    expect(await answersWithin(3_000)).toBeLessThan(2 * near + 2);
  });

  it('closes every peer when it ends before the user is ready', async () => {
    const { session, peers, controller } = publish(OFFERS, {
      pressed: false,
      refreshPreparedAnswers: true,
    });
    await vi.advanceTimersByTimeAsync(5_000);
    controller.abort(new Error('enough'));
    await settled();
    await expect(session).rejects.toThrow('enough');
    expect(peers.length).toBeGreaterThan(2);
    expect(peers.every(({ isClosed }) => isClosed)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('publishes nothing, and starts no checks, before the user wants to', async () => {
    const { session, sockets, peers, progress, press } = publish(OFFERS, { pressed: false });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(commands(sockets[0])).toEqual(['request_offer']);
    expect(peers[0]?.remoteCandidates).toEqual([]);
    expect(progress).toEqual(['prepared']);
    press();
    await settled();
    await session;
    expect(commands(sockets[0])).toContain('answer');
  });

  describe('pressed long after its offer came', () => {
    /** A server that offers once, and then does `later`. */
    const offersOnce = (later: ServerBehaviour): ServerBehaviour => {
      let offers = 0;
      return (socket, command) => {
        if (command['command'] !== 'request_offer') return;
        offers += 1;
        (offers === 1 ? OFFERS : later)(socket, command);
      };
    };
    const pressLate = async (server: ServerBehaviour, options = {}) => {
      const made = publish(server, { pressed: false, ...options });
      await vi.advanceTimersByTimeAsync(20_000);
      made.press();
      await vi.advanceTimersByTimeAsync(2_000);
      return made;
    };
    const answers = (sockets: readonly { sent: readonly Record<string, unknown>[] }[]) =>
      sockets.flatMap((socket) => commands(socket) ?? []).filter((one) => one === 'answer');

    it.each([404, 409])('answers nothing where the ingest says %d by now', async (code) => {
      const { session, sockets } = await pressLate(offersOnce(refusesWith(code)));
      await expect(session).rejects.toMatchObject({ code: 'stream-busy' });
      expect(answers(sockets)).toEqual([]);
      expect(sockets.map(({ readyState }) => readyState)).toEqual([3, 3]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('is told of any other refusal as it is', async () => {
      const { session } = await pressLate(offersOnce(refusesWith(401)));
      await expect(session).rejects.toMatchObject({ code: 'unauthorized' });
    });

    it('waits for its own ghost as any attempt to come back does', async () => {
      const { session } = await pressLate(offersOnce(REFUSES_STREAM), { republish: true });
      await expect(session).rejects.toThrow(/still holds the last session/);
    });

    it.each([
      ['offers again', OFFERS],
      ['says nothing', SILENT],
      ['talks nonsense', (socket) => socket.receive('{')],
      ['closes the second socket', (socket) => socket.close()],
    ] satisfies [string, ServerBehaviour][])(
      'goes live where the ingest %s, and lets the second socket go',
      async (_, later) => {
        const { session, sockets } = await pressLate(offersOnce(later));
        await session;
        expect(answers(sockets)).toHaveLength(1);
        const open = sockets.filter(({ readyState }) => readyState === 1);
        expect(open).toEqual([sockets[0]]);
        expect(commands(sockets[1])).toEqual(['request_offer']);
        expect(vi.getTimerCount()).toBe(0);
      },
    );

    it('opens another second socket where the first one closed meanwhile', async () => {
      const { session, sockets, press } = publish(OFFERS, { pressed: false });
      await vi.advanceTimersByTimeAsync(5_000);
      sockets[1]?.close();
      await settled();
      press();
      await settled();
      await session;
      expect(sockets).toHaveLength(3);
      expect(commands(sockets[2])).toEqual(['request_offer']);
    });

    it('asks nothing twice while the offer is new', async () => {
      const { session, sockets, press } = publish(OFFERS, { pressed: false });
      await settled();
      press();
      await settled();
      await session;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(sockets).toHaveLength(1);
    });

    it('leaves no socket behind when it is not pressed at all', async () => {
      const { session, sockets, controller } = publish(OFFERS, { pressed: false });
      await vi.advanceTimersByTimeAsync(5_000);
      controller.abort(new Error('enough'));
      await settled();
      await expect(session).rejects.toThrow('enough');
      expect(sockets.map(({ readyState }) => readyState)).toEqual([3, 3]);
    });
  });

  it('gives a prepared offer up when it grew old, or its socket closed', async () => {
    const old = publish(OFFERS, { pressed: false });
    await vi.advanceTimersByTimeAsync(121_000);
    await expect(old.session).rejects.toMatchObject({ code: 'timeout' });
    expect(old.sockets[0]?.readyState).toBe(3);
    restore();

    const closed = publish(OFFERS, { pressed: false });
    await settled();
    closed.sockets[0]?.close();
    await settled();
    await expect(closed.session).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.not.stringContaining('resumed'),
    });
  });

  it('says stop before it closes the socket, once', async () => {
    const { session, sockets } = publish(OFFERS);
    await settled();
    const { close, lost } = await session;
    const closing = Promise.all([close(), close()]);
    await settled();
    await closing;
    expect(commands(sockets[0])?.filter((command) => command === 'stop')).toHaveLength(1);
    expect(sockets[0]?.sent.at(-1)).toEqual({ command: 'stop', id: 7, peer_id: 0 });
    expect(sockets[0]?.readyState).toBe(3);
    await expect(lost).resolves.toMatchObject({ code: 'unreachable' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['answers what it does not know', ANSWERS_PROBES, true],
    ['says nothing', OFFERS, false],
  ] as const)('tells whether a server that %s can be reached', async (_, server, answered) => {
    const { session, sockets } = publish(server);
    await settled();
    const { probe, close } = await session;
    const probed = probe?.(new AbortController().signal);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await probed).toBe(answered);
    expect(sockets[0]?.sent.at(-1)).toEqual({ command: 'probe', id: 7, peer_id: 0 });
    expect(sockets[0]?.readyState).toBe(1);
    void close();
    await settled();
    expect(await probe?.(new AbortController().signal)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes nonsense for an answer, too, and lets go when nobody asks any more', async () => {
    const { session, sockets } = publish(OFFERS);
    await settled();
    const { probe } = await session;
    const probed = probe?.(new AbortController().signal);
    sockets[0]?.receive('{');
    expect(await probed).toBe(true);
    const asking = new AbortController();
    const dropped = probe?.(asking.signal);
    asking.abort();
    expect(await dropped).toBe(false);
    await settled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait long for a socket where the ingest was reached before', async () => {
    const { session } = publish(OFFERS, { republish: true, opens: false });
    await vi.advanceTimersByTimeAsync(4_000 + 1_000);
    await expect(session).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('notices at once when the server ends the socket', async () => {
    const { session, sockets } = publish(OFFERS);
    await settled();
    const { lost } = await session;
    sockets[0]?.close();
    await settled();
    await expect(lost).resolves.toMatchObject({ code: 'unreachable' });
  });

  it.each([
    ['a refusal of the stream', REFUSES_STREAM, {}, 'stream-not-found'],
    ['a refusal of the address', refusesWith(401), {}, 'unauthorized'],
    ['a refusal that it does not know', refusesWith(418), {}, 'protocol-violation'],
    ['a refusal of our own lost stream', REFUSES_STREAM, { republish: true }, 'stream-busy'],
    ['our own lost stream, named as such', SAYS_TAKEN, { republish: true }, 'stream-busy'],
    ['a refusal of the answer', REFUSES_ANSWER, { peer: 'ICE_HANGS' }, 'stream-busy'],
    ['a server that never offers', SILENT, {}, 'timeout'],
    ['a server that never opens', OFFERS, { opens: false }, 'unreachable'],
    ['a path that is never found', OFFERS, { peer: 'ICE_FAILS' }, 'negotiation-failed'],
    ['an offer that the browser refuses', OFFERS, { peer: 'REFUSES_OFFER' }, 'negotiation-failed'],
  ] as const)('turns %s into a typed error and closes the socket', async (_, server, how, code) => {
    const { session, sockets } = publish(server, how);
    await vi.advanceTimersByTimeAsync(20_000);
    const error = await session.then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'BroadcastError', code });
    expect(inspect(error, { depth: null })).not.toContain('secret-key');
    expect(sockets[0]?.readyState).toBeGreaterThanOrEqual(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['nonsense', TALKS_NONSENSE],
    ['complaints about candidates', DISLIKES_CANDIDATES],
  ])('is not put off by %s', async (_, server) => {
    const { session, sockets } = publish(server);
    await settled();
    const { lost } = await session;
    sockets[0]?.receive('nonsense after the end of negotiation');
    const outcome = await Promise.race([lost, Promise.resolve('still live')]);
    expect(outcome).toBe('still live');
  });

  it('ends at once when aborted, at every stage', async () => {
    for (const ms of [0, 1, 2, 3, 5]) {
      const { session, sockets, controller } = publish(OFFERS, { peer: 'ICE_HANGS' });
      await vi.advanceTimersByTimeAsync(ms);
      controller.abort(new Error('enough'));
      await settled();
      await expect(session).rejects.toThrow('enough');
      expect(sockets[0]?.readyState).toBe(3);
      expect(vi.getTimerCount()).toBe(0);
      restore();
    }
  });
});

describe('the error of a refusal', () => {
  const expiring = (at: number) =>
    new URL(
      `wss://host/app/secret-key?policy=${btoa(JSON.stringify({ url_expire: at }))}&signature=x`,
    );
  const codeOf = async (told: Parameters<typeof publish>[1], server = REFUSES_STREAM) => {
    const { session } = publish(server, told);
    await settled();
    return session.then(
      () => 'live',
      ({ code }) => code,
    );
  };

  it('an address that has expired, by the clock of the server', async () => {
    const url = expiring(5_000);
    expect(await codeOf({ url, serverTime: 5_000 })).toBe('address-expired');
    expect(await codeOf({ url, serverTime: 5_000, republish: true })).toBe('address-expired');
    expect(await codeOf({ url, serverTime: 4_999 })).toBe('stream-not-found');
    expect(await codeOf({ url, serverTime: 4_999, republish: true })).toBe('stream-busy');
    expect(await codeOf({ url, serverTime: 5_000 }, refusesWith(401))).toBe('address-expired');
    expect(await codeOf({ url, serverTime: 4_999 }, refusesWith(401))).toBe('unauthorized');
    expect(await codeOf({ url, serverTime: 5_000 }, refusesWith(403))).toBe('stream-busy');
  });

  it.each([false, true])(
    'an address that has expired, where not even a socket is opened for it, again: %s',
    async (republish) => {
      const told = async (serverTime: number) => {
        const url = expiring(5_000);
        const { session, sockets } = publish(SILENT, { url, serverTime, republish, attempt: 6 });
        // It opens with the next timer.
        for (let turn = 0; turn < 100 && sockets.length === 0; turn += 1) await Promise.resolve();
        sockets[0]?.close();
        await settled();
        return session.then(
          () => 'live',
          ({ code }) => code,
        );
      };
      expect(await told(5_000)).toBe('address-expired');
      expect(await told(4_999)).toBe('handshake-refused');
    },
  );

  it('an offer that leads nowhere, at once, and no advice that was taken already', async () => {
    const offers: ServerBehaviour = (socket, { command }) => {
      const sdp = { type: 'offer', sdp: 'v=0\r\na=end-of-candidates\r\n' };
      const candidates = ['', 'candidate:', 'nonsense', 'candidate:1 1 UDP 50'].map(
        (candidate) => ({
          candidate,
          sdpMLineIndex: 0,
        }),
      );
      if (command === 'request_offer') {
        socket.receive({ command: 'offer', id: 7, sdp, candidates });
      }
    };
    for (const [query, advice] of [
      ['', /Try the option transport: "tcp"/],
      ['&transport=tcp', /Leave the option transport out/],
    ] as const) {
      const { session, peers } = publish(offers, { url: new URL(`${URL_WITH_KEY}${query}`) });
      await settled();
      await expect(session).rejects.toMatchObject({
        code: 'negotiation-failed',
        message: expect.stringMatching(advice),
      });
      expect(peers).toHaveLength(0);
    }
  });

  it.each([
    ['', 'the option transport: "tcp"'],
    ['&transport=UDP', 'the option transport: "tcp"'],
    ['&transport=pigeon', 'the option transport: "tcp"'],
    ['&transport=TCP', undefined],
    ['&transport=relay', undefined],
    ['&transport=all', undefined],
  ])('no path, with TCP as a detour where "%s" did not ask for it', async (query, detour) => {
    const { detours } = publish(OFFERS, { url: new URL(`${URL_WITH_KEY}${query}`) });
    await settled();
    expect(detours).toEqual([detour]);
  });

  it('an end before it is live, which does not speak of a broadcast that goes on', async () => {
    const closes: ServerBehaviour = (socket) => socket.close();
    const { session } = publish(closes);
    await settled();
    await expect(session).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.not.stringContaining('resumed'),
    });
  });
});

const NO_HINTS: OmeHints = {
  attempt: () => 1,
  mayHoldSession: () => false,
  serverTime: Date.now,
  refreshPreparedAnswers: false,
};
const { isReachable } = omeAdapter(URL_WITH_KEY, NO_HINTS);

describe('whether an OvenMediaEngine can be reached', () => {
  it('finds an ingest without sending it anything, and closes its socket', async () => {
    const fake = installFakeWebSocket(OFFERS);
    restore = fake.restore;
    const found = isReachable(1, new AbortController().signal);
    await settled();
    expect(await found).toBe(true);
    expect(fake.sockets[0]?.sent).toEqual([]);
    expect(fake.sockets[0]?.readyState).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks over HTTP first once it has often been in vain, and then opens a socket', async () => {
    const fake = installFakeWebSocket(OFFERS);
    restore = fake.restore;
    const asked = vi.spyOn(globalThis, 'fetch');
    const found = isReachable(6, new AbortController().signal);
    await settled();
    expect(await found).toBe(true);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(asked.mock.calls[0]?.[0]).toBe(`https://${URL_WITH_KEY.host}/`);
    expect(fake.sockets).toHaveLength(1);
  });

  it.each([
    ['opens no socket where HTTP is in vain', 6, 0],
    ['opens one all the same now and then, for what answers to nothing else', 64, 1],
  ])('%s', async (_, attempt, sockets) => {
    const fake = installFakeWebSocket(OFFERS, { opens: false });
    restore = fake.restore;
    const found = isReachable(attempt, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await found).toBe(false);
    expect(fake.sockets).toHaveLength(sockets);
    expect(vi.getTimerCount()).toBe(0);
  });
});
