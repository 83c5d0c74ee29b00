import type {
  BroadcastErrorCode,
  BroadcasterState,
  Capture,
  Interruption,
  InterruptionCause,
  Source,
  SourceKind,
  StatsSample,
} from '../core/index.js';
import { BroadcastError } from '../core/index.js';

/** A track as far as the parts look at one: they hand it on and never touch it. */
export function fakeTrack(kind: 'audio' | 'video'): MediaStreamTrack {
  return { kind, id: kind } as unknown as MediaStreamTrack;
}

const SOURCES = {
  screen: ['', '', 1920, 1080],
  camera: ['c1', 'FaceTime camera', 1280, 720],
  microphone: ['m1', 'MacBook microphone', 0, 0],
} as const satisfies Record<SourceKind, readonly [string, string, number, number]>;

/** A source that is on. */
export function on(
  kind: SourceKind,
  {
    muted = false,
    facing = 'unknown',
    track,
  }: {
    readonly muted?: boolean;
    readonly facing?: Capture['facing'];
    readonly track?: MediaStreamTrack;
  } = {},
): Source {
  const [deviceId, label, width, height] = SOURCES[kind];
  return {
    status: 'on',
    deviceId: null,
    muted,
    request: 1,
    change: null,
    problem: null,
    capture: {
      track: track ?? fakeTrack(width === 0 ? 'audio' : 'video'),
      sound: null,
      deviceId,
      label,
      facing,
      picture: width === 0 ? null : { width, height, frameRate: 30 },
      ...(kind === 'screen' && { content: 'detail' }),
    },
  };
}

/** A source that failed. */
export function failed(code: BroadcastErrorCode): Source {
  return { status: 'failed', deviceId: null, muted: false, error: failure(code) };
}

/** An error of this code. */
export function failure(code: BroadcastErrorCode): BroadcastError {
  return new BroadcastError(code, `What the core says about ${code}.`);
}

/** Camera and microphone on, and the machine's devices listed. */
export const SOURCES_ON = {
  camera: on('camera'),
  microphone: on('microphone'),
  devices: {
    status: 'listed',
    cameras: [
      { deviceId: 'c1', label: 'FaceTime camera' },
      { deviceId: 'c2', label: 'Capture card' },
    ],
    microphones: [{ deviceId: 'm1', label: 'MacBook microphone' }],
    speakers: [],
  },
} as const satisfies Partial<BroadcasterState>;

/** A usable target. */
export function target(startedAt: number | null = null): BroadcasterState['target'] {
  return {
    status: 'set',
    stream: 1,
    revision: 1,
    startedAt,
    timeoutSeconds: 120,
    preparing: 'by-itself',
    isRenewable: false,
    problem: null,
  };
}

/** One second of a good line. */
const GOOD_SAMPLE: StatsSample = {
  at: 1_000,
  intervalMs: 1_000,
  sentBitsPerSecond: 2_412_000,
  videoBitsPerSecond: 2_380_000,
  audioBitsPerSecond: 32_000,
  targetBitsPerSecond: 2_500_000,
  frameWidth: 1280,
  frameHeight: 720,
  framesPerSecond: 30,
  sourceFramesPerSecond: 30,
  encodeMsPerFrame: 4.2,
  keyFrames: 0,
  roundTripMs: 41,
  lossShare: 0,
  jitterMs: 2,
  limitation: 'none',
  limitedShare: 0,
  cpuLimitedShare: 0,
  retransmittedPackets: 0,
  videoCodec: 'H264',
  audioCodec: 'opus',
  path: 'udp',
  silentMs: 60,
  audioLevel: 0.1,
  picture: 'shown',
  sound: 'heard',
};

/** A good line on which these seconds follow each other, each different from it in so much. */
export function statsOf(...seconds: readonly Partial<StatsSample>[]): BroadcasterState['stats'] {
  const history = seconds.map((patch, index) => ({
    ...GOOD_SAMPLE,
    at: 1_000 * (index + 1),
    ...patch,
  }));
  const sample = history.at(-1);
  return sample === undefined
    ? { status: 'unknown' }
    : { status: 'sampled', sample, isCurrent: true, history };
}

/** Statistics of ten seconds on a good line. */
export const GOOD_STATS: BroadcasterState['stats'] = statsOf(...Array<object>(10).fill({}));

const OFF: Source = { status: 'off', deviceId: null, muted: false };
const OPENING: Source = { ...OFF, status: 'opening', request: 1, after: null };

/** An interruption that was noticed as `cause`, after two attempts to end it. */
export function interruptionOf(
  cause: InterruptionCause,
  { lostAt, error }: { readonly lostAt: number; readonly error: BroadcastError },
): Interruption {
  return { cause, lostAt, windowFrom: lostAt, error, attempt: 2, refusals: 0, renewal: 'none' };
}

/** A broadcaster in each stage, as of `now`. */
export function stageStates(now: number): Readonly<Record<string, Partial<BroadcasterState>>> {
  const ready = { ...SOURCES_ON, target: target(now - 46_000) };
  return {
    blank: { target: target() },
    asking: { target: target(), camera: OPENING, microphone: OPENING },
    denied: {
      target: target(),
      camera: failed('permission-denied'),
      microphone: failed('permission-denied'),
    },
    ready,
    taken: { ...ready, stream: { word: 'live', isOurs: false, clockOffsetMs: 0 } },
    connecting: {
      ...ready,
      connection: {
        status: 'connecting',
        since: now - 6000,
        triedSince: now - 6000,
        attempt: 1,
        cause: null,
        isRenewed: false,
        step: { phase: 'signaling', sessionId: 2 },
      },
    },
    live: {
      ...ready,
      connection: {
        status: 'live',
        since: now - 761_000,
        sessionId: 2,
        sent: { video: 'taken', audio: 'taken' },
        recoveringFrom: null,
      },
      stats: GOOD_STATS,
    },
    reconnecting: {
      ...ready,
      connection: {
        status: 'reconnecting',
        since: now - 761_000,
        interruption: interruptionOf('socket-closed', {
          lostAt: now - 22_000,
          error: failure('stream-busy'),
        }),
        step: { phase: 'waiting', nextTryAt: now + 2000, cause: failure('stream-busy') },
      },
    },
    expired: {
      ...ready,
      connection: { status: 'failed', error: failure('resume-expired'), endedAt: now },
    },
    failed: {
      ...SOURCES_ON,
      target: target(),
      connection: { status: 'failed', error: failure('unreachable'), endedAt: now },
    },
  };
}
