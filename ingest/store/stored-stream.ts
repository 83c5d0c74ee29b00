import { Channel } from '../streams/channel.js';
import { oneOf, parseFields } from '../streams/dvr-settings.js';
import type { StreamLife } from '../streams/live-streams.js';
import type { RulesClock } from '../streams/rules-clock.js';
import type { PlaybackId, SigningKey, StreamRecord } from '../streams/stream-record.js';
import { DEFAULT_SETTINGS, parseStreamSettings } from '../streams/stream-settings.js';
import type { PendingCall } from '../webhooks/callbacks.js';

const VERSION = 1;
const STATUSES = ['created', 'waiting', 'live', 'idle', 'stopped', 'deleted'] as const;

/** What is kept of a stream over the end of the process. */
export interface StoredStream {
  readonly record: StreamRecord;
  readonly calls: readonly PendingCall[];
}

/** The text to keep. The rules' clock dies with the process: all instants are on the wall clock. */
export function formatStoredStream({ record, calls }: StoredStream, clock: RulesClock): string {
  const { id, key, settings, playbackIds, signingKeys, createdAt, life, host, startedAt } = record;
  return JSON.stringify({
    version: VERSION,
    id,
    key,
    settings,
    playbackIds,
    signingKeys,
    createdAt,
    life: mapInstants(life, (instant) => Math.round(clock.toWall(instant))),
    host,
    startedAt,
    calls,
  });
}

/** Reads what {@link formatStoredStream} wrote. Throws an `Error` for any other text. */
export function parseStoredStream(text: string, clock: RulesClock): StoredStream {
  const stored = parseFields('record', JSON.parse(text));
  if (stored['version'] !== VERSION) throw new RangeError('It is of another version.');
  const life = parseLife(stored['life']);
  const runs = life.status === 'waiting' || life.status === 'live' || life.status === 'idle';
  const startedAt = stored['startedAt'];
  const record: StreamRecord = {
    id: parseText('id', stored['id']),
    key: parseText('key', stored['key']),
    settings: { ...DEFAULT_SETTINGS, ...parseStreamSettings(stored['settings']) },
    playbackIds: list('playbackIds', stored['playbackIds'], parsePlaybackId),
    signingKeys: list('signingKeys', stored['signingKeys'], parseSigningKey),
    createdAt: instant('createdAt', stored['createdAt']),
    channel: new Channel(),
    // A wall clock that was set back must not lengthen what is left.
    life: mapInstants(life, (wall) => Math.min(clock.fromWall(wall), clock.now())),
    host: runs ? parseText('host', stored['host']) : undefined,
    startedAt: startedAt === undefined ? undefined : instant('startedAt', startedAt),
    deadlineAt: undefined,
  };
  return { record, calls: list('calls', stored['calls'], parseCall) };
}

function mapInstants(life: StreamLife, map: (instant: number) => number): StreamLife {
  switch (life.status) {
    case 'waiting':
    case 'live':
      return { ...life, startedAt: map(life.startedAt) };
    case 'idle':
      return { ...life, startedAt: map(life.startedAt), lostAt: map(life.lostAt) };
    default:
      return life;
  }
}

function parseLife(value: unknown): StreamLife {
  const { status: word, startedAt, lostAt, reason } = parseFields('life', value);
  const status = oneOf('life.status', word, STATUSES);
  switch (status) {
    case 'created':
    case 'deleted':
      return { status };
    case 'waiting':
    case 'live':
      return { status, startedAt: instant('life.startedAt', startedAt) };
    case 'idle':
      return {
        status,
        startedAt: instant('life.startedAt', startedAt),
        lostAt: instant('life.lostAt', lostAt),
      };
    case 'stopped':
      return { status, reason: oneOf('life.reason', reason, ['asked', 'no-input', 'not-resumed']) };
  }
}

function parsePlaybackId(value: unknown): PlaybackId {
  const { id, policy } = parseFields('playbackIds', value);
  return {
    id: parseText('playbackIds.id', id),
    policy: oneOf('playbackIds.policy', policy, ['public', 'authenticated']),
  };
}

function parseSigningKey(value: unknown): SigningKey {
  const { id, key } = parseFields('signingKeys', value);
  return { id: parseText('signingKeys.id', id), key: parseText('signingKeys.key', key) };
}

function parseCall(value: unknown): PendingCall {
  const { status, body } = parseFields('calls', value);
  return { status: oneOf('calls.status', status, STATUSES), body: parseText('calls.body', body) };
}

function list<T>(name: string, value: unknown, parse: (item: unknown) => T): readonly T[] {
  if (Array.isArray(value)) return value.map((item: unknown) => parse(item));
  throw new RangeError(`"${name}" is a list.`);
}

function parseText(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RangeError(`"${name}" is a text.`);
}

function instant(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RangeError(`"${name}" is an instant.`);
}
