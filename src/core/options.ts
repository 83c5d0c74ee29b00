import type { ConnectionHappening } from './connection/connection-events.js';
import type { Renew, RenewedStream } from './connection/renew-stream.js';
import { renewalFailed } from './connection/renew-stream.js';
import { INITIAL_STREAM } from './connection/stream-status.js';
import type { IngestTarget } from './connection/target.js';
import { noServerUrl } from './connection/target.js';
import { BroadcastError, toBroadcastError } from './errors.js';
import type { Log, LogEntry } from './foundation/logger.js';
import { isNearly } from './foundation/nearly.js';
import type { DegradationPreference } from './peer/encoding.js';
import type { VideoCodec } from './peer/video-codec.js';
import { VIDEO_CODECS } from './peer/video-codec.js';
import type { AskedQuality, QualityHappening } from './quality/quality.js';
import { INITIAL_QUALITY } from './quality/quality.js';
import { videoKbpsFor } from './quality/video-rates.js';
import { SOURCE_KINDS } from './selectors.js';
import { parseIngestUrl } from './signaling/ingest-url.js';
import type { CameraOptions, MicrophoneOptions } from './sources/constraints.js';
import { pictureAskedOf, sightOf, soundOf } from './sources/constraints.js';
import type { Source, SourceHappening } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { INITIAL_STATE } from './state.js';

/** The options of `createBroadcaster`, which are also the props of `<WebRTCBroadcaster>`. */
export interface BroadcasterOptions {
  /** The value of `server_urls.webrtc`: `ws(s)` speaks OvenMediaEngine's signalling. */
  readonly serverUrl?: string | null | undefined;
  /** Added as the last path element where the URL does not already end in it. */
  readonly streamKey?: string | null | undefined;
  /** When the stream was started: Date, ISO 8601 string or epoch milliseconds. */
  readonly startedAt?: Date | string | number | null | undefined;
  /**
   * What the Live API last said of the stream, such as `waiting`, `live`, `idle` or `stopped`. It
   * goes before what a clock makes of `startedAt`, and tells when another source is live.
   */
  readonly streamStatus?: string | null | undefined;
  /**
   * How many milliseconds the clock that `startedAt` was read on is ahead of this page's: the
   * server's time in its answer (its `Date` header), minus `Date.now()` as it arrives. Default 0.
   */
  readonly clockOffsetMs?: number | undefined;
  /** How long the ingest waits for input, and forgives an interruption, in seconds; default 120. */
  readonly timeoutSeconds?: number | undefined;
  /** `false` broadcasts without a camera. */
  readonly camera?: boolean | CameraOptions | undefined;
  /** `false` broadcasts without a microphone. */
  readonly microphone?: boolean | MicrophoneOptions | undefined;
  /**
   * The codec to send where ingest and browser have it; H264 and VP8 stay as fallbacks. Default
   * `h264`, which an ingest packages for HLS as it is.
   */
  readonly videoCodec?: VideoCodec | undefined;
  /**
   * Upper limit of the video in kilobits per second, changed while live too. Default: what a
   * picture of the camera's size and frame rate is worth, such as 2500 for 1280×720 at 30.
   */
  readonly maxVideoKbps?: number | undefined;
  /**
   * What gives way when network or machine cannot do all, from the sixth second on, or the third
   * where the network plainly carries too little; before, the full size is kept. Default
   * `maintain-resolution` where the camera shows `detail`, else `balanced`: at 300 kbit/s a picture
   * that keeps its 720 lines moves once a second, and one that keeps its frames is a blur. Changed
   * while live too.
   */
  readonly degradationPreference?: DegradationPreference | undefined;
  /**
   * Sends a smaller picture, or fewer of them, while the machine cannot encode more, and goes back
   * by itself. Default true; browsers still do some of it on their own. Changed while live too.
   */
  readonly adaptToMachine?: boolean | undefined;
  /** `tcp` asks the ingest for its TCP path; `auto` leaves the choice to the ingest. */
  readonly transport?: 'auto' | 'udp' | 'tcp' | undefined;
  /** `relay` sends through TURN only. Default `all`. */
  readonly iceTransportPolicy?: 'all' | 'relay' | undefined;
  /** Used in addition to those that the ingest names. */
  readonly iceServers?: readonly RTCIceServer[] | undefined;
  /**
   * Runs signaling ahead of the button as soon as the preview is on and the URL is known. Default
   * true. The early offer fires the ingest's admission webhook; `false` waits for the button.
   */
  readonly autoPrepare?: boolean | undefined;
  /**
   * Renews what was prepared every 0.6 to 1.2 s until the button is pressed, so that viewers can see
   * the first picture about two seconds after the press instead of three and a half. Default true;
   * it costs two to three per cent of one core, and `onPeerConnection` is called for each renewal.
   */
  readonly freshAnswers?: boolean | undefined;
  /**
   * Called when the ingest has ended the stream while it was being gone live with, or resumed: the
   * stream that it hands over is gone on with, by itself. Once for each start, and once for each
   * break, which ends when the broadcast was well for five seconds; given up after 30 s. `signal`
   * aborts when nobody waits for it any more.
   */
  readonly renew?: Renew | undefined;
  /** Lets the browser ask before the page is left while a broadcast runs. Default false. */
  readonly warnBeforeLeaving?: boolean | undefined;
  /**
   * Lets `resume()` go live again after a reload of a page that was live. Default false. What is
   * kept for it in `sessionStorage` holds neither the URL nor the key.
   */
  readonly resumeOnReload?: boolean | undefined;
  /** Takes each line of the log. Without it only wrong options are said, on the console. */
  readonly logger?: ((entry: LogEntry) => void) | undefined;
  /**
   * Escape hatch: each new connection, before it negotiates. Do not close it. What it throws goes to
   * the log, and the broadcast goes on.
   */
  readonly onPeerConnection?: ((connection: RTCPeerConnection) => void) | undefined;
}

/** The options, checked and complete. */
export interface Settings {
  /** Where to publish to, a credential; or why there is nowhere; `null` while no URL was given. */
  readonly ingestUrl: URL | BroadcastError | null;
  /** Epoch milliseconds on the page's clock; `null` if unknown. */
  readonly startedAt: number | null;
  readonly streamStatus: string | null;
  readonly clockOffsetMs: number;
  readonly timeoutSeconds: number;
  readonly camera: CameraOptions | null;
  readonly microphone: MicrophoneOptions | null;
  readonly videoCodec: VideoCodec;
  readonly maxVideoKbps: number;
  readonly degradationPreference: DegradationPreference;
  readonly adaptToMachine: boolean;
  readonly iceTransportPolicy: 'all' | 'relay';
  readonly iceServers: readonly RTCIceServer[];
  readonly autoPrepare: boolean;
  readonly freshAnswers: boolean;
  readonly onPeerConnection: ((connection: RTCPeerConnection) => void) | null;
  readonly renew: Renew | null;
  readonly warnBeforeLeaving: boolean;
  readonly resumeOnReload: boolean;
  /** The first option that could not be used, and was left at its default; `null` if all could. */
  readonly problem: BroadcastError | null;
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
  const noticeMisspelt = (from: object, names: readonly string[], prefix = '') => {
    for (const name of Object.keys(from)) {
      const meant = names.includes(name) ? undefined : names.find((word) => isNearly(word, name));
      if (meant === undefined) continue;
      complain(`There is no option ${prefix}${name}. Did you mean ${prefix}${meant}?`);
    }
  };
  const known = new Set(['serverUrl', 'streamKey', 'startedAt', 'logger']);
  const orDefault = <Value>(
    name: string,
    isValid: (value: unknown) => value is Value,
    fallback: Value,
    wanted: string,
  ): Value => {
    known.add(name);
    const value = given[name];
    if (value === undefined || value === null) return fallback;
    if (isValid(value)) return value;
    complain(`The option ${name} is not ${wanted}; its default is used.`);
    return fallback;
  };
  const transport = orDefault(
    'transport',
    isOneOf('auto', 'udp', 'tcp'),
    'auto',
    'auto, udp or tcp',
  );
  const ingestUrl = parseAddress(given, transport);
  if (transport !== 'auto' && ingestUrl instanceof URL && !asksFor(ingestUrl, transport)) {
    complain(
      `The option transport has no effect: the server URL is signed, or names a transport itself, and is used as it is. Ask your server for one with transport=${transport} in it.`,
    );
  }
  const startedAt = parseStartedAt(given['startedAt']);
  if (startedAt === null && given['startedAt'] !== undefined && given['startedAt'] !== null) {
    complain('The option startedAt is not a date; the countdown cannot be shown.');
  }
  const clockOffsetMs = orDefault('clockOffsetMs', isFiniteNumber, 0, 'a number of milliseconds');
  const streamStatus = orDefault<string | null>('streamStatus', isString, null, 'a word');
  const sourceOptions = <Options extends object>(
    name: 'camera' | 'microphone',
    valid: {
      readonly [Name in keyof Options]-?: readonly [(value: unknown) => boolean, wanted: string];
    },
  ): Options | null => {
    const value = orDefault(name, isSourceOption, true, 'true, false or an object');
    if (value === false) return null;
    noticeMisspelt(Object(value), Object.keys(valid), `${name}.`);
    const rules = Object.entries<readonly [(wish: unknown) => boolean, string]>(valid);
    const usable = rules.flatMap(([key, [isValid, wanted]]) => {
      const wish = value === true ? null : (value as Record<string, unknown>)[key];
      if (wish === undefined || wish === null) return [];
      if (isValid(wish)) return [[key, wish] as const];
      complain(`The option ${name}.${key} is not ${wanted}; its default is used.`);
      return [];
    });
    return Object.fromEntries(usable) as Options;
  };
  const camera = sourceOptions<CameraOptions>('camera', {
    deviceId: [isString, 'the id of a device'],
    width: [isPositive, 'a number of pixels above 0'],
    height: [isPositive, 'a number of pixels above 0'],
    frameRate: [isPositive, 'a number of frames per second above 0'],
    content: [isOneOf('motion', 'detail'), 'motion or detail'],
    facing: [isOneOf('user', 'environment'), 'user or environment'],
  });
  // Of what is looked at closely, frames give way before lines do.
  const givingWay = sightOf(camera) === 'detail' ? 'maintain-resolution' : 'balanced';
  const usualKbps = videoKbpsFor(pictureAskedOf(camera));
  const settings = {
    ingestUrl,
    startedAt: startedAt === null ? null : startedAt - clockOffsetMs,
    streamStatus: streamStatus === null ? null : streamStatus.trim().toLowerCase(),
    clockOffsetMs,
    timeoutSeconds: orDefault('timeoutSeconds', isPositive, 120, 'a number of seconds above 0'),
    camera,
    microphone: sourceOptions<MicrophoneOptions>('microphone', {
      deviceId: [isString, 'the id of a device'],
      content: [isOneOf('speech', 'music'), 'speech or music'],
      echoCancellation: [isBoolean, 'true or false'],
      noiseSuppression: [isBoolean, 'true or false'],
      autoGainControl: [isBoolean, 'true or false'],
    }),
    videoCodec: orDefault(
      'videoCodec',
      isOneOf(...VIDEO_CODECS),
      'h264',
      'h264, vp8, vp9, av1 or h265',
    ),
    degradationPreference: orDefault(
      'degradationPreference',
      isOneOf('balanced', 'maintain-resolution', 'maintain-framerate'),
      givingWay,
      'balanced, maintain-resolution or maintain-framerate',
    ),
    adaptToMachine: orDefault('adaptToMachine', isBoolean, true, 'true or false'),
    maxVideoKbps: orDefault('maxVideoKbps', isPositive, usualKbps, 'a number of kbit/s above 0'),
    iceTransportPolicy: orDefault(
      'iceTransportPolicy',
      isOneOf('all', 'relay'),
      'all',
      'all or relay',
    ),
    iceServers: orDefault(
      'iceServers',
      isIceServers,
      [],
      'a list of ICE servers, each an object with urls',
    ),
    autoPrepare: orDefault('autoPrepare', isBoolean, true, 'true or false'),
    freshAnswers: orDefault('freshAnswers', isBoolean, true, 'true or false'),
    onPeerConnection: orDefault<Settings['onPeerConnection']>(
      'onPeerConnection',
      isFunction<(connection: RTCPeerConnection) => void>,
      null,
      'a function',
    ),
    warnBeforeLeaving: orDefault('warnBeforeLeaving', isBoolean, false, 'true or false'),
    resumeOnReload: orDefault('resumeOnReload', isBoolean, false, 'true or false'),
    renew: orDefault<Settings['renew']>('renew', isFunction<Renew>, null, 'a function'),
  };
  if (given['logger'] !== undefined && given['logger'] !== null && !isFunction(given['logger'])) {
    complain('The option logger is not a function; nothing is logged.');
  }
  noticeMisspelt(given, [...known]);
  return { ...settings, problem };
}

/**
 * What an app handed over as another stream when it was asked at `askedAt` (epoch milliseconds),
 * checked as the options of the same names are. It was not started before that, whatever it says:
 * the clock may be another machine's, or the answer that of the stream which is over.
 * @throws BroadcastError `renewal-failed` for anything that cannot be published to.
 */
export function parseRenewedStream(value: unknown, askedAt: number): RenewedStream {
  if (!isRecord(value)) throw renewalFailed('The function given as renew returned no object');
  const { serverUrl, streamKey, startedAt } = value;
  const ingestUrl = parseAddress({ serverUrl, streamKey }, 'auto');
  if (ingestUrl instanceof BroadcastError) throw renewalFailed(ingestUrl.message, ingestUrl);
  if (ingestUrl === null || typeof serverUrl !== 'string') {
    throw renewalFailed('The function given as renew returned no serverUrl');
  }
  const at = parseStartedAt(startedAt);
  return {
    serverUrl,
    ...(typeof streamKey === 'string' ? { streamKey } : {}),
    ...(at === null ? {} : { startedAt: Math.max(at, askedAt) }),
  };
}

/** Where to publish to, a credential. @throws BroadcastError when there is nowhere. */
export function publishUrl({ ingestUrl }: Settings): URL {
  if (ingestUrl instanceof URL) return ingestUrl;
  throw ingestUrl ?? noServerUrl();
}

/** The state of a broadcaster that has these settings and was never used. */
export function initialState(settings: Settings): BroadcasterState {
  return {
    ...INITIAL_STATE,
    target: targetOf(settings, { stream: 1, revision: 1 }),
    stream: { ...INITIAL_STREAM, ...toldBy(settings) },
    camera: initialSource(settings.camera),
    microphone: initialSource(settings.microphone),
    quality: { ...INITIAL_QUALITY, asked: askedQuality(settings) },
  };
}

function askedQuality(settings: Settings): AskedQuality {
  const { camera, maxVideoKbps, degradationPreference, adaptToMachine } = settings;
  const { frameRate } = pictureAskedOf(camera);
  return { maxVideoKbps, frameRate, degradationPreference, adaptToMachine };
}

type OptionHappening = ConnectionHappening | SourceHappening | QualityHappening;

/** What a change of settings means to the state. */
export function optionHappenings(
  before: Settings,
  after: Settings,
  { target, quality, stream: told }: BroadcasterState,
): readonly OptionHappening[] {
  const happenings: OptionHappening[] = [];
  const moved = fingerprint(before) !== fingerprint(after);
  const known = numbersOf(target);
  const revision = known.revision + (moved ? 1 : 0);
  const stream = addressOf(before) === addressOf(after) ? known.stream : revision;
  const next = targetOf(after, { stream, revision });
  const complained = before.problem?.message !== after.problem?.message;
  if (moved || complained || JSON.stringify(next) !== JSON.stringify(target)) {
    happenings.push({ type: 'target-changed', target: next });
  }
  const { word, clockOffsetMs } = toldBy(after);
  if (word !== told.word || clockOffsetMs !== told.clockOffsetMs) {
    happenings.push({ type: 'stream-told', word, clockOffsetMs });
  }
  const asked = askedQuality(after);
  if (JSON.stringify(asked) !== JSON.stringify(quality.asked)) {
    happenings.push({ type: 'quality-asked', asked });
  }
  for (const kind of SOURCE_KINDS) {
    const allowed = after[kind] !== null;
    if (allowed !== (before[kind] !== null)) {
      happenings.push({ type: 'source-allowed', kind, allowed });
    }
    const deviceId = parseDeviceId(after[kind]?.deviceId);
    if (deviceId !== parseDeviceId(before[kind]?.deviceId)) {
      happenings.push({ type: 'source-selected', kind, deviceId });
    }
  }
  return happenings;
}

/** The target of the settings with which a broadcast goes on after `before`. */
export function renewedTarget(settings: Settings, before: IngestTarget): IngestTarget {
  const revision = numbersOf(before).revision + 1;
  return targetOf(settings, { stream: revision, revision });
}

function toldBy({ streamStatus, clockOffsetMs }: Settings) {
  return { word: streamStatus, clockOffsetMs };
}

type TargetNumbers = Pick<Extract<IngestTarget, { status: 'set' }>, 'stream' | 'revision'>;

function numbersOf(target: IngestTarget): TargetNumbers {
  return target.status === 'set' ? target : { stream: 0, revision: 0 };
}

function targetOf(
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

/** Everything that a prepared session was made with. */
function fingerprint(settings: Settings): string {
  const { videoCodec, microphone, iceTransportPolicy, iceServers } = settings;
  const sound = soundOf(microphone);
  return JSON.stringify([addressOf(settings), videoCodec, sound, iceTransportPolicy, iceServers]);
}

function addressOf({ ingestUrl }: Settings): string | null {
  return ingestUrl instanceof URL ? ingestUrl.href : (ingestUrl?.message ?? null);
}

function initialSource(options: { readonly deviceId?: string | null } | null): Source {
  const choice = { deviceId: parseDeviceId(options?.deviceId), muted: false };
  return { ...choice, status: options === null ? 'excluded' : 'off' };
}

/** The device that is meant; `null` for the system's default, which Chromium lists as `default`. */
export function parseDeviceId(value: unknown): string | null {
  return isString(value) && value !== '' && value !== 'default' ? value : null;
}

/** Epoch milliseconds of a Date, ISO 8601 string or epoch number; `null` for anything else. */
export function parseStartedAt(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number' && !(value instanceof Date))
    return null;
  const at = new Date(value).getTime();
  return Number.isNaN(at) ? null : at;
}

function parseAddress(
  given: Record<string, unknown>,
  transport: 'auto' | 'udp' | 'tcp',
): Settings['ingestUrl'] {
  const { serverUrl, streamKey } = given;
  if (serverUrl === undefined || serverUrl === null || serverUrl === '') return null;
  try {
    return parseIngestUrl({ serverUrl, streamKey, transport });
  } catch (thrown) {
    return toBroadcastError(thrown);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSourceOption(value: unknown): value is boolean | Record<string, never> {
  return typeof value === 'boolean' || isRecord(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function asksFor({ searchParams }: URL, transport: string): boolean {
  return searchParams.get('transport')?.toLowerCase() === transport;
}

function isIceServers(value: unknown): value is readonly RTCIceServer[] {
  const isServer = (server: unknown) =>
    isRecord(server) && [server['urls']].flat().every((url) => isString(url));
  return Array.isArray(value) && value.every(isServer);
}

function isFunction<Function>(value: unknown): value is Function {
  return typeof value === 'function';
}

function isOneOf<const Word extends string>(...words: readonly Word[]) {
  return (value: unknown): value is Word => words.some((word) => word === value);
}
