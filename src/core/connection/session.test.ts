import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakePeer, PathBehaviour, PeerBehaviour } from '../../testing/fake-peer.js';
import { createFakePeer } from '../../testing/fake-peer.js';
import { BroadcastError } from '../errors.js';
import type { RestartOutcome } from '../signaling/contract.js';
import { pollStats } from '../stats/poll-stats.js';
import type { SessionSettings } from './session.js';
import { runSession } from './session.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const busy = new BroadcastError('stream-busy', 'Busy.');

/** Runs a session over scripted signaling, and keeps what it says. */
function run({
  peer = 'CONNECTS' as PeerBehaviour,
  path = 'ALIVE' as PathBehaviour,
  refuses = false,
  answers = true,
  restarts = null as RestartOutcome[] | null,
} = {}) {
  const told: string[] = [];
  const closed: string[] = [];
  const peers: FakePeer[] = [];
  const controller = new AbortController();
  const probedAt: number[] = [];
  let loseSignaling = (_: BroadcastError) => {};
  let isHeld = false;
  let changed = () => {};
  const publish: SessionSettings['publish'] = async (context) => {
    const made = createFakePeer(peer);
    made.behave(path);
    peers.push(made);
    if (refuses) {
      made.close();
      throw busy;
    }
    context.report('prepared');
    context.report('negotiating');
    await made.connected(context.signal).catch((thrown: unknown) => {
      made.close();
      throw thrown;
    });
    return {
      peer: made,
      lost: new Promise((resolve) => {
        loseSignaling = resolve;
      }),
      ...(restarts === null
        ? {
            async probe() {
              probedAt.push(Date.now());
              return answers;
            },
          }
        : { restartIce: async () => restarts.shift() ?? 'refused' }),
      async close() {
        closed.push(peers[0]?.isClosed ? 'after the peer' : 'before the peer');
      },
    };
  };
  const settings: SessionSettings = {
    sessionId: 7,
    publish,
    isHeld: () => isHeld,
    subscribe(listener) {
      changed = listener;
      return () => {};
    },
    isInDoubt: () => false,
    isWatched: () => true,
    sample: pollStats,
    dispatch: (event) => {
      const { type } = event;
      if (type === 'session-progressed') told.push(event.phase);
      else if (type === 'session-probed') told.push(`answered: ${event.answered}`);
      else if (type === 'session-ended') told.push(`ended: ${event.error.code}`);
      else told.push(type);
      // As the state does.
      if (type === 'session-silent' || type === 'session-path-failed') isHeld = true;
      if (type === 'session-alive') isHeld = false;
      changed();
    },
  };
  const ended = runSession(settings, controller.signal);
  const lose = (error: BroadcastError) => loseSignaling(error);
  return { ended, told, closed, peers, probedAt, controller, lose };
}

const settled = () => vi.advanceTimersByTimeAsync(0);
const withoutSamples = (told: readonly string[]) => told.filter((type) => type !== 'stats-sampled');
const BEGINNING = ['session-prepared', 'negotiating', 'first-media', 'session-live'];

describe('runSession', () => {
  it('tells how far it came, and that it stayed healthy', async () => {
    const { told, controller, ended } = run();
    await settled();
    expect(told).toEqual(BEGINNING);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told).toContain('session-healthy');
    expect(told).toContain('stats-sampled');
    controller.abort();
    await ended;
  });

  it('stays in place when its path fails, and says whether the ingest answers', async () => {
    const { told, peers, controller, ended } = run();
    await settled();
    peers[0]?.lose();
    await settled();
    expect(told).toEqual([...BEGINNING, 'session-path-failed', 'answered: true']);
    expect(peers[0]?.isClosed).toBe(false);
    controller.abort();
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells of silence within a second and a half, and when something comes back', async () => {
    const { told, peers, controller, ended } = run({ answers: false });
    await vi.advanceTimersByTimeAsync(2_000);
    peers[0]?.behave('SILENT');
    await vi.advanceTimersByTimeAsync(1_500);
    expect(withoutSamples(told)).toEqual([...BEGINNING, 'session-silent', 'answered: false']);
    peers[0]?.behave('ALIVE');
    await vi.advanceTimersByTimeAsync(500);
    expect(told).toContain('session-alive');
    expect(peers[0]?.keyFrames).toBe(1);
    expect(told).not.toContain('session-healthy');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told).toContain('session-healthy');
    controller.abort();
    await ended;
  });

  it.each([
    ['silent for a moment just then', 600],
    ['silent for longer than that, again', 4_000],
  ])('does not call a path healthy that is %s', async (_, silentMs) => {
    const { told, peers, controller, ended } = run({ answers: false });
    const healthy = () => told.filter((type) => type === 'session-healthy').length;
    await vi.advanceTimersByTimeAsync(4_600);
    peers[0]?.behave('SILENT');
    await vi.advanceTimersByTimeAsync(silentMs);
    expect(healthy()).toBe(0);
    peers[0]?.behave('ALIVE');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(healthy()).toBe(1);
    controller.abort();
    await ended;
  });

  it('tells of a way out that is dead though reports still come in', async () => {
    const { told, peers, controller, ended } = run();
    await vi.advanceTimersByTimeAsync(2_000);
    peers[0]?.behave('UNANSWERED');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told.filter((type) => type === 'session-silent')).toHaveLength(1);
    expect(told).not.toContain('session-alive');
    peers[0]?.behave('ALIVE');
    await vi.advanceTimersByTimeAsync(500);
    expect(told).toContain('session-alive');
    controller.abort();
    await ended;
  });

  it('keeps a silent path from being given up, as long as the ingest has the session', async () => {
    const { peers, controller, ended } = run({ answers: false });
    const checks = () => peers[0]?.checks ?? 0;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(checks()).toBe(0);
    peers[0]?.behave('SILENT');
    await vi.advanceTimersByTimeAsync(14_000);
    expect(checks()).toBeGreaterThanOrEqual(3);
    peers[0]?.behave('ALIVE');
    await vi.advanceTimersByTimeAsync(500);
    const before = checks();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(checks()).toBe(before);
    peers[0]?.behave('SILENT');
    await vi.advanceTimersByTimeAsync(60_000);
    const most = checks();
    expect(most - before).toBeLessThanOrEqual(8);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(checks()).toBe(most);
    controller.abort();
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['ONLY_CHECKED', 'ONLY_CHECKED_UNCOUNTED'] as const)(
    'stays with an ingest that says nothing, sends it key frames, and tells when it is gone: %s',
    async (path) => {
      const { told, peers, controller, ended } = run({ path });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(withoutSamples(told)).toEqual([...BEGINNING, 'session-healthy']);
      expect(peers[0]?.keyFrames).toBeGreaterThanOrEqual(15);
      expect(peers[0]?.keyFrames).toBeLessThanOrEqual(20);
      peers[0]?.behave('UNANSWERED');
      await vi.advanceTimersByTimeAsync(1_000);
      expect(told).toContain('session-silent');
      controller.abort();
      await ended;
    },
  );

  it.each([true, false])(
    'never lets its signalling idle for longer than a proxy bears, answered: %s',
    async (answers) => {
      const from = Date.now();
      const { told, probedAt, controller, ended } = run({ answers });
      await vi.advanceTimersByTimeAsync(120_000);
      const gaps = [...probedAt, Date.now()].map((at, index) => at - (probedAt[index - 1] ?? from));
      expect(Math.max(...gaps)).toBeLessThan(15_000);
      expect(probedAt.length).toBeLessThanOrEqual(12);
      expect(withoutSamples(told)).toEqual([...BEGINNING, 'session-healthy']);
      controller.abort();
      await ended;
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('sends no key frame unasked to an ingest that speaks', async () => {
    const { peers, controller, ended } = run();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(peers[0]?.keyFrames).toBe(0);
    controller.abort();
    await ended;
  });

  it.each(['NOTHING_SENT', 'UNCOUNTED'] as const)(
    'hears no silence on a path with %s',
    async (path) => {
      const { told, peers, controller, ended } = run();
      await settled();
      peers[0]?.behave(path);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(told).not.toContain('session-silent');
      expect(told).toContain('session-healthy');
      controller.abort();
      await ended;
    },
  );

  it('asks for a new path where its signaling has a word for it, until it is agreed on', async () => {
    const restarts: RestartOutcome[] = ['unanswered', 'unanswered', 'restarted', 'restarted'];
    const { told, peers, controller, ended } = run({ restarts });
    await vi.advanceTimersByTimeAsync(2_000);
    peers[0]?.behave('SILENT');
    await vi.advanceTimersByTimeAsync(2_900);
    expect(withoutSamples(told).slice(BEGINNING.length)).toEqual([
      'session-silent',
      'answered: false',
      'answered: false',
      'session-restarted',
    ]);
    expect(restarts).toEqual(['restarted']);
    controller.abort();
    await ended;
  });

  it('takes a refused request for a new path for an answer', async () => {
    const { told, peers, controller, ended } = run({ restarts: ['refused'] });
    await vi.advanceTimersByTimeAsync(2_000);
    peers[0]?.behave('SILENT');
    await vi.advanceTimersByTimeAsync(1_500);
    expect(withoutSamples(told).slice(-2)).toEqual(['session-silent', 'answered: true']);
    controller.abort();
    await ended;
  });

  it('closes signaling before the peer', async () => {
    const { ended, closed, peers, controller } = run();
    await settled();
    controller.abort();
    await ended;
    expect(closed).toEqual(['before the peer']);
    expect(peers[0]?.isClosed).toBe(true);
  });

  it('ends when signaling is lost', async () => {
    const { ended, told, lose } = run();
    await settled();
    lose(busy);
    await ended;
    expect(told).toEqual([...BEGINNING, 'ended: stream-busy']);
  });

  it('ends with the refusal, and closes the peer it had made', async () => {
    const { ended, told, peers } = run({ refuses: true });
    await ended;
    expect(told).toEqual(['ended: stream-busy']);
    expect(peers[0]?.isClosed).toBe(true);
  });

  it.each(['CONNECTS', 'ICE_HANGS', 'NO_MEDIA'] as const)(
    'is silent and clean once aborted, with a peer that %s',
    async (peer) => {
      const { ended, told, peers, controller } = run({ peer });
      await settled();
      const before = told.length;
      controller.abort();
      await ended;
      peers[0]?.lose();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(told).toHaveLength(before);
      expect(peers[0]?.isClosed).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});
