/** Addresses to send media to; the WebRTC and SRT ones exist only after start and are credentials. */
export interface LiveServerUrls {
  /** Server for RTMP; the stream key goes with it apart. */
  readonly rtmp?: string;
  readonly rtmps?: string;
  /** A new one after each start; holds the stream key. */
  readonly webrtc?: string;
  /** A new one after each start; holds the stream key. */
  readonly srt?: string;
}

/** The viewers of a playback id: everybody, or those with a signed token. */
export type PlaybackPolicy = 'public' | 'authenticated' | (string & {});

/** One way to watch a stream. */
export interface PlaybackId {
  readonly id: string;
  readonly policy: PlaybackPolicy | null;
}

/** A live stream as the Live API shows it, read tolerantly: what it leaves out is `null` or empty. */
export interface LiveStream {
  readonly id: string;
  readonly name: string | null;
  /** In lower case: created, waiting, live, idle, stopped, deleted, any other word, or unknown. */
  readonly status: string;
  /** A credential to publish. */
  readonly streamKey: string | null;
  /** The playback id that the stream was created with. */
  readonly playbackId: string | null;
  readonly playbackIds: readonly PlaybackId[];
  readonly serverUrls: LiveServerUrls;
  /** HLS playlists of the public playback ids, where the API lists them. */
  readonly playbackUrls: readonly string[];
  readonly playbackDomain: string | null;
  readonly inputFormat: string | null;
  readonly callbackUrl: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** The object as it came, with every field this kit does not know. Holds credentials. */
  readonly raw: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

const WRAPPERS = ['stream', 'live_stream', 'live_streams', 'streams', 'data', 'result', 'items'];
const OWN_FIELDS = ['status', 'stream_key', 'playback_id', 'server_urls', 'input_format'];
const MAX_DEPTH = 3;

/** Reads a stream object, bare or wrapped (`{ stream: {…} }`, `{ data: {…} }`, …); `null` if there is none. */
export function parseLiveStream(body: unknown): LiveStream | null {
  const raw = find(body, isStream) ?? find(body, (value) => idOf(value) !== null);
  if (!isFields(raw)) return null;
  const id = idOf(raw);
  if (id === null) return null;
  const playbackIds = readPlaybackIds(raw);
  return {
    id,
    name: textOf(raw['name']),
    status: textOf(raw['status'])?.trim().toLowerCase() || 'unknown',
    streamKey: textOf(raw['stream_key']),
    playbackId: textOf(raw['playback_id']) ?? playbackIds[0]?.id ?? null,
    playbackIds,
    serverUrls: readServerUrls(raw['server_urls']),
    playbackUrls: readUrls(raw['playback_urls']),
    playbackDomain: textOf(raw['playback_domain']),
    inputFormat: textOf(raw['input_format']),
    callbackUrl: textOf(raw['callback_url']),
    startedAt: readInstant(raw['started_at']),
    raw,
  };
}

/** Reads a list of streams, bare or wrapped; elements that are no streams are left out. `null` if it is no list. */
export function parseLiveStreams(body: unknown): readonly LiveStream[] | null {
  const list = find(body, Array.isArray);
  if (!Array.isArray(list)) return null;
  return list.map(parseLiveStream).filter((stream) => stream !== null);
}

/** Reads the answer to a new playback id, as an object of its own or as the stream it was added to. */
export function parsePlaybackId(body: unknown): PlaybackId | null {
  const fields = find(body, (value) => isFields(value) && readPlaybackIds(value).length > 0);
  if (isFields(fields)) return readPlaybackIds(fields).at(-1) ?? null;
  const bare = find(body, (value) => readPlaybackId(value) !== null);
  return readPlaybackId(bare);
}

/** Whether a stream with this status has an encoder, so that it can be published to. */
export function isStartedStatus(status: string): boolean {
  return ['waiting', 'live', 'idle', 'starting'].includes(status.trim().toLowerCase());
}

/** Whether a stream with this status gets no input any more unless it is started again. */
export function isEndedStatus(status: string): boolean {
  return ['stopped', 'deleted'].includes(status.trim().toLowerCase());
}

/**
 * The HLS playlist to watch this stream: the first of its own `playback_urls`; else on the custom
 * domain, the given one or the stream's; else Qencode's. `null` without a playback id. An
 * authenticated id needs `?auth=` with a signed token besides.
 */
export function playbackUrlOf(
  stream: LiveStream,
  { domain = stream.playbackDomain }: { readonly domain?: string | null } = {},
): string | null {
  const [own] = stream.playbackUrls;
  if (own !== undefined) return own;
  const { playbackId } = stream;
  if (playbackId === null || !/^[\w-]{1,200}$/.test(playbackId)) return null;
  if (domain && /^[\w.-]+(:\d+)?$/.test(domain)) return `https://${domain}/${playbackId}.m3u8`;
  return `https://play-${playbackId}.qencode.com/qhls/qlive/playlist.m3u8`;
}

/** The nearest value that is meant: itself, in a known wrapper, or in the only object or list there is. */
function find(value: unknown, isMeant: (value: unknown) => boolean, depth = MAX_DEPTH): unknown {
  if (isMeant(value)) return value;
  if (!isFields(value) || depth === 0) return undefined;
  for (const name of WRAPPERS) {
    const found = find(value[name], isMeant, depth - 1);
    if (found !== undefined) return found;
  }
  const inner = Object.values(value).filter((item) => typeof item === 'object' && item !== null);
  return inner.length === 1 ? find(inner[0], isMeant, depth - 1) : undefined;
}

function isStream(value: unknown): boolean {
  return idOf(value) !== null && isFields(value) && OWN_FIELDS.some((name) => name in value);
}

function idOf(value: unknown): string | null {
  if (!isFields(value)) return null;
  const { id } = value;
  return typeof id === 'number' ? String(id) : textOf(id);
}

function readPlaybackIds(fields: Fields): readonly PlaybackId[] {
  const { playback_id: first, playback_ids: listed } = fields;
  const ids = (Array.isArray(listed) ? listed : []).map(readPlaybackId);
  const known = ids.filter((item) => item !== null);
  const id = textOf(first);
  if (id === null || known.some((item) => item.id === id)) return known;
  return [{ id, policy: null }, ...known];
}

function readPlaybackId(value: unknown): PlaybackId | null {
  if (typeof value === 'string' && value !== '') return { id: value, policy: null };
  if (!isFields(value)) return null;
  const id = textOf(value['id']) ?? textOf(value['playback_id']);
  return id === null ? null : { id, policy: textOf(value['policy']) };
}

function readServerUrls(value: unknown): LiveServerUrls {
  const fields = isFields(value) ? value : {};
  const urls: { -readonly [Way in keyof LiveServerUrls]: LiveServerUrls[Way] } = {};
  for (const way of ['rtmp', 'rtmps', 'webrtc', 'srt'] as const) {
    const url = textOf(fields[way]);
    if (url !== null) urls[way] = url;
  }
  return urls;
}

function readUrls(value: unknown): readonly string[] {
  const items = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return items
    .map((item) => (isFields(item) ? item['url'] : item))
    .filter((item) => typeof item === 'string')
    .filter((item) => /^https?:\/\//i.test(item));
}

function readInstant(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  // Epoch seconds and milliseconds are thousands of years apart.
  const at = new Date(typeof value === 'number' && value < 1e11 ? value * 1000 : value);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
