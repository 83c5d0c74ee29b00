import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { IngestContext } from '../context/ingest-context.js';
import {
  HttpError,
  type HttpRequest,
  type HttpRoute,
  methodNotAllowed,
  reads,
} from '../http/http.js';
import { mayPlay } from '../playback/playback-access.js';
import type { StreamRecord } from '../streams/stream-record.js';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';
import { createHlsPackager, type HlsPackager } from './hls-packager.js';
import { formatMultivariant } from './hls-playlist.js';
import { createHlsRendition } from './hls-rendition.js';

/** Packaging goes on for so long after the last request, in seconds of the rules' clock. */
const LINGER_SECONDS = 30;
/** The least that it goes on, however fast the rules' clock runs: players come once a second. */
const MIN_LINGER_MS = 4000;
/** How long a request waits for the first segment; packaging goes on behind it. */
const FIRST_SEGMENT_MS = 12_000;

/** The streams that go out as HLS. Packaging runs only while somebody asks for it. */
export interface HlsOutput {
  /** Serves `/<id>.m3u8` and what is below `/play-<id>/qhls/qlive/`. */
  readonly route: HttpRoute;
  /** Ends all packaging; no process and no segment stays. */
  close(): Promise<void>;
}

/** One way to play a stream, while it is packaged. */
interface Packaging {
  readonly packager: HlsPackager;
  /** Whether there is a segment, as soon as there is one, or within {@link FIRST_SEGMENT_MS}. */
  hasSegment(): Promise<boolean>;
  finish(): Promise<void>;
}

type RenditionName = 'source' | 'small';

interface Session {
  readonly source: Packaging;
  /** There since somebody asked for it. */
  readonly small: Packaging | undefined;
  /** Begins to make the smaller picture, if nobody has. */
  openSmall(): void;
  over: boolean;
  touch(): void;
  /** Nothing more comes: what is there stays until nobody asks for it. */
  finish(): void;
  close(): Promise<void>;
}

/** Starts with nothing packaged. */
export function createHlsOutput(context: IngestContext, ffmpeg: Ffmpeg | undefined): HlsOutput {
  const sessions = new Map<string, Session>();
  const unsubscribe = context.events.subscribe(({ kind, streamId = '' }) => {
    const session = sessions.get(streamId);
    if (kind === 'publisher-lost') {
      session?.source.packager.interrupt();
      session?.small?.packager.interrupt();
    }
    if (kind === 'stream-stopped' || kind === 'stream-deleted') session?.finish();
  });
  const closings = new Set<Promise<void>>();
  const close = (id: string, session: Session) => {
    if (sessions.get(id) === session) sessions.delete(id);
    const closing = session.close().finally(() => {
      closings.delete(closing);
      context.events.add('hls-ended', 'HLS packaging ended', id);
    });
    closings.add(closing);
  };
  const sessionOf = (stream: StreamRecord): Session => {
    const running = sessions.get(stream.id);
    const source = stream.channel.publisher?.session;
    if (running !== undefined && !(running.over && source !== undefined)) return running;
    if (source === undefined)
      throw new HttpError(404, `The stream is ${stream.life.status}: nothing comes in.`);
    if (source.codec !== 'H264') {
      const codec = source.codec ?? 'no picture';
      throw new HttpError(415, `HLS needs H264, and the publisher sends ${codec}.`);
    }
    if (running !== undefined) close(stream.id, running);
    const session = openSession(stream, context, ffmpeg, () => close(stream.id, session));
    sessions.set(stream.id, session);
    context.events.add('hls-started', 'HLS packaging started', stream.id);
    return session;
  };

  return {
    async route(request, response) {
      const target = readTarget(request.path);
      if (target === undefined) throw new HttpError(404, 'There is nothing at this address.');
      if (!reads(request.method)) throw methodNotAllowed(request.method, 'GET');
      const stream = findPlayable(context, target.playbackId, request.query.get('auth'));
      if (target.file !== undefined) {
        const session = sessions.get(stream.id);
        const bytes =
          session?.source.packager.file(target.file) ?? session?.small?.packager.file(target.file);
        if (bytes === undefined) {
          throw new HttpError(404, 'This segment is gone, or never was: load the playlist again.');
        }
        session?.touch();
        send(response, 'video/mp4', 'private, max-age=60', bytes);
        return undefined;
      }
      const session = sessionOf(stream);
      session.touch();
      const wantsSmall =
        target.rendition === 'small' || (request.query.get('renditions') ?? '1') !== '1';
      if (wantsSmall) {
        if (ffmpeg === undefined) {
          throw new HttpError(501, 'A smaller rendition needs ffmpeg, which is not installed.');
        }
        session.openSmall();
      }
      const packaging = target.rendition === 'small' ? session.small : session.source;
      if (!(await packaging?.hasSegment())) throw notYet(packaging?.packager.hasKeyFrame ?? false);
      if (target.rendition === undefined && wantsSmall) await session.small?.hasSegment();
      session.touch();
      const query = authQuery(request);
      const playlist =
        target.rendition === undefined
          ? multivariant(session, wantsSmall, target.prefix, query)
          : (packaging?.packager.window.format(target.prefix, query) ?? '');
      send(response, 'application/vnd.apple.mpegurl', 'no-store', Buffer.from(playlist));
      return undefined;
    },
    async close() {
      unsubscribe();
      for (const [id, session] of [...sessions]) close(id, session);
      await Promise.all(closings);
    },
  };
}

function findPlayable(
  { registry }: IngestContext,
  playbackId: string,
  authToken: string | null,
): StreamRecord {
  const stream = registry.byPlaybackId(playbackId);
  if (stream === undefined) throw new HttpError(404, 'There is no stream with this playback id.');
  if (mayPlay(stream, playbackId, authToken ?? undefined)) return stream;
  throw new HttpError(401, 'This playback id is authenticated: put a signed token into ?auth=.');
}

function notYet(hasKeyFrame: boolean): HttpError {
  const reason = hasKeyFrame
    ? 'The first segment ends with the next key frame of the publisher: ask again.'
    : 'No key frame came from the publisher yet: ask again.';
  return new HttpError(503, reason, { 'retry-after': '2' });
}

function multivariant(
  { source, small }: Session,
  withSmall: boolean,
  prefix: string,
  query: string,
): string {
  const named = { source, ...(withSmall ? { small } : {}) };
  return formatMultivariant(
    Object.entries(named).flatMap(([name, packaging]) => {
      const variant = packaging?.packager.describe();
      return variant === undefined ? [] : [{ ...variant, path: `${prefix}${name}.m3u8${query}` }];
    }),
  );
}

function openSession(
  stream: StreamRecord,
  context: IngestContext,
  ffmpeg: Ffmpeg | undefined,
  leave: () => void,
): Session {
  const lingerMs = Math.max(MIN_LINGER_MS, context.clock.wallMs(LINGER_SECONDS));
  const codecChanged = () => session.finish();
  const source = openPackaging(stream, context, ffmpeg, { codecChanged, isSmall: false });
  let small: Packaging | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ending: Promise<unknown> | undefined;
  let closed = false;
  const session: Session = {
    source,
    get small() {
      return small;
    },
    openSmall() {
      if (session.over) return;
      small ??= openPackaging(stream, context, ffmpeg, { codecChanged, isSmall: true });
    },
    over: false,
    touch() {
      clearTimeout(timer);
      // Nobody comes in between while the first segment is waited for.
      const waitMs = source.packager.window.segments.length === 0 ? FIRST_SEGMENT_MS : 0;
      if (!closed) timer = setTimeout(leave, lingerMs + waitMs);
    },
    finish() {
      session.over = true;
      ending ??= Promise.all([source.finish(), small?.finish()]);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      session.finish();
      await ending;
    },
  };
  session.touch();
  return session;
}

function openPackaging(
  stream: StreamRecord,
  { events }: IngestContext,
  ffmpeg: Ffmpeg | undefined,
  { codecChanged, isSmall }: { codecChanged(): void; readonly isSmall: boolean },
): Packaging {
  let settle: () => void = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const packager = createHlsPackager({
    name: randomUUID().slice(0, 8),
    ffmpeg,
    hasAudio: () => stream.channel.lastSession?.hasAudio ?? false,
    audioHeardAt: () => stream.channel.publisher?.session.audioHeardAt,
    codecChanged,
    changed() {
      if (packager.window.segments.length > 0) settle();
    },
  });
  const rendition =
    isSmall && ffmpeg !== undefined
      ? createHlsRendition(ffmpeg, packager, (reason) => {
          events.add('publisher-warned', `No smaller rendition: ${reason}`, stream.id);
          settle();
        })
      : undefined;
  const detach = stream.channel.attach(rendition ?? packager);
  return {
    packager,
    async hasSegment() {
      const patience = new AbortController();
      const { signal } = patience;
      await Promise.race([
        settled,
        delay(FIRST_SEGMENT_MS, undefined, { ref: false, signal }).catch(() => {}),
      ]);
      patience.abort();
      return packager.window.segments.length > 0;
    },
    async finish() {
      detach();
      await rendition?.close();
      await packager.end();
      settle();
    },
  };
}

interface HlsTarget {
  readonly playbackId: string;
  /** Undefined for a playlist. */
  readonly file: string | undefined;
  /** The rendition of a media playlist; undefined for the multivariant one. */
  readonly rendition: RenditionName | undefined;
  /** From the playlist's folder to that of the segments. */
  readonly prefix: string;
}

function readTarget(path: readonly string[]): HlsTarget | undefined {
  const [first = '', qhls, qlive, file, ...more] = path;
  if (path.length === 1 && first.endsWith('.m3u8')) {
    const playbackId = first.slice(0, -'.m3u8'.length);
    const prefix = `play-${playbackId}/qhls/qlive/`;
    return { playbackId, file: undefined, rendition: undefined, prefix };
  }
  const isBelow = first.startsWith('play-') && qhls === 'qhls' && qlive === 'qlive';
  if (!isBelow || file === undefined || more.length > 0) return undefined;
  const playbackId = first.slice('play-'.length);
  const [, name] = /^(playlist|source|small)\.m3u8$/.exec(file) ?? [];
  return {
    playbackId,
    file: name === undefined ? file : undefined,
    rendition: name === 'source' || name === 'small' ? name : undefined,
    prefix: '',
  };
}

/** A token that opened the playlist has to open its segments too. */
function authQuery({ query }: HttpRequest): string {
  const auth = query.get('auth');
  return auth === null ? '' : `?${new URLSearchParams({ auth })}`;
}

function send(response: ServerResponse, type: string, cacheControl: string, bytes: Uint8Array) {
  response.writeHead(200, {
    'content-type': type,
    'cache-control': cacheControl,
    'content-length': bytes.byteLength,
  });
  response.end(bytes);
}
