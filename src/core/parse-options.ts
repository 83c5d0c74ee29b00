import type { Renew, RenewedStream } from './connection/renew-stream.js';
import { renewalFailed } from './connection/renew-stream.js';
import { BroadcastError, toBroadcastError } from './errors.js';
import {
  FLAG,
  isFiniteNumber,
  isFunction,
  isPositive,
  isRecord,
  isString,
  oneOf,
  type Rule,
} from './foundation/guards.js';
import type { Log } from './foundation/logger.js';
import { isNearly } from './foundation/nearly.js';
import type { BroadcasterOptions, Settings, SourceSettings } from './options.js';
import type { DegradationPreference } from './peer/encoding.js';
import { VIDEO_CODECS } from './peer/video-codec.js';
import type { Slate } from './picture/scene.js';
import type { AskedOfScreen } from './quality/quality.js';
import { videoKbpsFor } from './quality/video-rates.js';
import type { IngestAddress } from './signaling/ingest-url.js';
import { parseIngestUrl } from './signaling/ingest-url.js';
import { TRANSPORTS } from './signaling/protocols.js';
import { checkSounds } from './sound/sound.js';
import type { SourceOptions } from './sources/constraints.js';
import { pictureAskedOf, pictureHintOf } from './sources/constraints.js';
import type { SourceKind } from './sources/source.js';
import { ofEachSource } from './sources/source.js';
import { SOURCES } from './sources/source-kinds.js';

const LIST: Rule<readonly unknown[]> = [Array.isArray, 'a list'];

/** RFC 6750 section 2.1, without a word in front; none is as good as an empty one. */
const TOKEN: Rule<string> = [
  (value): value is string => isString(value) && /^[!-~]*$/.test(value),
  'a token: a text of visible ASCII characters without a space, and without "Bearer"',
];

const SCALABILITY_MODE: Rule<string> = [
  (value): value is string => isString(value) && /^[LS]\dT\d[a-z_]*$/i.test(value),
  'a mode such as L1T2',
];

/** The options, or none where reading them throws, as a getter or a proxy may. */
export function readOptions(options: BroadcasterOptions, log: Log): BroadcasterOptions {
  try {
    parseOptions({ ...options, logger: options?.logger }, () => {});
    return options;
  } catch {
    log('warn', 'The options throw when they are read; the defaults are used.');
    return {};
  }
}

/**
 * Checks every option, at run time too, and never throws: without a usable URL there is nowhere to
 * publish, so that is kept as the error; everything else falls back on its default, with a warning.
 */
export function parseOptions(options: BroadcasterOptions, log: Log): Settings {
  const given: Record<string, unknown> = isRecord(options) ? { ...options } : {};
  let problem: BroadcastError | null = null;
  const complain = (message: string) => {
    log('warn', message);
    problem ??= new BroadcastError('invalid-options', message);
  };
  const known = new Set(['serverUrl', 'streamKey', 'startedAt', 'logger']);
  const orDefault = <Value>(
    name: string,
    [isValid, wanted]: Rule<Value>,
    fallback: Value,
  ): Value => {
    known.add(name);
    const value = given[name];
    if (value === undefined || value === null) return fallback;
    if (isValid(value)) return value;
    complain(`The option ${name} is not ${wanted}; its default is used.`);
    return fallback;
  };
  const transport = orDefault('transport', oneOf(...TRANSPORTS), 'auto');
  const { serverUrl, streamKey } = given;
  const ingestUrl = parseAddress({ serverUrl, streamKey, transport, complain });
  const startedAt = parseStartedAt(given['startedAt']);
  if (startedAt === null && (given['startedAt'] ?? null) !== null) {
    complain('The option startedAt is not a date; the countdown cannot be shown.');
  }
  const clockOffsetMs = orDefault('clockOffsetMs', [isFiniteNumber, 'a number of milliseconds'], 0);
  const streamStatus = orDefault<string | null>('streamStatus', [isString, 'a word'], null);
  const sourceOptions = <Kind extends SourceKind>(kind: Kind): SourceOptions[Kind] | null => {
    const value = orDefault(kind, [isSourceOption, 'true, false or an object'], true);
    return value === false ? null : parseSource(kind, value, complain);
  };
  const sources = ofEachSource(sourceOptions) as SourceSettings;
  const { camera } = sources;
  // With `detail`, frames drop before lines.
  const givingWay = pictureHintOf(camera) === 'detail' ? 'maintain-resolution' : 'balanced';
  const usualKbps = videoKbpsFor(pictureAskedOf(camera));
  const ofScreen: AskedOfScreen = {
    degradationPreference: orDefault<DegradationPreference | null>(
      'degradationPreference',
      oneOf('balanced', 'maintain-resolution', 'maintain-framerate'),
      null,
    ),
    maxVideoKbps: orDefault<number | null>(
      'maxVideoKbps',
      [isPositive, 'a number of kbit/s above 0'],
      null,
    ),
  };
  const settings = {
    ingestUrl,
    startedAt: startedAt === null ? null : startedAt - clockOffsetMs,
    streamStatus: streamStatus === null ? null : streamStatus.trim().toLowerCase(),
    clockOffsetMs,
    timeoutSeconds: orDefault('timeoutSeconds', [isPositive, 'a number of seconds above 0'], 120),
    ...sources,
    sounds: checkSounds(orDefault('sounds', LIST, []), complain),
    returnToDevice: orDefault('returnToDevice', FLAG, true),
    authToken: orDefault<string | null>('authToken', TOKEN, null) || null,
    // A copy, so that a getter of it throws here.
    slate: { ...orDefault<Slate>('slate', [isRecord, 'an object'], {}) },
    videoCodec: orDefault('videoCodec', oneOf(...VIDEO_CODECS), 'h264'),
    simulcast: orDefault('simulcast', FLAG, false),
    scalabilityMode: orDefault<string | null>('scalabilityMode', SCALABILITY_MODE, null),
    degradationPreference: ofScreen.degradationPreference ?? givingWay,
    ofScreen,
    adaptToMachine: orDefault('adaptToMachine', FLAG, true),
    maxVideoKbps: ofScreen.maxVideoKbps ?? usualKbps,
    iceTransportPolicy: orDefault('iceTransportPolicy', oneOf('all', 'relay'), 'all'),
    iceServers: orDefault(
      'iceServers',
      [isIceServers, 'a list of ICE servers, each an object with urls'],
      [],
    ),
    autoPrepare: orDefault('autoPrepare', FLAG, true),
    refreshPreparedAnswers: orDefault('refreshPreparedAnswers', FLAG, true),
    onPeerConnection: orDefault<Settings['onPeerConnection']>(
      'onPeerConnection',
      [isFunction<(connection: RTCPeerConnection) => void>, 'a function'],
      null,
    ),
    warnBeforeLeaving: orDefault('warnBeforeLeaving', FLAG, false),
    resumeOnReload: orDefault('resumeOnReload', FLAG, false),
    renew: orDefault<Settings['renew']>('renew', [isFunction<Renew>, 'a function'], null),
  };
  if ((given['logger'] ?? null) !== null && !isFunction(given['logger'])) {
    complain('The option logger is not a function; nothing is logged.');
  }
  noticeMisspelt(given, [...known], complain);
  return { ...settings, problem };
}

/**
 * Another stream, as the app handed it over when it was asked at `askedAt` (epoch milliseconds),
 * checked like the options of the same names. It was not started before that, whatever it says:
 * the clock may be another machine's, or the answer that of the stream which is over.
 * @throws BroadcastError `renewal-failed` for anything that cannot be published to.
 */
export function parseRenewedStream(value: unknown, askedAt: number): RenewedStream {
  if (!isRecord(value)) throw renewalFailed('The function given as renew returned no object');
  const { serverUrl, streamKey, startedAt, authToken } = value;
  const ingestUrl = parseAddress({ serverUrl, streamKey });
  if (ingestUrl instanceof BroadcastError) throw renewalFailed(ingestUrl.message, ingestUrl);
  if (ingestUrl === null || typeof serverUrl !== 'string') {
    throw renewalFailed('The function given as renew returned no serverUrl');
  }
  const at = parseStartedAt(startedAt);
  return {
    serverUrl,
    ...(typeof streamKey === 'string' ? { streamKey } : {}),
    ...(typeof authToken === 'string' ? { authToken } : {}),
    ...(at === null ? {} : { startedAt: Math.max(at, askedAt) }),
  };
}

/** The options of one call to share a screen, checked like those of the same names; never throws. */
export function parseScreen(value: unknown, log: Log): SourceOptions['screen'] {
  try {
    return parseSource('screen', value, (message) => log('warn', message));
  } catch {
    log('warn', 'The options of a screen throw when they are read; the defaults are used.');
    return {};
  }
}

/** The options of one kind of source, as far as they can be used. */
function parseSource<Kind extends SourceKind>(
  kind: Kind,
  value: unknown,
  complain: (message: string) => void,
): SourceOptions[Kind] {
  const { options } = SOURCES[kind];
  const given: Record<string, unknown> = isRecord(value) ? value : {};
  noticeMisspelt(given, Object.keys(options), complain, `${kind}.`);
  const rules = Object.entries<readonly [(wish: unknown) => boolean, string]>(options);
  const usable = rules.flatMap(([key, [isValid, wanted]]) => {
    const wish = given[key];
    if (wish === undefined || wish === null) return [];
    if (isValid(wish)) return [[key, wish] as const];
    complain(`The option ${kind}.${key} is not ${wanted}; its default is used.`);
    return [];
  });
  return Object.fromEntries(usable) as SourceOptions[Kind];
}

function noticeMisspelt(
  from: object,
  names: readonly string[],
  complain: (message: string) => void,
  prefix = '',
): void {
  for (const name of Object.keys(from)) {
    const meant = names.includes(name) ? undefined : names.find((word) => isNearly(word, name));
    if (meant === undefined) continue;
    complain(`There is no option ${prefix}${name}. Did you mean ${prefix}${meant}?`);
  }
}

/** The device that is meant; `null` for the system's default, which Chromium lists as `default`. */
export function parseDeviceId(value: unknown): string | null {
  return isString(value) && value !== '' && value !== 'default' ? value : null;
}

/** Epoch milliseconds of a Date, ISO 8601 string or epoch number; `null` for anything else. */
export function parseStartedAt(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number' && !(value instanceof Date))
    return null;
  try {
    const at = new Date(value).getTime();
    return Number.isNaN(at) ? null : at;
  } catch {
    // Something that only passes for a Date.
    return null;
  }
}

function parseAddress(address: IngestAddress): Settings['ingestUrl'] {
  const { serverUrl } = address;
  if (serverUrl === undefined || serverUrl === null || serverUrl === '') return null;
  try {
    return parseIngestUrl(address);
  } catch (thrown) {
    return toBroadcastError(thrown);
  }
}

function isSourceOption(value: unknown): value is boolean | Record<string, never> {
  return typeof value === 'boolean' || isRecord(value);
}

function isIceServers(value: unknown): value is readonly RTCIceServer[] {
  const isServer = (server: unknown) =>
    isRecord(server) && [server['urls']].flat().every((url) => isString(url));
  return Array.isArray(value) && value.every(isServer);
}
