import { inspect } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { BroadcastError } from '../core/errors.js';
import type { Peer } from '../core/peer/peer.js';
import type { SignalingAdapter, SignalingContext } from '../core/signaling/contract.js';

/** A server, and an adapter for one stream on it. */
export interface SignalingStage {
  readonly adapter: SignalingAdapter;
  /** Makes a peer that connects where its server lets it. */
  createPeer(iceServers: readonly RTCIceServer[]): Peer;
  /** Whether the server has a session of this stream now, or had one that it holds. */
  isPublished(): boolean;
  /** Lets time pass until `condition` holds. Rejects where it never does. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Makes something of the server from now on. */
  behave(how: SignalingFault): Promise<void> | void;
  /** A word that may stand in no error: the stream's key. */
  readonly secret: string;
  close(): Promise<void>;
}

/** Faults of a server towards a publisher, in any protocol. */
export type SignalingFault =
  /** It refuses the stream from now on. */
  | 'refuse'
  /** It takes the stream, and no path for media comes about. */
  | 'no-path'
  /** It ends the session that it has. */
  | 'end-session'
  /** It goes away. */
  | 'go-away';

/** Registers, in the present `describe`, all that holds for every adapter. */
export function itKeepsTheSignalingContract(open: () => Promise<SignalingStage>): void {
  const closings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
  });

  /** Publishes; the button is pressed with `press`. */
  const publishing = async (fault?: SignalingFault) => {
    const stage = await open();
    closings.push(stage.close);
    if (fault !== undefined) await stage.behave(fault);
    const life = new AbortController();
    const peers: Peer[] = [];
    const closed = new Set<Peer>();
    const reports: string[] = [];
    let press = () => {};
    const context: SignalingContext = {
      createPeer(iceServers) {
        const peer = stage.createPeer(iceServers);
        const watched = {
          ...peer,
          close() {
            closed.add(watched);
            peer.close();
          },
        };
        peers.push(watched);
        return watched;
      },
      go: new Promise((resolve) => {
        press = resolve;
      }),
      report: (progress) => reports.push(progress),
      signal: life.signal,
    };
    const session = stage.adapter.publish(context);
    let outcome: 'pending' | 'published' | 'rejected' = 'pending';
    session.then(
      () => {
        outcome = 'published';
      },
      () => {
        outcome = 'rejected';
      },
    );
    closings.push(async () => {
      life.abort();
      let isOver = false;
      const end = async () => {
        const published = await session.catch(() => null);
        await published?.close();
        published?.peer.close();
        isOver = true;
      };
      void end();
      await stage.until(() => isOver, 'the session is over');
    });
    return {
      stage,
      session,
      life,
      reports,
      press,
      openPeers: () => peers.filter((peer) => !closed.has(peer)),
      settled: () => stage.until(() => outcome !== 'pending', 'publishing settles'),
      is: (progress: string) =>
        stage.until(() => reports.includes(progress), `the session is ${progress}`),
    };
  };

  it('publishes nothing before the user wants to, and then with one peer', async () => {
    const { stage, session, reports, press, openPeers, is, settled } = await publishing();
    await is('prepared');
    expect(stage.isPublished()).toBe(false);
    expect(reports).toEqual(['prepared']);
    press();
    await settled();
    const { peer } = await session;
    await stage.until(stage.isPublished, 'the server has the session');
    expect(reports).toEqual(['prepared', 'negotiating']);
    expect(openPeers()).toEqual([peer]);
  });

  it('tells the server of the end, as often as it is asked to, and leaves the peer open', async () => {
    const { stage, session, press, openPeers, settled } = await publishing();
    press();
    await settled();
    const published = await session;
    await stage.until(stage.isPublished, 'the server has the session');
    const closing = Promise.all([published.close(), published.close()]);
    let isClosed = false;
    void closing.then(() => {
      isClosed = true;
    });
    await stage.until(() => isClosed, 'it closes');
    await published.close();
    await stage.until(() => !stage.isPublished(), 'the server lets go');
    expect(openPeers()).toEqual([published.peer]);
  });

  it('settles once when the server ends the session', async () => {
    const { stage, session, press, settled } = await publishing();
    press();
    await settled();
    const { lost, restartIce } = await session;
    const errors: unknown[] = [];
    void lost.then((error) => errors.push(error));
    await stage.until(stage.isPublished, 'the server has the session');
    expect(errors).toEqual([]);
    await stage.behave('end-session');
    // Where nothing is kept open a server that says nothing is asked, as a silent path has it.
    await restartIce?.(new AbortController().signal);
    await stage.until(() => errors.length > 0, 'the loss is told');
    expect(errors).toEqual([expect.any(BroadcastError)]);
    expect(inspect(errors, { depth: null })).not.toContain(stage.secret);
  });

  it('answers whether its server can be reached over a session that lives', async () => {
    const { stage, session, life, press, settled } = await publishing();
    press();
    await settled();
    const { probe } = await session;
    if (probe === undefined) return;
    let answer: boolean | null = null;
    void probe(life.signal).then((answered) => {
      answer = answered;
    });
    await stage.until(() => answer !== null, 'the server answers');
    expect(answer).toBe(true);
    expect(stage.isPublished()).toBe(true);
  });

  it.each(['refuse', 'go-away'] as const)('ends in words where the servers "%s"', async (fault) => {
    const { stage, session, press, openPeers, settled } = await publishing(fault);
    press();
    await settled();
    const thrown: unknown = await session.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(BroadcastError);
    expect(inspect(thrown, { depth: null })).not.toContain(stage.secret);
    expect(openPeers()).toEqual([]);
    expect(stage.isPublished()).toBe(false);
  });

  it('ends with the reason of its signal while it waits for the user', async () => {
    const { stage, session, life, openPeers, is, settled } = await publishing();
    await is('prepared');
    const reason = new Error('enough');
    life.abort(reason);
    await settled();
    await expect(session).rejects.toBe(reason);
    expect(openPeers()).toEqual([]);
    expect(stage.isPublished()).toBe(false);
  });

  it('ends with the reason of its signal while no path comes about', async () => {
    const { stage, session, life, press, openPeers, is, settled } = await publishing('no-path');
    press();
    await is('negotiating');
    const reason = new Error('enough');
    life.abort(reason);
    await settled();
    await expect(session).rejects.toBe(reason);
    expect(openPeers()).toEqual([]);
    await stage.until(() => !stage.isPublished(), 'the server lets go');
  });

  it('starts nothing with a signal that has aborted', async () => {
    const stage = await open();
    closings.push(stage.close);
    const reason = new Error('enough');
    let outcome: unknown = null;
    stage.adapter
      .publish({
        createPeer: stage.createPeer,
        go: Promise.resolve(),
        report: () => {},
        signal: AbortSignal.abort(reason),
      })
      .then(
        () => {
          outcome = 'published';
        },
        (thrown: unknown) => {
          outcome = thrown;
        },
      );
    await stage.until(() => outcome !== null, 'it ends');
    expect(outcome).toBe(reason);
    expect(stage.isPublished()).toBe(false);
  });

  it('says whether its server can be reached, and publishes nothing for it', async () => {
    const stage = await open();
    closings.push(stage.close);
    const look = async (attempt: number, signal: AbortSignal) => {
      let found: boolean | null = null;
      void stage.adapter.isReachable(attempt, signal).then((answer) => {
        found = answer;
      });
      await stage.until(() => found !== null, 'the look is over');
      return found;
    };
    const { signal } = new AbortController();
    expect(await look(1, signal)).toBe(true);
    expect(await look(7, signal)).toBe(true);
    expect(stage.isPublished()).toBe(false);
    await stage.behave('go-away');
    expect(await look(1, signal)).toBe(false);
    expect(await look(7, signal)).toBe(false);
    expect(await look(1, AbortSignal.abort())).toBe(false);
  });
}
