import { randomUUID } from 'node:crypto';
import { Channel } from './channel.js';
import type { EventLog } from './ingest-events.js';
import {
  canStart,
  deadlineOf,
  isStarted,
  type LifeRules,
  nextLife,
  type StreamHappening,
  type StreamLife,
  type StreamStatus,
} from './live-streams.js';
import type { RulesClock } from './rules-clock.js';

/** The Live API's stream object. */
export interface LiveStream {
  readonly id: string;
  readonly name: string;
  readonly status: StreamStatus;
  /** The credential that publishes. Keep it out of logs. */
  readonly stream_key: string;
  readonly playback_id: string;
  readonly input_format: 'webrtc';
  /** ISO 8601, wall clock; absent until the stream was started. */
  readonly started_at?: string;
  /** Empty until the stream is started. */
  readonly server_urls: { readonly webrtc?: string };
}

/** A stream that was started: it has an address to publish to. */
export interface StartedLiveStream extends LiveStream {
  readonly started_at: string;
  readonly server_urls: { readonly webrtc: string };
}

/** One stream with its life and its media. */
export interface StreamRecord {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly playbackId: string;
  readonly channel: Channel;
  readonly life: StreamLife;
  /** Epoch ms of the last start. */
  readonly startedAt: number | undefined;
  /** Epoch ms at which the rules stop it unless media comes. */
  readonly deadlineAt: number | undefined;
}

/** Every stream of the ingest, and the rules over them. */
export interface StreamRegistry {
  create(name?: string): StreamRecord;
  byId(id: string): StreamRecord | undefined;
  byKey(key: string): StreamRecord | undefined;
  all(): readonly StreamRecord[];
  /** False if it already runs. */
  start(record: StreamRecord): boolean;
  /** False if it does not run. */
  stop(record: StreamRecord): boolean;
  /** False while it is live. */
  delete(record: StreamRecord): boolean;
  /** Media arrived, or the publisher's session ended. */
  happened(record: StreamRecord, happening: 'input' | 'input-lost'): void;
  close(): void;
}

const ENDINGS = {
  asked: 'Stream stopped',
  'no-input': 'Stream stopped: nothing came in after the start',
  'not-resumed': 'Stream stopped: the broadcast did not resume in time',
} as const;

/** Starts without streams. `cutPublisher` is called when a stream is over while somebody publishes. */
export function createStreamRegistry(options: {
  readonly rules: LifeRules;
  readonly clock: RulesClock;
  readonly events: EventLog;
  cutPublisher(record: StreamRecord): void;
}): StreamRegistry {
  const { rules, clock, events } = options;
  type Mutable = { -readonly [K in keyof StreamRecord]: StreamRecord[K] };
  const records = new Map<string, Mutable>();
  const timers = new Map<string, () => void>();

  const apply = (record: Mutable, happening: StreamHappening): boolean => {
    const before = record.life;
    const life = nextLife(before, happening, clock.now(), rules);
    if (life === before) return false;
    record.life = life;
    timers.get(record.id)?.();
    timers.delete(record.id);
    const deadline = deadlineOf(life, rules);
    record.deadlineAt = deadline === undefined ? undefined : Math.round(clock.toWall(deadline));
    if (deadline !== undefined) {
      timers.set(
        record.id,
        clock.at(deadline, () => apply(record, 'time')),
      );
    }
    if (life.status === 'waiting') {
      record.startedAt = Date.now();
      events.add('stream-started', 'Stream started', record.id);
    }
    if (life.status === 'live') events.add('live', 'Live', record.id);
    if (life.status === 'stopped') events.add('stream-stopped', ENDINGS[life.reason], record.id);
    if (life.status === 'deleted') events.add('stream-deleted', 'Stream deleted', record.id);
    if (isStarted(before) && !isStarted(life)) options.cutPublisher(record);
    return true;
  };
  const own = (record: StreamRecord): Mutable => records.get(record.id) ?? { ...record };

  return {
    create(name) {
      const id = randomUUID();
      const record: Mutable = {
        id,
        name: name ?? 'Untitled',
        key: randomUUID(),
        playbackId: randomUUID().slice(0, 8),
        channel: new Channel(),
        life: { status: 'created' },
        startedAt: undefined,
        deadlineAt: undefined,
      };
      records.set(id, record);
      events.add('stream-created', 'Stream created', id);
      return record;
    },
    byId: (id) => records.get(id),
    byKey: (key) => [...records.values()].find((record) => record.key === key),
    all: () => [...records.values()],
    start: (record) => canStart(record.life) && apply(own(record), 'start'),
    stop: (record) => isStarted(record.life) && apply(own(record), 'stop'),
    delete: (record) => {
      if (!apply(own(record), 'delete')) return false;
      records.delete(record.id);
      return true;
    },
    happened(record, happening) {
      apply(own(record), happening);
    },
    close() {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

/** The stream as the Live API shows it. `webSocketUrl` is the ingest's own address. */
export function liveStreamOf(record: StreamRecord, webSocketUrl: string): LiveStream {
  return {
    id: record.id,
    name: record.name,
    status: record.life.status,
    stream_key: record.key,
    playback_id: record.playbackId,
    input_format: 'webrtc',
    ...(record.startedAt === undefined
      ? {}
      : { started_at: new Date(record.startedAt).toISOString() }),
    server_urls: isStarted(record.life) ? { webrtc: publishUrl(record, webSocketUrl) } : {},
  };
}

/** As {@link liveStreamOf}, for a stream that is known to run. Throws an `Error` if it does not. */
export function startedLiveStreamOf(record: StreamRecord, webSocketUrl: string): StartedLiveStream {
  if (!isStarted(record.life) || record.startedAt === undefined) {
    throw new Error(`Stream ${record.id} is ${record.life.status}, not started`);
  }
  return {
    ...liveStreamOf(record, webSocketUrl),
    started_at: new Date(record.startedAt).toISOString(),
    server_urls: { webrtc: publishUrl(record, webSocketUrl) },
  };
}

function publishUrl(record: StreamRecord, webSocketUrl: string): string {
  return `${webSocketUrl}/qlive/${record.key}`;
}
