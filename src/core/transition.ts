import { isBroadcasting, isHeld, selectSessionId } from './connection/connection.js';
import {
  concludeConnection,
  connectionTransition,
  withoutPreparation,
} from './connection/connection-transition.js';
import type { ConnectionContext, StampedConnectionEvent } from './connection/handlers.js';
import { networkTransition } from './connection/network.js';
import { previousSessionAfter, sessionBefore } from './connection/previous-session.js';
import { isTaken, standingOf, withOwner } from './connection/stream-status.js';
import type { StampedEvent } from './events.js';
import { isSame } from './foundation/same.js';
import { afterPicture } from './picture-in-state.js';
import { nextQuality } from './quality/next-quality.js';
import type { Quality } from './quality/quality.js';
import { NO_LOAD } from './quality/quality.js';
import { screenKbpsFor } from './quality/video-rates.js';
import type { OutgoingMedia, OutgoingState } from './select-outgoing.js';
import { captureOf, failureOf, isSendable, selectOutgoing } from './select-outgoing.js';
import { STRAIGHT, soundTransition } from './sound/sound.js';
import { isMixWanted } from './sound-inputs.js';
import { permissionsAfter } from './sources/permission.js';
import type { Source, SourceKind } from './sources/source.js';
import { ofEachSource } from './sources/source.js';
import { servingSession, sourceTransition } from './sources/source-transition.js';
import type { BroadcasterState, Stats } from './state.js';
import { INITIAL_STATE } from './state.js';
import type { StatsSample } from './stats/sample.js';
import { withSample } from './stats/sample-ring.js';

/**
 * The state after `event`: pure, and total over every state and event. A slice that does not
 * change keeps its identity, and so does the whole.
 */
export function transition(state: BroadcasterState, event: StampedEvent): BroadcasterState {
  const next = conclude(state, reduce(state, event), event);
  return shallowEqual(state, next) ? state : next;
}

function reduce(state: BroadcasterState, event: StampedEvent): BroadcasterState {
  switch (event.type) {
    case 'start-requested':
      return startRequested(state, event);
    case 'release-requested':
      return {
        ...withSources(connected(state, event), event),
        devices: { status: 'unlisted' },
        sound: { ...state.sound, mix: STRAIGHT },
        picture: { ...state.picture, last: null },
      };
    case 'renewed': {
      const connection = connectionTransition(state.connection, event, contextOf(state));
      // A renewal that nobody waits for any more leaves the target alone.
      return connection === state.connection
        ? state
        : { ...state, target: event.target, connection };
    }
    case 'network-online':
    case 'network-offline':
    case 'network-changed':
    case 'woke-up': {
      const network = networkTransition(state.network, event);
      if (network === state.network) return state;
      const around = { ...contextOf(state), network };
      const connection = connectionTransition(state.connection, event, around);
      return { ...state, network, connection };
    }
    case 'page-found-live':
      return { ...state, previousSession: sessionBefore(state.target, event) };
    case 'stop-requested':
      // Nobody watches what is shared any more.
      return withSources(connected(state, event), event);
    case 'stream-told': {
      const { word, clockOffsetMs } = event;
      return { ...connected(state, event), stream: { ...state.stream, word, clockOffsetMs } };
    }
    case 'target-changed':
      return { ...connected(state, event), target: event.target };
    case 'devices-listed': {
      const { cameras, microphones, speakers } = event;
      const devices = { status: 'listed', cameras, microphones, speakers } as const;
      return { ...withSources(state, event), devices };
    }
    case 'permission-read':
      return withPermission(state, event);
    case 'source-allowed': {
      const next = withSources(state, event);
      // Nobody asks for a preview any more in a broadcast.
      return event.allowed && isBroadcasting(state.connection)
        ? withSources(next, { ...event, type: 'preview-requested' })
        : next;
    }
    case 'preview-requested':
    case 'share-requested':
    case 'sharing-stopped':
    case 'screen-silent':
    case 'source-selected':
    case 'source-muted':
    case 'supply-changed':
    case 'source-lost':
    case 'source-interrupted':
    case 'source-resumed':
    case 'source-retaken':
    case 'source-resized':
    case 'camera-flipped':
    case 'picture-asked':
      return withSources(state, event);
    case 'source-opened':
    case 'source-kept':
    case 'source-failed':
      return withPermission(withSources(state, event), event);
    case 'sounds-given':
    case 'gain-set':
    case 'sound-ended':
    case 'mix-changed':
    case 'sound-watched':
    case 'sound-warned':
      return { ...state, sound: soundTransition(state.sound, event) };
    case 'picture-changed':
      return { ...state, picture: { ...state.picture, ...event.change } };
    case 'stats-sampled':
      return state.connection.status === 'live' ? sampled(state, event) : state;
    case 'stats-paused':
      return { ...state, stats: outdated(state.stats) };
    case 'quality-asked':
      return {
        ...state,
        quality: { ...state.quality, ofCamera: event.ofCamera, ofScreen: event.ofScreen },
      };
    case 'pressure-changed':
      return { ...state, quality: { ...state.quality, pressure: event.pressure } };
    default:
      return connected(state, event);
  }
}

/** The state in which the connection took notice of an event that is its own. */
function connected(state: BroadcasterState, event: StampedConnectionEvent): BroadcasterState {
  return { ...state, connection: connectionTransition(state.connection, event, contextOf(state)) };
}

/** Going live opens what is off; what has failed is asked again only if nothing else can be sent. */
function startRequested(
  state: BroadcasterState,
  event: Extract<StampedEvent, { type: 'start-requested' }>,
): BroadcasterState {
  const around = contextOf(state);
  const asked: StampedEvent = { ...event, type: 'preview-requested' };
  const open = (source: Source, kind: SourceKind) =>
    source.status === 'off' || around.capture === 'failed'
      ? sourceTransition(source, kind, asked, state.devices)
      : source;
  const sources = ofEachSource((kind) => open(state[kind], kind));
  const prepared = sameKinds(state, { ...state, ...sources })
    ? state.connection
    : withoutPreparation(state.connection);
  const connection = connectionTransition(prepared, event, around);
  return { ...state, connection, ...(connection.status === 'connecting' ? sources : {}) };
}

/** Keeps the sample with what was sent for picture and sound while it was taken. */
function sampled(
  state: BroadcasterState,
  event: Extract<StampedEvent, { type: 'stats-sampled' }>,
): BroadcasterState {
  const { video, audio } = selectOutgoing(state);
  const sample: StatsSample = {
    ...event.sample,
    picture: sentOf(video, video.status === 'on' && video.screen ? 'screen' : 'shown'),
    sound: sentOf(audio, 'heard'),
  };
  const history = withSample(state.stats.status === 'sampled' ? state.stats.history : [], sample);
  return {
    ...state,
    stats: { status: 'sampled', sample, isCurrent: true, history },
    quality: nextQuality(state.quality, sample, event.at),
  };
}

function sentOf<Shown extends string>(
  media: OutgoingMedia,
  shown: Shown,
): Shown | 'muted' | 'none' {
  if (media.status !== 'on' || media.lost !== null) return 'none';
  return media.muted || media.slateFor !== null ? 'muted' : shown;
}

function withPermission(
  state: BroadcasterState,
  event: Parameters<typeof permissionsAfter>[1] & { readonly kind: SourceKind },
): BroadcasterState {
  const isOpen = state[event.kind].status === 'on';
  return { ...state, permissions: permissionsAfter(state.permissions, event, isOpen) };
}

function withSources(
  state: BroadcasterState,
  event: Parameters<typeof sourceTransition>[2],
): BroadcasterState {
  return {
    ...state,
    ...ofEachSource((kind) => sourceTransition(state[kind], kind, event, state.devices)),
  };
}

/** Draws the conclusions that need no event of their own. */
function conclude(
  before: BroadcasterState,
  reduced: BroadcasterState,
  event: StampedEvent,
): BroadcasterState {
  const state = afterPicture(reduced, event);
  const isAnother = streamOf(before.target) !== streamOf(state.target);
  const stream = withOwner(state.stream, state.connection, isAnother);
  const around = contextOf({ ...state, stream });
  // An offer from before another source went live must not be answered any more.
  const fits = sameKinds(before, state) && !around.isTaken;
  const kept = fits ? state.connection : withoutPreparation(state.connection);
  const connection = concludeConnection(kept, event, around);
  // Statistics from before an interruption are worth seeing beside the ones after it.
  const goesOn = connection.status === 'live' || connection.status === 'reconnecting';
  const stats = !goesOn
    ? NOT_SAMPLED
    : connection.status === 'live'
      ? state.stats
      : outdated(state.stats);
  const asked = askedNow(state.quality, selectOutgoing(state).video);
  const quality = qualityOf(askedFor(state.quality, asked), connection, event);
  const previousSession = previousSessionAfter(state.previousSession, {
    before: before.connection,
    now: connection,
    target: state.target,
    network: state.network,
    at: event.at,
  });
  const sound = soundOf({ ...state, connection });
  const session = isBroadcasting(connection) ? selectSessionId(connection) : null;
  const sources =
    session === null ? {} : ofEachSource((kind) => servingSession(state[kind], session, event));
  return { ...state, ...sources, connection, stream, previousSession, sound, stats, quality };
}

/** A graph that nobody wants any more fades out by itself; a warning is about the moment. */
function soundOf(state: BroadcasterState): BroadcasterState['sound'] {
  const { sound, microphone } = state;
  const { mix, warning, isWatched } = sound;
  const isOver = mix.status !== 'straight' && mix.status !== 'on' && !isMixWanted(state);
  const isHeard = isWatched && microphone.status === 'on';
  const isTrue = isHeard && microphone.muted === (warning === 'speaking-while-muted');
  const isOld = warning !== null && !isTrue;
  if (!isOver && !isOld) return sound;
  return { ...sound, ...(isOver && { mix: STRAIGHT }), ...(isOld && { warning: null }) };
}

const NOT_SAMPLED = INITIAL_STATE.stats;

/** Earlier statistics say nothing of now. */
function outdated(stats: Stats): Stats {
  return stats.status === 'sampled' && stats.isCurrent ? { ...stats, isCurrent: false } : stats;
}

function streamOf(target: BroadcasterState['target']): number | null {
  return target.status === 'set' ? target.stream : null;
}

/** A session begins with the full size; a broadcast also forgets what the machine once could not do. */
function qualityOf(
  quality: Quality,
  connection: BroadcasterState['connection'],
  { at }: StampedEvent,
): Quality {
  if (connection.status === 'live') {
    return quality.liveSince === null ? { ...quality, liveSince: at } : quality;
  }
  // A session that heals goes on as it was.
  if (isHeld(connection)) return quality;
  const fresh = { ...quality, liveSince: null, isRampedUp: false };
  if (connection.status === 'reconnecting') return quality.liveSince === null ? quality : fresh;
  const isFresh =
    quality.liveSince === null && quality.stepsDown === 0 && quality.encoderLoad === NO_LOAD;
  return isFresh ? quality : { ...fresh, stepsDown: 0, encoderLoad: NO_LOAD };
}

/** A screen has a size and a content of its own. */
function askedNow({ ofCamera, ofScreen }: Quality, video: OutgoingMedia): Quality['asked'] {
  if (video.status !== 'on' || video.screen === null) return ofCamera;
  const usual = video.screen === 'motion' ? 'balanced' : 'maintain-resolution';
  return {
    ...ofCamera,
    maxVideoKbps: ofScreen.maxVideoKbps ?? screenKbpsFor(video.picture),
    frameRate: video.picture?.frameRate || ofCamera.frameRate,
    degradationPreference: ofScreen.degradationPreference ?? usual,
  };
}

/** Steps down from other settings are no measure for these. */
function askedFor(quality: Quality, asked: Quality['asked']): Quality {
  if (isSame(asked, quality.asked)) return quality;
  const stays =
    asked.adaptToMachine && asked.degradationPreference === quality.asked.degradationPreference;
  return stays ? { ...quality, asked } : { ...quality, asked, stepsDown: 0, encoderLoad: NO_LOAD };
}

/** Whether a session that fits the one also fits the other. */
function sameKinds(before: OutgoingState, now: OutgoingState): boolean {
  const [left, right] = [selectOutgoing(before), selectOutgoing(now)];
  return (
    isSendable(left.video) === isSendable(right.video) &&
    isSendable(left.audio) === isSendable(right.audio)
  );
}

function contextOf(state: BroadcasterState): ConnectionContext {
  const { target, stream, network, previousSession } = state;
  const outgoing = selectOutgoing(state);
  return {
    target,
    network,
    previousSession,
    isTaken: isTaken(stream, target, previousSession),
    isRunning: standingOf(stream.word) === 'running',
    capture: captureOf(outgoing),
    captureError: failureOf(outgoing),
  };
}

function shallowEqual(left: BroadcasterState, right: BroadcasterState): boolean {
  const slices = Object.keys(left) as readonly (keyof BroadcasterState)[];
  return slices.every((slice) => left[slice] === right[slice]);
}
