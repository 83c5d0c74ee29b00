import * as z from 'zod';
import { Channel } from '../streams/channel.js';
import type { StreamLife } from '../streams/live-streams.js';
import type { RulesClock } from '../streams/rules-clock.js';
import type { StreamRecord } from '../streams/stream-record.js';
import { DEFAULT_SETTINGS, parseStreamSettings } from '../streams/stream-settings.js';
import { readAs } from '../validation/read-as.js';
import type { PendingCall } from '../webhooks/callbacks.js';

const VERSION = 1;
const STATUSES = ['created', 'waiting', 'live', 'idle', 'stopped', 'deleted'] as const;

/** The part of a stream that is kept when the process ends. */
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

const text = z.string().min(1);
const instant = z.number();

const LIFE: z.ZodType<StreamLife> = z.discriminatedUnion('status', [
  z.object({ status: z.enum(['created', 'deleted']) }),
  z.object({ status: z.enum(['waiting', 'live']), startedAt: instant }),
  z.object({ status: z.literal('idle'), startedAt: instant, lostAt: instant }),
  z.object({
    status: z.literal('stopped'),
    reason: z.enum(['asked', 'no-input', 'not-resumed']),
  }),
]);

const STORED = z.object({
  version: z.literal(VERSION, '"version" is another one.'),
  id: text,
  key: text,
  settings: z.unknown().optional(),
  playbackIds: z.array(z.object({ id: text, policy: z.enum(['public', 'authenticated']) })),
  signingKeys: z.array(z.object({ id: text, key: text })),
  createdAt: instant,
  life: LIFE,
  host: z.string().optional(),
  startedAt: instant.optional(),
  calls: z.array(z.object({ status: z.enum(STATUSES), body: text })),
});

/** Reads what {@link formatStoredStream} wrote. Throws an `Error` for any other text. */
export function parseStoredStream(json: string, clock: RulesClock): StoredStream {
  const stored = readAs(STORED, JSON.parse(json));
  const { id, key, playbackIds, signingKeys, createdAt, life, startedAt, calls } = stored;
  const runs = life.status === 'waiting' || life.status === 'live' || life.status === 'idle';
  const record: StreamRecord = {
    id,
    key,
    settings: { ...DEFAULT_SETTINGS, ...parseStreamSettings(stored.settings) },
    playbackIds,
    signingKeys,
    createdAt,
    channel: new Channel(),
    // A wall clock that was set back must not lengthen what is left.
    life: mapInstants(life, (wall) => Math.min(clock.fromWall(wall), clock.now())),
    host: runs ? readAs(text, stored.host) : undefined,
    startedAt,
    deadlineAt: undefined,
  };
  return { record, calls };
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
