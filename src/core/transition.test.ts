import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection, Interruption } from './connection/connection.js';
import { selectSessionId } from './connection/connection.js';
import type { IngestTarget } from './connection/target.js';
import { BroadcastError } from './errors.js';
import type { BroadcasterEvent, StampedEvent } from './events.js';
import { selectIsRepublish, selectLostAt, selectRetryAt } from './selectors.js';
import type { Capture, Source } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { INITIAL_STATE } from './state.js';
import { transition } from './transition.js';

const SENT = { video: 'taken', audio: 'taken' } as const;

const error = (code: BroadcastError['code'] = 'unreachable') => new BroadcastError(code, code);
const capture = { track: {}, label: 'x', facing: 'user', picture: null } as unknown as Capture;
const target = (more: Partial<Extract<IngestTarget, { status: 'set' }>> = {}): IngestTarget => ({
  status: 'set',
  stream: 1,
  revision: 1,
  startedAt: null,
  timeoutSeconds: 120,
  preparing: 'on-request',
  isRenewable: false,
  problem: null,
  ...more,
});

const LISTED = {
  type: 'devices-listed',
  isReturnWanted: true,
  cameras: [],
  microphones: [],
  speakers: [],
} as const;
const choice = { deviceId: null, muted: false };
const on: Source = { ...choice, status: 'on', request: 1, capture, change: null, problem: null };
const excluded: Source = { ...choice, status: 'excluded' };
const interruption: Interruption = {
  lostAt: 5_000,
  cause: 'silence',
  error: error(),
  attempt: 1,
  refusals: 0,
  windowFrom: 5_000,
  renewal: 'none',
};
const asked = { since: 0, triedSince: 0, attempt: 1, cause: null, isRenewed: false };
const renewing = { phase: 'renewing', requestId: 7, cause: error('resume-expired') } as const;
const waiting = { phase: 'waiting', nextTryAt: 9_000, cause: error() } as const;

const CONNECTIONS: readonly Connection[] = [
  { status: 'idle', preparation: { phase: 'none' } },
  { status: 'idle', preparation: { phase: 'preparing', sessionId: 7, attempt: 1 } },
  { status: 'idle', preparation: { phase: 'ready', sessionId: 7, since: 0, attempt: 1 } },
  { status: 'idle', preparation: { ...waiting, attempt: 1 } },
  { status: 'connecting', ...asked, step: { phase: 'capturing' } },
  { status: 'connecting', ...asked, step: { phase: 'signaling', sessionId: 7 } },
  { status: 'connecting', ...asked, step: { phase: 'negotiating', sessionId: 7 } },
  { status: 'connecting', ...asked, step: { phase: 'first-media', sessionId: 7 } },
  { status: 'connecting', ...asked, step: waiting },
  { status: 'connecting', ...asked, step: renewing },
  { status: 'connecting', ...asked, step: { phase: 'away' } },
  { status: 'live', since: 0, sessionId: 7, sent: SENT, recoveringFrom: null },
  { status: 'live', since: 0, sessionId: 7, sent: SENT, recoveringFrom: interruption },
  { status: 'reconnecting', since: 0, interruption, step: { phase: 'signaling', sessionId: 7 } },
  { status: 'reconnecting', since: 0, interruption, step: { phase: 'negotiating', sessionId: 7 } },
  { status: 'reconnecting', since: 0, interruption, step: { phase: 'first-media', sessionId: 7 } },
  { status: 'reconnecting', since: 0, interruption, step: waiting },
  { status: 'reconnecting', since: 0, interruption, step: renewing },
  { status: 'reconnecting', since: 0, interruption, step: { phase: 'away' } },
  ...[true, false].flatMap((hasPath): Connection[] => [
    {
      status: 'reconnecting',
      since: 0,
      interruption,
      step: { phase: 'probing', sessionId: 7, hasPath },
    },
    {
      status: 'reconnecting',
      since: 0,
      interruption,
      step: { phase: 'holding', sessionId: 7, hasPath },
    },
  ]),
  {
    status: 'reconnecting',
    since: 0,
    interruption,
    step: { phase: 'healing', sessionId: 7, replaceAt: 11_000 },
  },
  { status: 'failed', error: error(), endedAt: 0 },
];

const SOURCES: readonly Source[] = [
  excluded,
  { ...choice, status: 'off' },
  { ...choice, status: 'opening', request: 1, after: null },
  { ...choice, status: 'opening', request: 1, after: error('device-lost') },
  on,
  { ...on, deviceId: 'gone', problem: error('constraints-not-met') },
  { ...on, change: { request: 2, target: 'b', before: null } },
  { ...choice, status: 'failed', error: error('device-lost') },
  { ...choice, muted: true, status: 'paused' },
];

const TARGETS: readonly IngestTarget[] = [
  { status: 'unset' },
  { status: 'invalid', error: error('invalid-options') },
  target(),
  target({ preparing: 'by-itself', startedAt: 0, isRenewable: true }),
];

/** One of each kind of event, by name, so that a new kind does not compile until it stands here. */
const EVENTS: {
  readonly [Type in BroadcasterEvent['type']]: readonly Extract<BroadcasterEvent, { type: Type }>[];
} = {
  'target-changed': TARGETS.map((next) => ({ type: 'target-changed', target: next })),
  'start-requested': [{ type: 'start-requested' }, { type: 'start-requested', takeOver: true }],
  'stream-told': [null, 'live', 'idle', 'stopped', 'a new word'].map((word) => ({
    type: 'stream-told',
    word,
    clockOffsetMs: 0,
  })),
  'page-found-live': [{ type: 'page-found-live', leftAt: 5_000 }],
  'stop-requested': [{ type: 'stop-requested' }],
  'release-requested': [{ type: 'release-requested' }],
  'prepare-requested': [{ type: 'prepare-requested' }],
  'retry-requested': [{ type: 'retry-requested' }],
  'retry-due': [{ type: 'retry-due' }],
  'replacement-due': [{ type: 'replacement-due' }],
  'window-closed': [{ type: 'window-closed' }],
  renewed: [7, 6].map((requestId) => ({ type: 'renewed', requestId, target: target() })),
  'renewal-failed': [7, 6].map((requestId) => ({
    type: 'renewal-failed',
    requestId,
    error: error('renewal-failed'),
  })),
  'page-left': [{ type: 'page-left' }],
  'page-returned': [{ type: 'page-returned' }],
  'network-online': [{ type: 'network-online' }],
  'network-offline': [{ type: 'network-offline' }],
  'network-changed': [{ type: 'network-changed' }],
  'woke-up': [{ type: 'woke-up', sleptFrom: 4_000 }],
  'session-prepared': [7, 6].map((sessionId) => ({ type: 'session-prepared', sessionId })),
  'session-progressed': (['negotiating', 'first-media'] as const).map((phase) => ({
    type: 'session-progressed',
    sessionId: 7,
    phase,
  })),
  'session-live': [7, 6].map((sessionId) => ({ type: 'session-live', sessionId, sent: SENT })),
  'renegotiation-needed': [7, 6].map((sessionId) => ({ type: 'renegotiation-needed', sessionId })),
  'session-healthy': [7, 6].map((sessionId) => ({ type: 'session-healthy', sessionId })),
  'session-silent': [7, 6].map((sessionId) => ({
    type: 'session-silent',
    sessionId,
    forMs: 1_000,
  })),
  'session-alive': [7, 6].map((sessionId) => ({ type: 'session-alive', sessionId, sent: SENT })),
  'session-path-failed': [7, 6].map((sessionId) => ({
    type: 'session-path-failed',
    sessionId,
    error: error('media-lost'),
  })),
  'session-probed': [true, false].map((answered) => ({
    type: 'session-probed',
    sessionId: 7,
    answered,
  })),
  'session-restarted': [7, 6].map((sessionId) => ({ type: 'session-restarted', sessionId })),
  'ingest-found': [7, 6].map((sessionId) => ({ type: 'ingest-found', sessionId })),
  'session-ended': [error(), error('unauthorized')].map((reason) => ({
    type: 'session-ended',
    sessionId: 7,
    error: reason,
  })),
  'preview-requested': [{ type: 'preview-requested' }],
  'share-requested': [{ type: 'share-requested', share: {} }],
  'sharing-stopped': [{ type: 'sharing-stopped' }],
  'screen-silent': [1, 2].map((request) => ({ type: 'screen-silent', request })),
  'source-allowed': [true, false].map((allowed) => ({
    type: 'source-allowed',
    kind: 'camera',
    allowed,
  })),
  'source-selected': [null, 'b'].map((deviceId) => ({
    type: 'source-selected',
    kind: 'camera',
    deviceId,
  })),
  'supply-changed': [{ type: 'supply-changed', kind: 'camera' }],
  'source-muted': [true, false].map((muted) => ({ type: 'source-muted', kind: 'camera', muted })),
  'source-opened': [1, 2].map((request) => ({
    type: 'source-opened',
    kind: 'camera',
    request,
    capture,
    problem: request === 1 ? null : error('constraints-not-met'),
  })),
  'source-kept': [
    { type: 'source-kept', kind: 'camera', request: 2, capture, error: error('device-in-use') },
  ],
  'source-failed': [
    { type: 'source-failed', kind: 'camera', request: 1, error: error('device-in-use') },
  ],
  'source-lost': [{ type: 'source-lost', kind: 'camera', request: 1, error: error('device-lost') }],
  'devices-listed': [
    { ...LISTED, cameras: [{ deviceId: 'a', label: 'A' }] },
    { ...LISTED, cameras: [{ deviceId: 'b', label: '', isDefault: true }] },
  ],
  'source-interrupted': [
    { type: 'source-interrupted', kind: 'camera', request: 1, cause: 'held' },
    { type: 'source-interrupted', kind: 'microphone', request: 1, cause: 'still' },
  ],
  'source-resumed': [{ type: 'source-resumed', kind: 'camera', request: 1 }],
  'source-retaken': [{ type: 'source-retaken', kind: 'camera' }],
  'source-resized': [
    {
      type: 'source-resized',
      kind: 'camera',
      request: 1,
      picture: { width: 720, height: 1280, frameRate: 30 },
    },
  ],
  'sounds-given': [[], [{ id: 'song', track: {} as MediaStreamTrack }]].map((inputs) => ({
    type: 'sounds-given',
    inputs,
  })),
  'sound-ended': [{ type: 'sound-ended', track: {} as MediaStreamTrack }],
  'gain-set': [0.5, 1].map((gain) => ({ type: 'gain-set', input: 'microphone', gain })),
  'mix-changed': [
    { type: 'mix-changed', mix: { status: 'straight' } },
    { type: 'mix-changed', mix: { status: 'on', track: {} as MediaStreamTrack } },
    { type: 'mix-changed', mix: { status: 'suspended' } },
    { type: 'mix-changed', mix: { status: 'failed', error: error('unsupported') } },
  ],
  'sound-watched': [true, false].map((isWatched) => ({ type: 'sound-watched', isWatched })),
  'sound-warned': ([null, 'silent', 'speaking-while-muted'] as const).map((warning) => ({
    type: 'sound-warned',
    warning,
  })),
  'camera-flipped': [{ type: 'camera-flipped' }],
  'picture-asked': [{ type: 'picture-asked' }],
  'permission-read': (['prompt', 'granted', 'denied', 'unsupported'] as const).map(
    (permission) => ({
      type: 'permission-read',
      kind: 'camera',
      permission,
    }),
  ),
  'picture-changed': [
    { scene: { layout: 'camera' } } as const,
    { drawing: { status: 'failed', error: error('unsupported') } } as const,
    {
      drawing: {
        status: 'on',
        track: {} as MediaStreamTrack,
        picture: { width: 1280, height: 720, frameRate: 5 },
      },
    } as const,
  ].map((change) => ({ type: 'picture-changed', change })),
  'quality-asked': [
    {
      type: 'quality-asked',
      ofCamera: { ...INITIAL_STATE.quality.asked, adaptToMachine: false },
      ofScreen: { maxVideoKbps: 900, degradationPreference: null },
    },
  ],
  'pressure-changed': [{ type: 'pressure-changed', pressure: 'critical' }],
  'stats-sampled': [{ type: 'stats-sampled', sample: {} as never }],
  'stats-paused': [{ type: 'stats-paused' }],
};

const SLICES = Object.keys(INITIAL_STATE) as readonly (keyof BroadcasterState)[];

const ALL_EVENTS: readonly BroadcasterEvent[] = Object.values(EVENTS).flat();

let stamps = 100;
const stamped = (event: BroadcasterEvent, at = 10_000): StampedEvent => {
  stamps += 1;
  return { ...event, at, id: stamps, random: 1 };
};

const state = (more: Partial<BroadcasterState> = {}): BroadcasterState => ({
  ...INITIAL_STATE,
  target: target(),
  ...more,
});

const through = (start: BroadcasterState, ...events: readonly BroadcasterEvent[]) =>
  events.reduce((now, event) => transition(now, stamped(event)), start);

const throughAt = (at: number, start: BroadcasterState, event: BroadcasterEvent) =>
  transition(start, { ...stamped(event), at });

/** Checks that must hold in every state. */
function expectLegal({ connection, camera, microphone, target: ingest }: BroadcasterState): void {
  if (connection.status === 'connecting' && connection.step.phase === 'capturing') {
    expect([camera.status, microphone.status]).toContain('opening');
  }
  if (connection.status === 'idle' && connection.preparation.phase === 'preparing') {
    expect(ingest.status).not.toBe('unset');
  }
  if (connection.status === 'connecting') expect(connection.attempt).toBeGreaterThan(0);
}

describe('going live', () => {
  it('opens what is off, waits for it, and then begins a session', () => {
    const asked = through(state(), { type: 'start-requested' });
    expect(asked.camera.status).toBe('opening');
    expect(asked.microphone.status).toBe('opening');
    expect(asked.connection).toMatchObject({ status: 'connecting', step: { phase: 'capturing' } });
    const request = asked.camera.status === 'opening' ? asked.camera.request : 0;
    const opened = through(
      asked,
      { type: 'source-opened', kind: 'camera', request, capture, problem: null },
      { type: 'source-failed', kind: 'microphone', request, error: error('device-not-found') },
    );
    expect(opened.connection).toMatchObject({ step: { phase: 'signaling' } });
  });

  it('fails with the device error when nothing could be opened', () => {
    const camera: Source = { ...choice, status: 'opening', request: 1, after: null };
    const connection = CONNECTIONS[4] as Connection;
    const failed = through(state({ camera, microphone: excluded, connection }), {
      type: 'source-failed',
      kind: 'camera',
      request: 1,
      error: error('permission-denied'),
    });
    expect(failed.connection).toMatchObject({
      status: 'failed',
      error: { code: 'permission-denied' },
    });
  });

  it('takes over the session that was prepared', () => {
    const ready: Connection = {
      status: 'idle',
      preparation: { phase: 'ready', sessionId: 7, since: 0, attempt: 1 },
    };
    const before = state({ camera: on, microphone: excluded, connection: ready });
    const pressed = through(before, { type: 'start-requested' });
    expect(pressed.connection).toMatchObject({
      status: 'connecting',
      step: { phase: 'negotiating', sessionId: 7 },
    });
  });

  it('prepares anew where pressing the button opens a source that was not prepared', () => {
    const ready: Connection = {
      status: 'idle',
      preparation: { phase: 'ready', sessionId: 7, since: 0, attempt: 1 },
    };
    const pressed = through(state({ camera: on, connection: ready }), { type: 'start-requested' });
    expect(pressed.microphone.status).toBe('opening');
    expect(pressed.connection).toMatchObject({ step: { phase: 'capturing' } });
  });

  it('says why when there is no usable URL, and lets a better one through', () => {
    const unset = through(state({ target: { status: 'unset' }, camera: on }), {
      type: 'start-requested',
    });
    expect(unset.connection).toMatchObject({ error: { code: 'invalid-options' } });
    const mended = through(unset, { type: 'target-changed', target: target() });
    expect(mended.connection.status).toBe('idle');
  });

  const refusedOnce = (now: BroadcasterState, at: number) => {
    const sessionId = selectSessionId(now.connection) ?? 0;
    const ended = { type: 'session-ended', sessionId, error: error('stream-not-found') } as const;
    return transition(now, stamped(ended, at));
  };

  it('tries a refusal a few times, then fails with it', () => {
    let now = through(state({ camera: on, microphone: excluded }), { type: 'start-requested' });
    for (const at of [10_000, 11_000, 12_000]) {
      now = refusedOnce(now, at);
      expect(now.connection).toMatchObject({ status: 'connecting', step: { phase: 'waiting' } });
      now = through(now, { type: 'retry-due' });
    }
    expect(refusedOnce(now, 13_000).connection).toMatchObject({
      status: 'failed',
      error: { code: 'stream-not-found' },
    });
  });

  it('does not take the 120 seconds at their word, but calls them the reason in the end', () => {
    const started = target({ startedAt: 10_000 - 600_000 });
    const ready = state({ camera: on, microphone: excluded, target: started });
    let now = through(ready, { type: 'start-requested' });
    for (const at of [10_000, 11_000, 12_000]) {
      now = through(refusedOnce(now, at), { type: 'retry-due' });
      expect(now.connection.status).toBe('connecting');
    }
    expect(refusedOnce(now, 13_000).connection).toMatchObject({
      status: 'failed',
      error: { code: 'ingest-timeout', cause: { code: 'stream-not-found' } },
    });
  });

  it('asks again for what has failed only where nothing else can be sent', () => {
    const broken: Source = { ...choice, status: 'failed', error: error('device-in-use') };
    const start = { type: 'start-requested' } as const;
    const withCamera = through(state({ camera: on, microphone: broken }), start);
    expect(withCamera.microphone).toBe(broken);
    expect(withCamera.connection).toMatchObject({ step: { phase: 'signaling' } });
    const alone = through(state({ camera: broken, microphone: excluded }), start);
    expect(alone.camera.status).toBe('opening');
    expect(alone.microphone).toBe(excluded);
    expect(alone.connection).toMatchObject({ step: { phase: 'capturing' } });
  });

  it('opens nothing for a start that fails at once', () => {
    const failed = through(state({ target: { status: 'unset' } }), { type: 'start-requested' });
    expect(failed.connection.status).toBe('failed');
    expect([failed.camera.status, failed.microphone.status]).toEqual(['off', 'off']);
  });

  it('happens once, however often it is requested', () => {
    const live: Connection = {
      status: 'live',
      since: 0,
      sessionId: 7,
      sent: SENT,
      recoveringFrom: null,
    };
    const quality = { ...INITIAL_STATE.quality, liveSince: 0 };
    const stream = { ...INITIAL_STATE.stream, isOurs: true };
    const before = state({ connection: live, camera: on, quality, stream });
    const lost = through(before, { type: 'session-ended', sessionId: 7, error: error() });
    for (const now of [before, lost]) {
      expect(now.microphone.status).toBe('off');
      expect(through(now, { type: 'start-requested' })).toBe(now);
    }
  });

  it('leaves a stream to the broadcast that took it first', () => {
    const now = through(state({ camera: on, microphone: excluded }), { type: 'start-requested' });
    const sessionId = selectSessionId(now.connection) ?? 0;
    const taken = { type: 'session-ended', sessionId, error: error('stream-busy') } as const;
    expect(through(now, taken).connection).toMatchObject({
      status: 'failed',
      error: { code: 'stream-busy' },
    });
  });
});

describe('reconnecting', () => {
  const live: Connection = {
    status: 'live',
    since: 1_000,
    sessionId: 7,
    sent: SENT,
    recoveringFrom: null,
  };
  const lost = { type: 'session-ended', sessionId: 7, error: error() } as const;

  it('tries at once, keeps the start of the broadcast, and resumes it', () => {
    const now = through(state({ camera: on, connection: live }), lost);
    expect(now.connection).toMatchObject({
      status: 'reconnecting',
      since: 1_000,
      interruption: { lostAt: 10_000, attempt: 0 },
      step: { phase: 'waiting', nextTryAt: 10_000 },
    });
    const again = through(now, { type: 'retry-due' });
    const sessionId = selectSessionId(again.connection) ?? 0;
    expect(
      through(again, { type: 'session-live', sessionId, sent: SENT }).connection,
    ).toMatchObject({
      status: 'live',
      since: 1_000,
      recoveringFrom: { lostAt: 10_000 },
    });
  });

  it('gives the window back only after media has been healthy', () => {
    const shaky: Connection = { ...live, recoveringFrom: interruption };
    expect(through(state({ connection: shaky }), lost).connection).toMatchObject({
      interruption: { lostAt: interruption.lostAt, attempt: interruption.attempt },
    });
    const healthy = through(state({ connection: shaky }), {
      type: 'session-healthy',
      sessionId: 7,
    });
    expect(through(healthy, lost).connection).toMatchObject({
      interruption: { lostAt: 10_000, attempt: 0 },
    });
  });

  it('goes on through refusals until the window closes', () => {
    let now = through(state({ connection: live }), lost);
    for (let attempt = 1; attempt <= 30; attempt += 1) {
      now = through(now, { type: 'retry-due' });
      const sessionId = selectSessionId(now.connection) ?? 0;
      now = through(now, { type: 'session-ended', sessionId, error: error('stream-busy') });
      expect(now.connection).toMatchObject({ status: 'reconnecting', interruption: { attempt } });
    }
    expect(through(now, { type: 'window-closed' }).connection).toMatchObject({
      status: 'failed',
      error: { code: 'resume-expired', cause: { code: 'stream-not-found' } },
    });
  });

  /** Refuses so many attempts in a row at `at`; the broadcast fell out with `cause` at 10 s. */
  const refusedAfter = (
    cause: Interruption['cause'],
    {
      times,
      at,
      isRenewable = false,
      code = 'stream-busy',
    }: { times: number; at: number; isRenewable?: boolean; code?: BroadcastError['code'] },
  ) => {
    const broken: Interruption = {
      ...interruption,
      lostAt: 10_000,
      windowFrom: 10_000,
      cause,
      attempt: 0,
    };
    let now = state({
      connection: { status: 'reconnecting', since: 0, interruption: broken, step: waiting },
      target: target({ isRenewable }),
    });
    for (let attempt = 1; attempt <= times; attempt += 1) {
      now = throughAt(at, now, { type: 'retry-due' });
      const sessionId = selectSessionId(now.connection) ?? 0;
      const refusal = error(code);
      now = throughAt(at, now, { type: 'session-ended', sessionId, error: refusal });
    }
    return now.connection;
  };
  const delayOf = (connection: Connection, at: number) =>
    connection.status === 'reconnecting' && connection.step.phase === 'waiting'
      ? connection.step.nextTryAt - at
      : null;

  it('takes the refusals of a server that closed the socket itself for meant, and slows down', () => {
    const at = 12_000;
    const fourth = refusedAfter('socket-closed', { times: 4, at });
    expect(fourth).toMatchObject({ interruption: { error: { code: 'stream-busy' }, refusals: 4 } });
    expect(delayOf(fourth, at)).toBeLessThanOrEqual(1_000);
    const fifth = refusedAfter('socket-closed', { times: 5, at });
    expect(fifth).toMatchObject({
      interruption: { error: { code: 'stream-not-found', cause: { code: 'stream-busy' } } },
    });
    expect(delayOf(fifth, at)).toBeLessThanOrEqual(1_000);
    const twentieth = refusedAfter('socket-closed', { times: 20, at });
    expect(delayOf(twentieth, at)).toBe(2_000);
    const fortieth = refusedAfter('socket-closed', { times: 40, at });
    expect(delayOf(fortieth, at)).toBe(10_000);
  });

  it('takes them for a ghost of its own where the server may not know of the end yet', () => {
    for (const cause of ['silence', 'offline', 'path-failed', 'woke-up'] as const) {
      const soon = refusedAfter(cause, { times: 30, at: 44_000 });
      expect(soon).toMatchObject({ interruption: { error: { code: 'stream-busy' } } });
      expect(delayOf(soon, 44_000)).toBeLessThanOrEqual(1_000);
      const late = refusedAfter(cause, { times: 5, at: 45_000 });
      expect(late).toMatchObject({ interruption: { error: { code: 'stream-not-found' } } });
    }
  });

  it('asks for another stream once refusals are meant, and once only', () => {
    const asked = refusedAfter('socket-closed', { times: 5, at: 12_000, isRenewable: true });
    expect(asked).toMatchObject({ status: 'reconnecting', step: { phase: 'renewing' } });
    if (asked.status !== 'reconnecting' || asked.step.phase !== 'renewing') throw new Error();
    const { requestId } = asked.step;
    const before = state({ connection: asked, target: target({ isRenewable: true }) });
    const renewed = through(before, { type: 'renewed', requestId, target: target({ stream: 2 }) });
    expect(renewed.connection).toMatchObject({ interruption: { refusals: 0, renewal: 'fresh' } });
  });

  it('does not wait for a ghost where the address has expired, and asks for another once', () => {
    for (const cause of ['silence', 'offline', 'path-failed', 'woke-up'] as const) {
      const refused = { times: 5, at: 12_000, code: 'address-expired' } as const;
      const told = refusedAfter(cause, refused);
      expect(told).toMatchObject({ interruption: { error: { code: 'address-expired' } } });
      const many = refusedAfter(cause, { ...refused, times: 40 });
      expect(delayOf(many, 12_000)).toBe(10_000);
      const asked = refusedAfter(cause, { ...refused, isRenewable: true });
      expect(asked).toMatchObject({
        step: { phase: 'renewing', cause: { code: 'address-expired' } },
      });
    }
  });

  it('asks for another stream where the server says that it does not know the address any more', () => {
    const refused = { times: 1, at: 12_000, code: 'unauthorized' } as const;
    expect(refusedAfter('silence', refused)).toMatchObject({
      status: 'failed',
      error: { code: 'unauthorized' },
    });
    const asked = refusedAfter('silence', { ...refused, isRenewable: true });
    expect(asked).toMatchObject({ step: { phase: 'renewing', cause: { code: 'unauthorized' } } });
  });

  it('counts refusals in a row only', () => {
    const refused = refusedAfter('socket-closed', { times: 4, at: 12_000 });
    let now = throughAt(12_000, state({ connection: refused }), { type: 'retry-due' });
    const sessionId = selectSessionId(now.connection) ?? 0;
    now = throughAt(12_000, now, { type: 'session-ended', sessionId, error: error() });
    expect(now.connection).toMatchObject({ interruption: { refusals: 0 } });
  });

  it('is ready again once the stream was started anew', () => {
    const over: Connection = { status: 'failed', error: error('resume-expired'), endedAt: 0 };
    const before = state({ connection: over });
    const given = (more: Parameters<typeof target>[0]) =>
      through(before, { type: 'target-changed', target: target(more) }).connection;
    expect(given({ timeoutSeconds: 60 })).toBe(over);
    expect(given({ revision: 2 })).toBe(over);
    expect(given({ startedAt: 9_000 }).status).toBe('idle');
    expect(given({ stream: 2 }).status).toBe('idle');
  });

  it('ignores a session that is not the present one', () => {
    const quality = { ...INITIAL_STATE.quality, liveSince: 1_000 };
    const stream = { ...INITIAL_STATE.stream, isOurs: true };
    const before = state({ connection: live, quality, stream });
    expect(through(before, { ...lost, sessionId: 6 })).toBe(before);
  });
});

describe('a live session that is interrupted', () => {
  const live: Connection = {
    status: 'live',
    since: 1_000,
    sessionId: 7,
    sent: SENT,
    recoveringFrom: null,
  };
  const before = state({ camera: on, connection: live });
  const silent = { type: 'session-silent', sessionId: 7, forMs: 1_000 } as const;
  const probed = (answered: boolean) =>
    ({ type: 'session-probed', sessionId: 7, answered }) as const;
  const pathFailed = {
    type: 'session-path-failed',
    sessionId: 7,
    error: error('media-lost'),
  } as const;
  const found = { type: 'ingest-found', sessionId: 7 } as const;
  const closed = { type: 'session-ended', sessionId: 7, error: error() } as const;

  it('is held while the ingest is asked, and counts the interruption from its beginning', () => {
    const now = through(before, silent);
    expect(now.connection).toMatchObject({
      status: 'reconnecting',
      since: 1_000,
      interruption: { lostAt: 9_000, windowFrom: 9_000, cause: 'silence', attempt: 0 },
      step: { phase: 'probing', sessionId: 7 },
    });
    expect(selectSessionId(now.connection)).toBe(7);
  });

  it('is live again, as the same session, when something comes back', () => {
    for (const steps of [[], [probed(true)], [probed(false)], [probed(false), found]]) {
      const now = through(before, silent, ...steps, {
        type: 'session-alive',
        sessionId: 7,
        sent: SENT,
      });
      expect(now.connection).toMatchObject({
        status: 'live',
        since: 1_000,
        sessionId: 7,
        recoveringFrom: { lostAt: 9_000 },
      });
    }
  });

  it('is replaced after a grace when only its path is silent, sooner where that is explained', () => {
    const healing = through(before, silent, probed(true));
    expect(healing.connection).toMatchObject({
      step: { phase: 'healing', sessionId: 7, replaceAt: 18_000 },
    });
    const moved = through(before, { type: 'network-changed' }, silent, probed(true));
    expect(moved.connection).toMatchObject({ step: { phase: 'healing', replaceAt: 11_500 } });
    const replaced = through(healing, { type: 'replacement-due' });
    expect(replaced.connection).toMatchObject({
      interruption: { attempt: 1 },
      step: { phase: 'signaling' },
    });
    expect(selectSessionId(replaced.connection)).not.toBe(7);
  });

  it('is left in place while nothing answers, until the ingest is found again', () => {
    const holding = through(before, silent, probed(false));
    expect(holding.connection).toMatchObject({ step: { phase: 'holding', sessionId: 7 } });
    expect(through(holding, { type: 'replacement-due' })).toBe(holding);
    expect(through(holding, { type: 'retry-requested' })).toBe(holding);
    expect(through(holding, found).connection).toMatchObject({
      step: { phase: 'healing', sessionId: 7, replaceAt: 11_000 },
    });
    expect(through(holding, probed(true)).connection).toMatchObject({
      step: { phase: 'healing' },
    });
  });

  it('is replaced without grace where the ingest has dropped it by now', () => {
    const holding = through(before, silent, probed(false));
    for (const [at, replaceAt] of [
      [38_999, 39_999],
      [39_000, 39_000],
      [80_000, 80_000],
    ] as const) {
      const { connection } = transition(holding, stamped(found, at));
      expect(connection).toMatchObject({ step: { phase: 'healing', replaceAt } });
    }
  });

  it('gets a while for a path that both sides look for anew, even where it had none left', () => {
    const restarted = { type: 'session-restarted', sessionId: 7 } as const;
    for (const steps of [[silent], [pathFailed], [silent, probed(false), pathFailed]] as const) {
      const now = through(before, ...steps, restarted);
      expect(now.connection).toMatchObject({
        step: { phase: 'healing', sessionId: 7, replaceAt: 14_000 },
      });
      expect(
        through(now, { type: 'session-alive', sessionId: 7, sent: SENT }).connection,
      ).toMatchObject({
        status: 'live',
        sessionId: 7,
      });
    }
  });

  it('is replaced without grace once the browser gave its path up', () => {
    for (const now of [
      through(before, pathFailed, probed(true)),
      through(before, pathFailed, probed(false), found),
      through(before, silent, probed(false), pathFailed, found),
      through(before, silent, probed(true), pathFailed),
    ]) {
      expect(now.connection).toMatchObject({ step: { phase: 'healing', replaceAt: 10_000 } });
    }
  });

  it('is published anew when its socket closes, held or not', () => {
    for (const steps of [[], [silent], [silent, probed(false)], [silent, probed(true)]]) {
      const now = through(before, ...steps, closed);
      expect(now.connection).toMatchObject({
        status: 'reconnecting',
        step: { phase: 'waiting', nextTryAt: 10_000 },
      });
    }
    expect(through(before, closed).connection).toMatchObject({
      interruption: { cause: 'socket-closed' },
    });
    expect(through(before, pathFailed).connection).toMatchObject({
      interruption: { cause: 'path-failed' },
    });
  });

  it.each([
    [{ type: 'network-offline' }, 'offline'],
    [{ type: 'network-changed' }, 'network-changed'],
    [{ type: 'woke-up', sleptFrom: 4_000 }, 'woke-up'],
  ] as const)('is explained by what happened just before: %o', (news, cause) => {
    const doubted = through(before, news);
    expect(doubted.connection).toBe(live);
    for (const event of [silent, pathFailed, closed]) {
      expect(through(doubted, event).connection).toMatchObject({ interruption: { cause } });
    }
    if (cause === 'offline') return;
    expect(transition(doubted, stamped(silent, 16_000)).connection).toMatchObject({
      interruption: { cause: 'silence' },
    });
  });

  it('was lost when the machine fell asleep, noticed before or after it was known to have slept', () => {
    const woke = { type: 'woke-up', sleptFrom: 4_000 } as const;
    for (const event of [silent, pathFailed, closed]) {
      for (const news of [
        [woke, event],
        [event, woke],
      ]) {
        expect(through(before, ...news).connection).toMatchObject({
          interruption: { lostAt: 4_000, windowFrom: 4_000 },
        });
      }
    }
    // A machine that wakes up has more news of its network before anything is missed.
    for (const news of [
      [woke, { type: 'network-changed' }],
      [woke, { type: 'network-offline' }, { type: 'network-online' }],
      [{ type: 'network-offline' }, woke, { type: 'network-online' }],
    ] as const) {
      expect(through(before, ...news, silent).connection).toMatchObject({
        interruption: { lostAt: 4_000 },
      });
    }
    // A sleep before the broadcast began, or one after the loss, cost it nothing.
    for (const sleptFrom of [500, 9_500]) {
      for (const news of [
        [{ type: 'woke-up', sleptFrom } as const, silent],
        [silent, { type: 'woke-up', sleptFrom } as const],
      ]) {
        expect(through(before, ...news).connection).toMatchObject({
          interruption: { lostAt: 9_000 },
        });
      }
    }
  });

  it('is replaced when something comes to send that it was begun without', () => {
    const needed = { type: 'renegotiation-needed', sessionId: 7 } as const;
    const previousSession = { stream: 1, at: 1_000, wasCutOff: false };
    const well = { ...before, previousSession };
    const now = through(well, needed);
    expect(now.connection).toMatchObject({
      interruption: { lostAt: 10_000, cause: 'source-added' },
      step: { phase: 'waiting', nextTryAt: 10_000 },
    });
    expect(selectSessionId(now.connection)).toBeNull();
    for (const unwell of [
      { ...well, connection: { ...live, recoveringFrom: interruption } },
      { ...well, target: { status: 'unset' } as const },
      { ...well, target: target({ stream: 2 }) },
      through(well, { type: 'network-offline' }),
      through(well, { type: 'network-changed' }),
      through(well, silent),
      through(well, silent, probed(false)),
    ]) {
      expect(through(unwell, needed).connection).toBe(unwell.connection);
    }
  });

  it('is not tried anew by news of a network that was there all the time', () => {
    const lost = through(before, closed);
    expect(lost.connection).toMatchObject({ step: { phase: 'waiting' } });
    expect(through(lost, { type: 'network-online' })).toBe(lost);
    expect(through(lost, { type: 'network-changed' }).connection).toMatchObject({
      step: { phase: 'signaling' },
    });
  });

  it('is tried slowly, without counting, while the browser is offline, and at once after that', () => {
    const offline = through(before, { type: 'network-offline' }, closed);
    expect(offline.connection).toMatchObject({ step: { phase: 'waiting', nextTryAt: 15_000 } });
    let now = offline;
    for (let tries = 0; tries < 5; tries += 1) {
      now = through(now, { type: 'retry-due' });
      const sessionId = selectSessionId(now.connection) ?? 0;
      now = through(now, { ...closed, sessionId });
      expect(now.connection).toMatchObject({
        interruption: { attempt: 0 },
        step: { phase: 'waiting', nextTryAt: 15_000 },
      });
    }
    expect(through(now, { type: 'network-online' }).connection).toMatchObject({
      interruption: { attempt: 1 },
      step: { phase: 'signaling' },
    });
  });

  it('goes with the page, and comes back with it', () => {
    const away = through(before, { type: 'page-left' });
    expect(away.connection).toMatchObject({
      status: 'reconnecting',
      interruption: { cause: 'page-left' },
      step: { phase: 'away' },
    });
    expect(selectSessionId(away.connection)).toBeNull();
    expect(through(away, { type: 'page-returned' }).connection).toMatchObject({
      status: 'reconnecting',
      step: { phase: 'signaling' },
    });
  });
});

describe('going live while the browser is offline', () => {
  it('neither counts attempts nor gives up, until the network is back', () => {
    const connection: Connection = {
      status: 'connecting',
      ...asked,
      step: { phase: 'signaling', sessionId: 7 },
    };
    let now = through(state({ camera: on, connection }), { type: 'network-offline' });
    for (let at = 10_000; at < 100_000; at += 5_000) {
      const sessionId = selectSessionId(now.connection) ?? 0;
      const ended = { type: 'session-ended', sessionId, error: error() } as const;
      now = transition(now, stamped(ended, at));
      expect(now.connection).toMatchObject({ status: 'connecting', attempt: 1 });
      now = transition(now, stamped({ type: 'retry-due' }, at + 5_000));
    }
    const sessionId = selectSessionId(now.connection) ?? 0;
    now = transition(now, stamped({ type: 'session-ended', sessionId, error: error() }, 100_000));
    now = transition(now, stamped({ type: 'network-online' }, 101_000));
    expect(now.connection).toMatchObject({ triedSince: 101_000, step: { phase: 'signaling' } });
  });
});

describe('the session that the ingest still knows', () => {
  const stop = { type: 'stop-requested' } as const;
  const end = (status: 'live' | 'reconnecting', more: Partial<Interruption> = {}) => {
    const connection: Connection =
      status === 'live'
        ? { status, since: 0, sessionId: 7, sent: SENT, recoveringFrom: null }
        : { status, since: 0, interruption: { ...interruption, ...more }, step: waiting };
    const previousSession = { stream: 1, at: 0, wasCutOff: false };
    return state({ connection, previousSession, target: target({ stream: 2 }) });
  };

  it.each([
    ['a stop while all is well', [], end('live'), { stream: 1, at: 10_000, wasCutOff: false }],
    [
      'one that may not go out',
      [{ type: 'network-changed' }],
      end('live'),
      { stream: 1, at: 10_000, wasCutOff: true },
    ],
    ['one in a break', [], end('reconnecting'), { stream: 1, at: 5_000, wasCutOff: true }],
    ['one before another stream was tried', [], end('reconnecting', { renewal: 'fresh' }), null],
    [
      'one after that',
      [],
      end('reconnecting', { renewal: 'used', windowFrom: 8_000 }),
      { stream: 2, at: 8_000, wasCutOff: true },
    ],
  ] as const)('is kept after %s', (_, news, before, known) => {
    expect(through(before, ...news, stop).previousSession).toEqual(known);
  });

  it('is forgotten with the stream, for the next may have the same number', () => {
    const known = through(end('reconnecting'), stop);
    const unset = { status: 'unset' } as const;
    expect(through(known, { type: 'target-changed', target: unset }).previousSession).toBeNull();
  });

  it('stays with the stream of a session that healed, whatever the options say by then', () => {
    const held: Connection = {
      status: 'reconnecting',
      since: 0,
      interruption,
      step: { phase: 'holding', sessionId: 7, hasPath: true },
    };
    const before = { ...end('live'), connection: held };
    const healed = through(before, { type: 'session-alive', sessionId: 7, sent: SENT });
    expect(healed.connection.status).toBe('live');
    expect(healed.previousSession).toBe(before.previousSession);
  });

  it('is no reason for anything long after a stream whose start nobody named', () => {
    const past = { stream: 1, at: 10_000 - 600_000, wasCutOff: false };
    for (const wasCutOff of [false, true]) {
      const ready = state({
        camera: on,
        microphone: excluded,
        previousSession: { ...past, wasCutOff },
      });
      let now = through(ready, { type: 'start-requested' });
      expect(selectLostAt(now)).toBeNull();
      for (let attempt = 1; attempt <= 4; attempt += 1) {
        const sessionId = selectSessionId(now.connection) ?? 0;
        now = through(now, { type: 'session-ended', sessionId, error: error() });
        if (attempt < 4) now = through(now, { type: 'retry-due' });
      }
      expect(now.connection).toMatchObject({ status: 'failed', error: { code: 'unreachable' } });
    }
  });
});

describe('a window that runs out', () => {
  const renewable = target({ isRenewable: true });
  const reconnecting: Connection = {
    status: 'reconnecting',
    since: 0,
    interruption,
    step: waiting,
  };
  const anew = target({ stream: 2 });

  it('asks the app for another stream, once, and goes on with it', () => {
    const asked = through(state({ target: renewable, connection: reconnecting }), {
      type: 'window-closed',
    });
    expect(asked.connection).toMatchObject({
      step: { phase: 'renewing', cause: { code: 'resume-expired' } },
    });
    expect(through(asked, { type: 'window-closed' })).toBe(asked);
    const step = asked.connection.status === 'reconnecting' ? asked.connection.step : null;
    const requestId = step?.phase === 'renewing' ? step.requestId : 0;
    const renewed = through(asked, { type: 'renewed', requestId, target: anew });
    expect(renewed.target).toBe(anew);
    expect(renewed.connection).toMatchObject({
      interruption: { windowFrom: 10_000, renewal: 'fresh', attempt: 1 },
      step: { phase: 'signaling' },
    });
    expect(selectIsRepublish(renewed, 10_000)).toBe(false);
    const late = { type: 'renewed', requestId, target: target({ stream: 3 }) } as const;
    expect(through(renewed, late)).toBe(renewed);
  });

  it('waits for what it asked for, though the page was left meanwhile', () => {
    const asked = through(state({ target: renewable, connection: reconnecting }), {
      type: 'window-closed',
    });
    expect(through(asked, { type: 'page-left' }, { type: 'page-returned' })).toBe(asked);
  });

  it('asks for one when the stream ended before it was live, too', () => {
    const started = target({ isRenewable: true, startedAt: 10_000 - 119_900 });
    let now = through(state({ camera: on, microphone: excluded, target: started }), {
      type: 'start-requested',
    });
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const sessionId = selectSessionId(now.connection) ?? 0;
      now = through(now, { type: 'session-ended', sessionId, error: error() });
      if (attempt < 4) now = through(now, { type: 'retry-due' });
    }
    expect(now.connection).toMatchObject({
      status: 'connecting',
      step: { phase: 'renewing', cause: { code: 'ingest-timeout' } },
    });
  });

  it('fails with what the app had to say, and is mended by another stream', () => {
    const now = state({
      target: renewable,
      connection: { ...reconnecting, step: { phase: 'renewing', requestId: 7, cause: error() } },
    });
    const failed = through(now, {
      type: 'renewal-failed',
      requestId: 7,
      error: error('renewal-failed'),
    });
    expect(failed.connection).toMatchObject({
      status: 'failed',
      error: { code: 'renewal-failed' },
    });
    expect(through(failed, { type: 'target-changed', target: anew }).connection.status).toBe(
      'idle',
    );
    expect(through(now, { type: 'stop-requested' }).connection.status).toBe('idle');
  });
});

describe('preparing', () => {
  const byItself = target({ preparing: 'by-itself' });

  it('begins by itself once something is captured', () => {
    const opening: Source = { ...choice, status: 'opening', request: 1, after: null };
    const before = state({ target: byItself, camera: opening });
    const isOpened = {
      type: 'source-opened',
      kind: 'camera',
      request: 1,
      capture,
      problem: null,
    } as const;
    const opened = through(before, isOpened);
    expect(opened.connection).toMatchObject({ preparation: { phase: 'preparing' } });
    const asked = through(state({ camera: opening }), isOpened);
    expect(asked.connection).toMatchObject({ preparation: { phase: 'none' } });
  });

  it('renews an offer that went stale at once, and one that never came later and later', () => {
    const ready: Connection = {
      status: 'idle',
      preparation: { phase: 'ready', sessionId: 7, since: 0, attempt: 1 },
    };
    const ended = { type: 'session-ended', sessionId: 7, error: error() } as const;
    const stale = through(state({ camera: on, target: byItself, connection: ready }), ended);
    expect(stale.connection).toMatchObject({
      preparation: { phase: 'waiting', nextTryAt: 10_000 },
    });
    const renewed = through(stale, { type: 'retry-due' });
    expect(renewed.connection).toMatchObject({ preparation: { phase: 'preparing', attempt: 1 } });
    const sessionId = selectSessionId(renewed.connection) ?? 0;
    expect(through(renewed, { ...ended, sessionId }).connection).toMatchObject({
      preparation: { phase: 'waiting', nextTryAt: 11_000, attempt: 1 },
    });
  });

  it('waits its turn for an offer that is withdrawn as soon as it came, again and again', () => {
    let now = through(state({ camera: on }), { type: 'prepare-requested' });
    let before = 0;
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const sessionId = selectSessionId(now.connection) ?? 0;
      now = through(
        now,
        { type: 'session-prepared', sessionId },
        { type: 'session-ended', sessionId, error: error() },
      );
      const nextTryAt = selectRetryAt(now) ?? 0;
      expect(nextTryAt).toBeGreaterThan(Math.max(10_000, before));
      before = nextTryAt;
      now = through(now, { type: 'retry-due' });
    }
  });

  it('is made anew for another URL, but not for another start time', () => {
    const ready: Connection = {
      status: 'idle',
      preparation: { phase: 'ready', sessionId: 7, since: 0, attempt: 1 },
    };
    const before = state({ camera: on, connection: ready });
    const moved = { type: 'target-changed', target: target({ revision: 2 }) } as const;
    expect(through(before, moved).connection).toMatchObject({ preparation: { phase: 'none' } });
    const dated = { type: 'target-changed', target: target({ startedAt: 1 }) } as const;
    expect(through(before, dated).connection).toBe(ready);
  });

  it('is made anew when another kind of source can be sent', () => {
    const ready: Connection = {
      status: 'idle',
      preparation: { phase: 'ready', sessionId: 7, since: 0, attempt: 1 },
    };
    const microphone: Source = { ...choice, status: 'failed', error: error('device-in-use') };
    const asked = through(state({ camera: on, microphone, connection: ready }), {
      type: 'preview-requested',
    });
    expect(asked.connection).toMatchObject({ preparation: { phase: 'none' } });
    const camera: Source = { ...choice, status: 'off' };
    const added = through(state({ camera, microphone: on, connection: ready }), {
      type: 'preview-requested',
    });
    expect(added.connection).toMatchObject({ preparation: { phase: 'none' } });
  });

  it('stays when a source is muted', () => {
    const ready: Connection = {
      status: 'idle',
      preparation: { phase: 'ready', sessionId: 7, since: 0, attempt: 1 },
    };
    const before = state({ camera: on, microphone: excluded, connection: ready });
    const muted = through(before, { type: 'source-muted', kind: 'camera', muted: true });
    expect(muted.connection).toBe(ready);
  });
});

describe('a source', () => {
  const lost = {
    type: 'source-lost',
    kind: 'camera',
    request: 1,
    error: error('device-lost'),
  } as const;

  it('is replaced by another device when it is lost, without losing the broadcast', () => {
    const connection = CONNECTIONS[9] as Connection;
    const camera: Source = { ...on, deviceId: 'unplugged' };
    const now = through(state({ camera, connection }), lost);
    expect(now.camera).toMatchObject({ status: 'opening', deviceId: 'unplugged' });
    expect(now.connection).toBe(connection);
    // Nobody sees a muted one, so its light stays off.
    const hidden = through(state({ camera: { ...camera, muted: true }, connection }), lost);
    expect(hidden.camera).toEqual({ status: 'paused', deviceId: 'unplugged', muted: true });
    expect(hidden.connection).toBe(connection);
  });

  it('says that it was lost when no other could be opened, and comes back when plugged in', () => {
    const gone = through(state({ camera: on }), lost);
    const request = gone.camera.status === 'opening' ? gone.camera.request : 0;
    const failed = through(
      gone,
      { type: 'source-failed', kind: 'camera', request, error: error('device-not-found') },
      LISTED,
    );
    expect(failed.camera).toMatchObject({ status: 'failed', error: { code: 'device-lost' } });
    const back = through(failed, { ...LISTED, cameras: [{ deviceId: 'a', label: 'A' }] });
    expect(back.camera.status).toBe('opening');
  });

  it('keeps its mute through a change of device', () => {
    const changed = through(
      state({ camera: on }),
      { type: 'source-muted', kind: 'camera', muted: true },
      { type: 'source-selected', kind: 'camera', deviceId: 'b' },
    );
    expect(changed.camera).toMatchObject({ status: 'on', deviceId: 'b', muted: true });
  });

  it('is left out of the broadcast where the app says so, and may be opened again after that', () => {
    const allow = (allowed: boolean) =>
      ({ type: 'source-allowed', kind: 'camera', allowed }) as const;
    const camera: Source = { ...on, deviceId: 'a' };
    const left = through(state({ camera }), allow(false));
    expect(left.camera).toEqual({ status: 'excluded', deviceId: 'a', muted: false });
    expect(through(left, { type: 'preview-requested' }).camera).toBe(left.camera);
    const again = through(left, allow(true), { type: 'preview-requested' });
    expect(again.camera).toMatchObject({ status: 'opening', deviceId: 'a' });
  });

  it('stays the device that it was where another one does not open, and says why', () => {
    const select = { type: 'source-selected', kind: 'camera', deviceId: 'b' } as const;
    const changing = through(state({ camera: { ...on, deviceId: 'a' } }), select);
    if (changing.camera.status !== 'on' || !changing.camera.change) throw new Error('No change.');
    const { request } = changing.camera.change;
    const failed = { capture, request, error: error('device-in-use') };
    const kept = through(changing, { type: 'source-kept', kind: 'camera', ...failed });
    expect(kept.camera).toMatchObject({
      status: 'on',
      deviceId: 'a',
      change: null,
      problem: { code: 'device-in-use' },
    });
  });

  it('is turned off by release, and stays excluded where the app said so', () => {
    const live: Connection = {
      status: 'live',
      since: 0,
      sessionId: 7,
      sent: SENT,
      recoveringFrom: null,
    };
    const before = through(state({ camera: on, microphone: excluded, connection: live }), LISTED);
    expect(before.devices.status).toBe('listed');
    const released = through(before, { type: 'release-requested' });
    expect(released.devices).toEqual({ status: 'unlisted' });
    expect(released.connection.status).toBe('idle');
    expect(released.camera.status).toBe('off');
    expect(released.microphone.status).toBe('excluded');
  });
});

// Last, because it takes the longest: a fault that a test above sees is told sooner.
describe('transition', () => {
  it('is total: every event is answered in every state, and identities are kept', () => {
    let answered = 0;
    const wrong: string[] = [];
    for (const connection of CONNECTIONS) {
      for (const camera of SOURCES) {
        for (const microphone of SOURCES) {
          for (const ingest of TARGETS) {
            const before = state({ connection, camera, microphone, target: ingest });
            for (const event of ALL_EVENTS) {
              const next = transition(before, stamped(event));
              const isSame = SLICES.every((slice) => next[slice] === before[slice]);
              if ((next === before) !== isSame) wrong.push(event.type);
              answered += 1;
            }
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(answered).toBe(
      CONNECTIONS.length * SOURCES.length ** 2 * TARGETS.length * ALL_EVENTS.length,
    );
    // Some hundred thousand transitions, on machines that do other things meanwhile.
  }, 60_000);

  it('is pure: the same event gives the same state again', () => {
    for (const connection of CONNECTIONS) {
      for (const event of ALL_EVENTS) {
        const before = Object.freeze(state({ connection, camera: on }));
        const stampedEvent = Object.freeze(stamped(event));
        expect(transition(before, stampedEvent)).toEqual(transition(before, stampedEvent));
      }
    }
  });

  it('stays legal through any sequence of events', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...ALL_EVENTS), { maxLength: 60 }),
        fc.constantFrom(...TARGETS),
        (events, ingest) => {
          let now = state({ target: ingest });
          for (const event of events) {
            // Reports of the session that runs, so that the sequences get anywhere.
            const sessionId = selectSessionId(now.connection);
            const heard =
              'sessionId' in event && sessionId !== null ? { ...event, sessionId } : event;
            now = transition(now, stamped(heard));
            expectLegal(now);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
