import type { ConnectionEvent } from './connection/connection-events.js';
import { isSame } from './foundation/same.js';
import type { Settings } from './options.js';
import { parseDeviceId } from './parse-options.js';
import type { PictureEvent } from './picture/picture.js';
import type { QualityEvent } from './quality/quality.js';
import {
  askedQuality,
  inputsOf,
  numbersOf,
  supplyOf,
  targetOf,
  toldBy,
} from './settings-in-state.js';
import type { CheckedSound, SoundEvent } from './sound/sound.js';
import { pictureAskedOf, soundHintOf } from './sources/constraints.js';
import type { DeviceKind, SourceEvent } from './sources/source.js';
import { DEVICE_KINDS, SOURCE_KINDS } from './sources/source.js';
import type { BroadcasterState } from './state.js';

type OptionEvent = ConnectionEvent | SourceEvent | SoundEvent | PictureEvent | QualityEvent;

/** The events that a change of settings causes. */
export function optionEvents(
  before: Settings,
  after: Settings,
  { target, quality, stream: told }: BroadcasterState,
): readonly OptionEvent[] {
  const events: OptionEvent[] = [];
  const moved = !isSame(preparedWith(before), preparedWith(after));
  const known = numbersOf(target);
  const revision = known.revision + (moved ? 1 : 0);
  const stream = addressOf(before) === addressOf(after) ? known.stream : revision;
  const next = targetOf(after, { stream, revision });
  const complained = before.problem?.message !== after.problem?.message;
  if (moved || complained || !isSame(next, target)) {
    events.push({ type: 'target-changed', target: next });
  }
  const { word, clockOffsetMs } = toldBy(after);
  if (word !== told.word || clockOffsetMs !== told.clockOffsetMs) {
    events.push({ type: 'stream-told', word, clockOffsetMs });
  }
  const ofCamera = askedQuality(after);
  const { ofScreen } = after;
  if (!isSame([ofCamera, ofScreen], [quality.ofCamera, quality.ofScreen])) {
    events.push({ type: 'quality-asked', ofCamera, ofScreen });
  }
  if (!isSameSounds(before.sounds, after.sounds)) {
    events.push({ type: 'sounds-given', inputs: inputsOf(after) });
  }
  // A gain that the option does not change stays as `setGain` left it.
  for (const { id, gain } of after.sounds) {
    const known = before.sounds.find((sound) => sound.id === id);
    if ((known?.gain ?? 1) !== gain) events.push({ type: 'gain-set', input: id, gain });
  }
  if (!isSame(before.slate, after.slate)) {
    events.push({ type: 'picture-changed', change: { slate: after.slate } });
  }
  for (const kind of SOURCE_KINDS) {
    const allowed = after[kind] !== null;
    if (allowed !== (before[kind] !== null)) {
      events.push({ type: 'source-allowed', kind, allowed });
    }
  }
  const isResized = !isSame(pictureAskedOf(before.camera), pictureAskedOf(after.camera));
  if (isResized && !after.camera?.source) {
    events.push({ type: 'picture-asked' });
  }
  for (const kind of DEVICE_KINDS) {
    const deviceId = parseDeviceId(after[kind]?.deviceId);
    if (deviceId !== parseDeviceId(before[kind]?.deviceId)) {
      events.push({ type: 'source-selected', kind, deviceId });
    }
    if (!isSame(suppliedBy(before, kind), suppliedBy(after, kind))) {
      events.push({ type: 'supply-changed', kind });
    }
  }
  return events;
}

/** A list that is written anew at each rendering is the same as long as its tracks are. */
function isSameSounds(before: readonly CheckedSound[], after: readonly CheckedSound[]): boolean {
  return (
    before.length === after.length &&
    after.every(({ id, track }, at) => id === before[at]?.id && track === before[at].track)
  );
}

/** The app's own source, compared by identity; a factory also by the picture that it is asked for. */
function suppliedBy(settings: Settings, kind: DeviceKind): unknown {
  const { source, processor, key, preset } = supplyOf(settings, kind);
  const isAsked = typeof source === 'function';
  return [source, processor, isAsked || processor ? key : null, isAsked ? preset : null];
}

/** Everything that a prepared session was made with. */
function preparedWith(settings: Settings) {
  const { videoCodec, microphone, iceTransportPolicy, iceServers } = settings;
  const { authToken, simulcast, scalabilityMode } = settings;
  const sound = soundHintOf(microphone);
  const layers = [simulcast, scalabilityMode];
  return [
    addressOf(settings),
    authToken,
    videoCodec,
    layers,
    sound,
    iceTransportPolicy,
    iceServers,
  ];
}

function addressOf({ ingestUrl }: Settings): string | null {
  return ingestUrl instanceof URL ? ingestUrl.href : (ingestUrl?.message ?? null);
}
