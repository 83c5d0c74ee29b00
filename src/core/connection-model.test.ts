import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from './connection/connection.js';
import { isBroadcasting, selectSessionId } from './connection/connection.js';
import { inputDueAt } from './connection/previous-session.js';
import { HEALTHY_AFTER_MS, OFFLINE_RETRY_MS } from './connection/reconnect-policy.js';
import { BroadcastError } from './errors.js';
import type { BroadcasterEvent } from './events.js';
import { selectReplacementAt, selectRetryAt, selectWindowEndsAt } from './selectors.js';
import type { Capture } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { INITIAL_STATE } from './state.js';
import { transition } from './transition.js';

const SENT = { video: 'taken', audio: 'taken' } as const;

const TICK_MS = 100;
const WINDOW_MS = 120_000;
/** When each simulation begins, in epoch milliseconds. */
const FROM = 1_000_000;

/** The conditions around a broadcast that can be bad. */
interface Conditions {
  readonly server: 'there' | 'gone' | 'busy' | 'silent' | 'refuses-answers';
  readonly network: 'there' | 'gone';
  readonly path: 'there' | 'dead';
  /** `stale` hands over a stream that was started long ago. */
  readonly renewal: 'works' | 'stale' | 'fails' | 'hangs';
}

const GOOD: Conditions = { server: 'there', network: 'there', path: 'there', renewal: 'works' };
const BAD: Conditions = { server: 'gone', network: 'gone', path: 'dead', renewal: 'fails' };

/** One thing that happens next. */
type Deed =
  | { readonly kind: 'set'; readonly conditions: Partial<Conditions> }
  | { readonly kind: 'wait'; readonly ms: number }
  /** The machine sleeps: the clock goes on, and nothing else. */
  | { readonly kind: 'sleep'; readonly ms: number }
  /** A source comes that the session was negotiated without. */
  | { readonly kind: 'add-source' }
  | { readonly kind: 'event'; readonly event: BroadcasterEvent };

/** The stream that the app publishes to. */
interface Stream {
  readonly isRenewable: boolean;
  readonly startedAt: number | null;
  readonly leftAt?: number | null;
}

/** The one session of a simulation, which lives as long as the state names it. */
interface Session {
  readonly id: number;
  ageMs: number;
  liveMs: number | null;
  silentMs: number;
  isAlarmed: boolean;
  isHealthy: boolean;
}

/**
 * A broadcaster's state in a simulation of sockets, paths and timers that are played, not run: what the
 * effects would do is done here, a tenth of a second at a time.
 */
class Simulation {
  state: BroadcasterState;
  conditions: Conditions = GOOD;
  at = FROM;
  stamps = 0;
  session: Session | null = null;
  searchedMs = 0;
  askedFor = new Map<number, number>();
  /**
   * How often the kit asked the app for another stream since the broadcast was last well, or began.
   */
  asked = 0;
  readonly seen = new Set<number>();

  constructor({ isRenewable, startedAt }: Stream) {
    const on = { status: 'on', deviceId: null, muted: false, request: 1, capture: {} as Capture };
    this.state = {
      ...INITIAL_STATE,
      target: this.#target(1, { isRenewable, startedAt }),
      camera: on as BroadcasterState['camera'],
      microphone: on as BroadcasterState['microphone'],
    };
  }

  do(deed: Deed): void {
    if (deed.kind === 'set') this.conditions = { ...this.conditions, ...deed.conditions };
    else if (deed.kind === 'event') this.#tell(deed.event);
    else if (deed.kind === 'sleep') this.#sleep(deed.ms);
    else if (deed.kind === 'add-source') this.#addSource();
    else for (let ms = 0; ms < deed.ms; ms += TICK_MS) this.#tick();
  }

  #sleep(ms: number): void {
    const sleptFrom = this.at;
    this.at += ms;
    this.dispatch({ type: 'woke-up', sleptFrom });
  }

  #addSource(): void {
    const { session } = this;
    if (session === null || session.liveMs === null) return;
    this.dispatch({ type: 'renegotiation-needed', sessionId: session.id });
  }

  /**
   * Only the simulation reports on the present session; events about other sessions may claim
   * anything.
   */
  #tell(event: BroadcasterEvent): void {
    const present = selectSessionId(this.state.connection);
    if (!('sessionId' in event) || event.sessionId !== present) this.dispatch(event);
  }

  dispatch(event: BroadcasterEvent): void {
    this.stamps += 1;
    const before = this.state;
    const stamp = { at: this.at, id: this.stamps, random: (this.stamps % 10) / 10 };
    this.state = transition(this.state, { ...event, ...stamp });
    this.#check(before);
  }

  #target(stream: number, { isRenewable, startedAt }: Stream): BroadcasterState['target'] {
    return {
      status: 'set',
      stream,
      revision: stream,
      startedAt,
      timeoutSeconds: WINDOW_MS / 1000,
      preparing: 'on-request',
      isRenewable,
      problem: null,
    };
  }

  /** Checks that must hold after every event. */
  #check({ connection: before, target, previousSession }: BroadcasterState): void {
    const { connection } = this.state;
    const sessionId = selectSessionId(connection);
    const isWell = connection.status === 'live' && connection.recoveringFrom === null;
    if (isWell || !isBroadcasting(connection)) this.asked = 0;
    if (isRenewing(connection) && !isRenewing(before)) this.asked += 1;
    expect(this.asked, 'asked for one stream after the other').toBeLessThanOrEqual(1);
    if (sessionId !== null && sessionId !== selectSessionId(before)) {
      if (this.seen.has(sessionId)) throw new Error('A session that ended begins again.');
      this.seen.add(sessionId);
    }
    if (connection.status === 'reconnecting') {
      const { since, interruption } = connection;
      const isInOrder =
        since <= this.at &&
        interruption.lostAt <= interruption.windowFrom &&
        interruption.lostAt <= this.at;
      if (!isInOrder) throw new Error('An interruption out of order.');
    }
    if (connection.status === 'failed' && before.status !== 'failed') {
      expect(connection.error).toBeInstanceOf(BroadcastError);
      const { code } = connection.error;
      if (code === 'resume-expired') {
        expect(connection.error.cause).toBeInstanceOf(BroadcastError);
        const endsAt =
          before.status === 'reconnecting'
            ? before.interruption.windowFrom + WINDOW_MS
            : // No attempt is begun that would come too late.
              (inputDueAt(target, previousSession) ?? Number.NaN) - OFFLINE_RETRY_MS;
        expect(this.at, 'given up before its time').toBeGreaterThanOrEqual(endsAt);
      }
    }
    if (connection.status === 'live' && before.status === 'reconnecting') {
      expect(connection.since, 'the broadcast began anew').toBe(before.since);
    }
  }

  #tick(): void {
    this.at += TICK_MS;
    for (const [type, select] of [
      ['retry-due', selectRetryAt],
      ['replacement-due', selectReplacementAt],
      ['window-closed', selectWindowEndsAt],
    ] as const) {
      const at = select(this.state);
      if (at !== null && at <= this.at) this.dispatch({ type });
    }
    const windowEndsAt = selectWindowEndsAt(this.state);
    if (windowEndsAt !== null && windowEndsAt < this.at) throw new Error('Beyond the window.');
    this.#playSession();
    this.#playSearch();
    this.#playRenewal();
  }

  #playSession(): void {
    const id = selectSessionId(this.state.connection);
    if (id === null) this.session = null;
    else if (this.session?.id !== id) {
      this.session = {
        id,
        ageMs: 0,
        liveMs: null,
        silentMs: 0,
        isAlarmed: false,
        isHealthy: false,
      };
    }
    const { session } = this;
    if (session === null) return;
    session.ageMs += TICK_MS;
    if (session.liveMs === null) this.#playAttempt(session);
    else this.#playLive(session, session.liveMs + TICK_MS);
  }

  #playAttempt(session: Session): void {
    const { server, network, path } = this.conditions;
    const { ageMs, id: sessionId } = session;
    const end = (code: BroadcastError['code']) =>
      this.dispatch({ type: 'session-ended', sessionId, error: new BroadcastError(code, code) });
    const preparing = this.state.connection.status === 'idle';
    const isSilent = network === 'gone' || server === 'silent';
    if (isSilent) {
      if (ageMs >= (network === 'gone' ? 3_000 : 10_000)) end('timeout');
    } else if (server === 'gone') end('unreachable');
    else if (server === 'busy') end('stream-busy');
    else if (preparing) this.dispatch({ type: 'session-prepared', sessionId });
    else {
      this.dispatch({ type: 'session-progressed', sessionId, phase: 'negotiating' });
      if (server === 'refuses-answers') end('stream-busy');
      else if (path === 'there') {
        this.dispatch({ type: 'session-progressed', sessionId, phase: 'first-media' });
        this.dispatch({ type: 'session-live', sessionId, sent: SENT });
        session.liveMs = 0;
      } else if (ageMs >= 15_000) end('negotiation-failed');
    }
  }

  #playLive(session: Session, liveMs: number): void {
    const { server, network, path } = this.conditions;
    const { id: sessionId } = session;
    session.liveMs = liveMs;
    if (server === 'gone' && network === 'there') {
      const error = new BroadcastError('unreachable', 'closed');
      this.dispatch({ type: 'session-ended', sessionId, error });
      return;
    }
    if (network === 'there' && path === 'there') {
      session.silentMs = 0;
      if (session.isAlarmed) {
        session.isAlarmed = false;
        session.isHealthy = false;
        session.liveMs = 0;
        this.dispatch({ type: 'session-alive', sessionId, sent: SENT });
      } else if (liveMs >= HEALTHY_AFTER_MS && !session.isHealthy) {
        // Not at that very moment: a silence that is no alarm yet may be on just then.
        session.isHealthy = true;
        this.dispatch({ type: 'session-healthy', sessionId });
      }
      return;
    }
    session.silentMs += TICK_MS;
    if (session.silentMs === 1_000) {
      session.isAlarmed = true;
      this.dispatch({ type: 'session-silent', sessionId, forMs: 1_000 });
    } else if (session.isAlarmed && session.silentMs % 1_000 === 0) {
      const answered = network === 'there' && server !== 'silent';
      this.dispatch({ type: 'session-probed', sessionId, answered });
    }
    if (session.silentMs === 15_000) {
      const error = new BroadcastError('media-lost', 'failed');
      this.dispatch({ type: 'session-path-failed', sessionId, error });
    }
  }

  #playSearch(): void {
    const { connection } = this.state;
    const isHolding = connection.status === 'reconnecting' && connection.step.phase === 'holding';
    this.searchedMs = isHolding ? this.searchedMs + TICK_MS : 0;
    const { server, network } = this.conditions;
    if (!isHolding || server === 'gone' || network === 'gone' || this.searchedMs < 500) return;
    const sessionId = selectSessionId(connection);
    if (sessionId !== null) this.dispatch({ type: 'ingest-found', sessionId });
  }

  #playRenewal(): void {
    const { connection, target } = this.state;
    if (!('step' in connection) || connection.step.phase !== 'renewing') return;
    const { requestId } = connection.step;
    const askedMs = (this.askedFor.get(requestId) ?? 0) + TICK_MS;
    this.askedFor.set(requestId, askedMs);
    const { renewal } = this.conditions;
    if (renewal === 'works' || renewal === 'stale') {
      const stream = target.status === 'set' ? target.stream + 1 : 1;
      const startedAt = renewal === 'works' ? this.at : this.at - 2 * WINDOW_MS;
      const anew = this.#target(stream, { isRenewable: true, startedAt });
      this.dispatch({ type: 'renewed', requestId, target: anew });
    } else if (renewal === 'fails' || askedMs >= 30_000) {
      const error = new BroadcastError('renewal-failed', 'renewal-failed');
      this.dispatch({ type: 'renewal-failed', requestId, error });
    }
  }
}

const renewal = fc.constantFrom<Conditions['renewal']>('works', 'stale', 'fails', 'hangs');
const set = fc
  .record(
    {
      server: fc.constantFrom<Conditions['server']>(
        'there',
        'there',
        'gone',
        'busy',
        'silent',
        'refuses-answers',
      ),
      network: fc.constantFrom<Conditions['network']>('there', 'there', 'gone'),
      path: fc.constantFrom<Conditions['path']>('there', 'there', 'dead'),
      renewal,
    },
    { requiredKeys: [] },
  )
  .map((conditions): Deed => ({ kind: 'set', conditions }));

const wait = fc
  .oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 100, max: 1_500 }))
  .map((ticks): Deed => ({ kind: 'wait', ms: ticks * TICK_MS }));

/** Wishes and news at any moment, and facts of sessions that are long over or never were. */
const strayId = fc.constantFrom(-1, 0, 1, 2, 3);
const happen = fc
  .oneof(
    fc
      .constantFrom<BroadcasterEvent['type']>(
        'start-requested',
        'start-requested',
        'stop-requested',
        'prepare-requested',
        'retry-requested',
        'retry-due',
        'replacement-due',
        'page-left',
        'page-returned',
        'network-online',
        'network-offline',
        'network-changed',
      )
      .map((type) => ({ type }) as BroadcasterEvent),
    fc
      .tuple(
        fc.constantFrom(
          'session-live',
          'session-alive',
          'session-healthy',
          'session-prepared',
          'renegotiation-needed',
          'ingest-found',
        ),
        strayId,
      )
      .map(([type, sessionId]) => ({ type, sessionId }) as BroadcasterEvent),
    strayId.map(
      (sessionId): BroadcasterEvent => ({
        type: 'session-ended',
        sessionId: sessionId - 10,
        error: new BroadcastError('unreachable', 'late'),
      }),
    ),
    strayId.map(
      (requestId): BroadcasterEvent => ({
        type: 'renewal-failed',
        requestId: requestId - 10,
        error: new BroadcastError('renewal-failed', 'late'),
      }),
    ),
  )
  .map((event): Deed => ({ kind: 'event', event }));

const sleep = fc.integer({ min: 5, max: 300 }).map((s): Deed => ({ kind: 'sleep', ms: s * 1_000 }));
const addSource = fc.constant<Deed>({ kind: 'add-source' });

const deeds = fc.array(
  fc.oneof(
    { arbitrary: set, weight: 3 },
    { arbitrary: wait, weight: 6 },
    { arbitrary: happen, weight: 3 },
    sleep,
    addSource,
  ),
  { maxLength: 40 },
);
const stream = fc.record({
  isRenewable: fc.boolean(),
  startedAt: fc.constantFrom(null, FROM, FROM - WINDOW_MS / 2, FROM - 2 * WINDOW_MS),
  /** Whether a page before this one was left with it live. */
  leftAt: fc.constantFrom(null, FROM - 5_000, FROM - WINDOW_MS),
});
const START: Deed = { kind: 'event', event: { type: 'start-requested' } };

function isRenewing(connection: Connection): boolean {
  return 'step' in connection && connection.step.phase === 'renewing';
}

function play(given: Stream, sequence: readonly Deed[]): Simulation {
  const simulation = new Simulation(given);
  const { leftAt = null } = given;
  if (leftAt !== null) simulation.dispatch({ type: 'page-found-live', leftAt });
  simulation.do(START);
  simulation.do({ kind: 'wait', ms: 1_000 });
  for (const deed of sequence) simulation.do(deed);
  return simulation;
}

describe('the connection, where anything goes wrong at any time', () => {
  it('ends live, idle, or failed with a cause, once all is good again', () => {
    fc.assert(
      fc.property(stream, deeds, (given, sequence) => {
        const simulation = play(given, sequence);
        simulation.do({ kind: 'set', conditions: GOOD });
        simulation.do({ kind: 'event', event: { type: 'page-returned' } });
        simulation.do({ kind: 'event', event: { type: 'network-online' } });
        simulation.do({ kind: 'wait', ms: 40_000 });
        const { connection } = simulation.state;
        expect(['live', 'idle', 'failed']).toContain(connection.status);
        if (connection.status === 'live') expect(connection.recoveringFrom).toBeNull();
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('recovers from a source that was added, though its path is silent when it would be called well', () => {
    const simulation = play({ isRenewable: false, startedAt: null }, [
      { kind: 'add-source' },
      { kind: 'wait', ms: 4_500 },
      { kind: 'set', conditions: { path: 'dead' } },
      { kind: 'wait', ms: 600 },
    ]);
    expect(simulation.state.connection).toMatchObject({ status: 'live', recoveringFrom: {} });
    simulation.do({ kind: 'set', conditions: GOOD });
    simulation.do({ kind: 'wait', ms: TICK_MS });
    expect(simulation.state.connection).toMatchObject({ status: 'live', recoveringFrom: null });
  });

  it('is over in the time of the window when all stays bad', () => {
    fc.assert(
      fc.property(stream, deeds, renewal, (given, sequence, kind) => {
        const simulation = play(given, sequence);
        simulation.do({ kind: 'set', conditions: { ...BAD, renewal: kind } });
        // Silence has to be noticed, and the app may be asked for one stream more.
        simulation.do({ kind: 'wait', ms: 3 * WINDOW_MS });
        expect(['idle', 'failed']).toContain(simulation.state.connection.status);
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('is over in that time, too, where its page is left while it goes live, and never comes back', () => {
    const eventOf = (type: BroadcasterEvent['type']): Deed => ({
      kind: 'event',
      event: { type } as BroadcasterEvent,
    });
    const simulation = play({ isRenewable: false, startedAt: null }, [
      eventOf('stop-requested'),
      { kind: 'set', conditions: { server: 'gone' } },
      eventOf('start-requested'),
      eventOf('page-left'),
    ]);
    expect(simulation.state.connection).toMatchObject({
      status: 'connecting',
      step: { phase: 'away' },
    });
    simulation.do({ kind: 'wait', ms: WINDOW_MS });
    expect(simulation.state.connection.status).toBe('idle');
    // A page stands still meanwhile: it may hear that it is shown before it hears of the time.
    simulation.do(START);
    simulation.do(eventOf('page-left'));
    simulation.at += WINDOW_MS;
    simulation.do(eventOf('page-returned'));
    expect(simulation.state.connection.status).toBe('idle');
    simulation.do(START);
    simulation.do(eventOf('page-left'));
    simulation.at += WINDOW_MS - TICK_MS;
    simulation.do(eventOf('page-returned'));
    expect(simulation.state.connection.status).toBe('connecting');
  });

  it('is idle at once when it is stopped, and stays so', () => {
    fc.assert(
      fc.property(stream, deeds, (given, sequence) => {
        const simulation = play(given, sequence);
        simulation.do({ kind: 'event', event: { type: 'stop-requested' } });
        expect(simulation.state.connection).toEqual({
          status: 'idle',
          preparation: { phase: 'none' },
        });
        expect(isBroadcasting(simulation.state.connection)).toBe(false);
        const before = simulation.state.connection;
        simulation.do({ kind: 'wait', ms: 10_000 });
        expect(simulation.state.connection).toBe(before);
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('goes through every step that it has a state for', () => {
    const simulation = new Simulation({ isRenewable: true, startedAt: null });
    const reached = new Set<string>();
    const through = (...sequence: readonly Deed[]) => {
      for (const deed of sequence) {
        // Each tick is looked at, so that what lasts for a moment is seen, too.
        const ticks = deed.kind === 'wait' ? deed.ms / TICK_MS : 1;
        for (let tick = 0; tick < ticks; tick += 1) {
          simulation.do(deed.kind === 'wait' ? { kind: 'wait', ms: TICK_MS } : deed);
          const { connection } = simulation.state;
          reached.add('step' in connection ? connection.step.phase : connection.status);
        }
      }
    };
    const conditions = (next: Partial<Conditions>): Deed => ({ kind: 'set', conditions: next });
    const waiting = (ms: number): Deed => ({ kind: 'wait', ms });
    const told = (type: 'page-left' | 'page-returned'): Deed => ({
      kind: 'event',
      event: { type },
    });
    through(conditions({ path: 'dead' }), START, waiting(500), conditions(GOOD), waiting(6_000));
    expect(simulation.state.connection.status).toBe('live');
    through(conditions({ path: 'dead' }), waiting(3_000), conditions(GOOD), waiting(6_000));
    expect(simulation.state.connection.status).toBe('live');
    through(conditions({ network: 'gone' }), waiting(10_000), conditions(GOOD), waiting(6_000));
    expect(simulation.state.connection.status).toBe('live');
    through(told('page-left'), waiting(5_000), told('page-returned'), waiting(6_000));
    through(conditions({ server: 'busy' }), told('page-left'), told('page-returned'));
    through(conditions({ renewal: 'hangs' }), waiting(WINDOW_MS + 10_000));
    through(conditions(GOOD), waiting(6_000));
    expect(simulation.state.connection.status).toBe('live');
    through(conditions(BAD), waiting(2 * WINDOW_MS));
    expect(simulation.state.connection).toMatchObject({ error: { code: 'renewal-failed' } });
    expect([...reached].sort()).toEqual(
      [
        'away',
        'failed',
        'healing',
        'holding',
        'idle',
        'live',
        'negotiating',
        'probing',
        'renewing',
        'signaling',
        'waiting',
      ].sort(),
    );
  });
});
