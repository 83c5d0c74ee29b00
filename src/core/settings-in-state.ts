import { INITIAL_STREAM } from './connection/stream-status.js';
import type { IngestTarget } from './connection/target.js';
import { noServerUrl } from './connection/target.js';
import { BroadcastError } from './errors.js';
import type { Settings, SourceSettings } from './options.js';
import { parseDeviceId } from './parse-options.js';
import type { AskedQuality } from './quality/quality.js';
import { INITIAL_QUALITY } from './quality/quality.js';
import type { AppSound, Sound } from './sound/sound.js';
import { INITIAL_SOUND } from './sound/sound.js';
import type { SourceOptions } from './sources/constraints.js';
import { pictureAskedOf } from './sources/constraints.js';
import type { DeviceKind, Source } from './sources/source.js';
import { ofEachSource } from './sources/source.js';
import type { DeviceTraits } from './sources/source-kinds.js';
import { DEVICES } from './sources/source-kinds.js';
import type { Supply } from './sources/supply.js';
import type { BroadcasterState } from './state.js';
import { INITIAL_STATE } from './state.js';

/** Where to publish to, a credential. @throws BroadcastError when there is nowhere. */
export function publishUrl({ ingestUrl }: Settings): URL {
  if (ingestUrl instanceof URL) return ingestUrl;
  throw ingestUrl ?? noServerUrl();
}

/** The state of a broadcaster that has these settings and was never used. */
export function initialState(settings: Settings): BroadcasterState {
  const asked = askedQuality(settings);
  return {
    ...INITIAL_STATE,
    target: targetOf(settings, { stream: 1, revision: 1 }),
    stream: { ...INITIAL_STREAM, ...toldBy(settings) },
    ...ofEachSource((kind) => initialSource(settings[kind] as DeviceChoice | null)),
    sound: withSounds(settings),
    picture: { ...INITIAL_STATE.picture, slate: settings.slate },
    quality: { ...INITIAL_QUALITY, asked, ofCamera: asked, ofScreen: settings.ofScreen },
  };
}

function withSounds({ sounds }: Pick<Settings, 'sounds'>): Sound {
  const gains = sounds.filter(({ gain }) => gain !== 1).map(({ id, gain }) => [id, gain]);
  return { ...INITIAL_SOUND, inputs: inputsOf({ sounds }), gains: Object.fromEntries(gains) };
}

/** The sounds of the app, as the state shows them. */
export function inputsOf({ sounds }: Pick<Settings, 'sounds'>): readonly AppSound[] {
  return sounds.map(({ id, track }) => ({ id, track }));
}

/** The quality that is asked of the encoder for the camera's picture. */
export function askedQuality(settings: Settings): AskedQuality {
  const { camera, maxVideoKbps, degradationPreference, adaptToMachine } = settings;
  const { frameRate } = pictureAskedOf(camera);
  return { maxVideoKbps, frameRate, degradationPreference, adaptToMachine };
}

/** The target of the settings with which a broadcast goes on after `before`. */
export function renewedTarget(settings: Settings, before: IngestTarget): IngestTarget {
  const revision = numbersOf(before).revision + 1;
  return targetOf(settings, { stream: revision, revision });
}

/** The stream's status by its own server, as the app passes it on. */
export function toldBy({ streamStatus, clockOffsetMs }: Settings) {
  return { word: streamStatus, clockOffsetMs };
}

/** The part of a source's options by which the app supplies it. */
export function supplyOf<Kind extends DeviceKind>(
  settings: Pick<SourceSettings, Kind>,
  kind: Kind,
): Supply {
  const options: SourceSettings[Kind] = settings[kind];
  const { preset }: DeviceTraits<SourceOptions[Kind]> = DEVICES[kind];
  const { source, processor, key } = options ?? {};
  return { source, processor, key, preset: preset(options) };
}

type TargetNumbers = Pick<Extract<IngestTarget, { status: 'set' }>, 'stream' | 'revision'>;

/** The numbers of a target; 0 where it has none yet. */
export function numbersOf(target: IngestTarget): TargetNumbers {
  return target.status === 'set' ? target : { stream: 0, revision: 0 };
}

/** The ingest that these settings name, as the state shows it. */
export function targetOf(
  { ingestUrl, ...settings }: Settings,
  { stream, revision }: TargetNumbers,
): IngestTarget {
  if (ingestUrl === null) return { status: 'unset' };
  if (ingestUrl instanceof BroadcastError) return { status: 'invalid', error: ingestUrl };
  const { startedAt, timeoutSeconds, autoPrepare, renew, problem } = settings;
  const preparing = autoPrepare ? 'by-itself' : 'on-request';
  const isRenewable = renew !== null;
  const numbers = { stream, revision };
  return { status: 'set', ...numbers, startedAt, timeoutSeconds, preparing, isRenewable, problem };
}

/** The device that an option names; a screen has none. */
interface DeviceChoice {
  readonly deviceId?: string | null;
}

function initialSource(options: DeviceChoice | null): Source {
  const choice = { deviceId: parseDeviceId(options?.deviceId), muted: false };
  return { ...choice, status: options === null ? 'excluded' : 'off' };
}
