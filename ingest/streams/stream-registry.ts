import { randomBytes, randomUUID } from 'node:crypto';
import { Channel } from './channel.js';
import type { EventLog } from './ingest-events.js';
import {
  canStart,
  deadlineOf,
  isStarted,
  type LifeRules,
  nextLife,
  type StreamEvent,
} from './live-streams.js';
import type { RulesClock } from './rules-clock.js';
import type { PlaybackId, PlaybackPolicy, SigningKey, StreamRecord } from './stream-record.js';
import { DEFAULT_SETTINGS, type StreamSettingsChange } from './stream-settings.js';

/**
 * Every stream of the ingest, and the rules over them, which `live-streams.ts` has as a pure function
 * of instants. Each change goes to the store (`stream-store.ts`) and to the stream's `callback_url`
 * (`callbacks.ts`).
 */
export interface StreamRegistry {
  create(settings?: StreamSettingsChange): StreamRecord;
  /**
   * Takes back a stream of an earlier process, and owns the record. If it was live then, it is idle
   * from now on: how long the broadcaster has been cut off is not its fault.
   */
  restore(record: StreamRecord): void;
  byId(id: string): StreamRecord | undefined;
  byKey(key: string): StreamRecord | undefined;
  /** The stream of this playback id; `mayPlay` says whether it may be played. */
  byPlaybackId(playbackId: string): StreamRecord | undefined;
  /** The running stream that this encoder name was given to at its start. */
  byHost(host: string): StreamRecord | undefined;
  /** In the order of creation. */
  all(): readonly StreamRecord[];
  update(record: StreamRecord, change: StreamSettingsChange): void;
  addPlaybackId(record: StreamRecord, policy: PlaybackPolicy): PlaybackId;
  addSigningKey(record: StreamRecord): SigningKey;
  /** False if it already runs. */
  start(record: StreamRecord): boolean;
  /** False if it does not run. */
  stop(record: StreamRecord): boolean;
  /** False while it is live. */
  delete(record: StreamRecord): boolean;
  /** Media arrived, or the publisher's session ended. */
  happened(record: StreamRecord, event: 'input' | 'input-lost'): void;
  close(): void;
}

/** The context of a registry. */
export interface StreamRegistryOptions {
  readonly rules: LifeRules;
  readonly clock: RulesClock;
  readonly events: EventLog;
  /** A stream is over while somebody publishes. */
  cutPublisher(record: StreamRecord): void;
  /** Something that is worth keeping changed; `statusChanged` if its status did. */
  changed(record: StreamRecord, what: { readonly statusChanged: boolean }): void;
}

const ENDINGS = {
  asked: 'Stream stopped',
  'no-input': 'Stream stopped: nothing came in after the start',
  'not-resumed': 'Stream stopped: the broadcast did not resume in time',
} as const;

/** Starts without streams. */
export function createStreamRegistry(options: StreamRegistryOptions): StreamRegistry {
  const { clock, events } = options;
  type Mutable = { -readonly [K in keyof StreamRecord]: StreamRecord[K] };
  const records = new Map<string, Mutable>();
  const timers = new Map<string, () => void>();
  let newestAt = 0;

  const rulesOf = ({ settings }: StreamRecord): LifeRules => {
    const seconds = settings.stream_timeout;
    return seconds === undefined
      ? options.rules
      : { startTimeoutSeconds: seconds, resumeTimeoutSeconds: seconds };
  };
  const watchDeadline = (record: Mutable) => {
    timers.get(record.id)?.();
    timers.delete(record.id);
    const deadline = deadlineOf(record.life, rulesOf(record));
    record.deadlineAt = deadline === undefined ? undefined : Math.round(clock.toWall(deadline));
    if (deadline === undefined) return;
    timers.set(
      record.id,
      clock.at(deadline, () => apply(record, 'time')),
    );
  };
  const apply = (record: Mutable, event: StreamEvent): boolean => {
    const before = record.life;
    const life = nextLife(before, event, clock.now(), rulesOf(record));
    if (life === before) return false;
    record.life = life;
    watchDeadline(record);
    if (!isStarted(life)) record.host = undefined;
    if (life.status === 'waiting') {
      record.startedAt = Date.now();
      record.host = `live-${randomBytes(6).toString('hex')}`;
      events.add('stream-started', 'Stream started', record.id);
    }
    if (life.status === 'live') events.add('live', 'Live', record.id);
    if (life.status === 'stopped') events.add('stream-stopped', ENDINGS[life.reason], record.id);
    if (life.status === 'deleted') {
      records.delete(record.id);
      events.add('stream-deleted', 'Stream deleted', record.id);
    }
    options.changed(record, { statusChanged: true });
    if (isStarted(before) && !isStarted(life)) options.cutPublisher(record);
    return true;
  };
  const own = (record: StreamRecord): Mutable => records.get(record.id) ?? { ...record };
  const find = (fits: (record: StreamRecord) => boolean) => [...records.values()].find(fits);

  return {
    create(settings = {}) {
      const id = randomUUID();
      newestAt = Math.max(Date.now(), newestAt + 1);
      const record: Mutable = {
        id,
        key: randomUUID(),
        settings: { ...DEFAULT_SETTINGS, ...settings },
        playbackIds: [{ id: newPlaybackId(), policy: 'public' }],
        signingKeys: [],
        createdAt: newestAt,
        channel: new Channel(),
        life: { status: 'created' },
        host: undefined,
        startedAt: undefined,
        deadlineAt: undefined,
      };
      records.set(id, record);
      events.add('stream-created', 'Stream created', id);
      options.changed(record, { statusChanged: true });
      return record;
    },
    restore(given) {
      const record: Mutable = given;
      records.set(record.id, record);
      newestAt = Math.max(newestAt, record.createdAt);
      if (!apply(record, 'input-lost')) watchDeadline(record);
    },
    byId: (id) => records.get(id),
    byKey: (key) => find((record) => record.key === key),
    byPlaybackId: (playbackId) =>
      find(({ playbackIds }) => playbackIds.some(({ id }) => id === playbackId)),
    byHost: (host) => find((record) => record.host === host),
    all: () => [...records.values()],
    update(record, change) {
      const mine = own(record);
      mine.settings = { ...mine.settings, ...change };
      watchDeadline(mine);
      options.changed(mine, { statusChanged: false });
    },
    addPlaybackId(record, policy) {
      const added = { id: newPlaybackId(), policy };
      const mine = own(record);
      mine.playbackIds = [...mine.playbackIds, added];
      options.changed(mine, { statusChanged: false });
      return added;
    },
    addSigningKey(record) {
      const added = { id: randomUUID(), key: randomBytes(32).toString('hex') };
      const mine = own(record);
      mine.signingKeys = [...mine.signingKeys, added];
      options.changed(mine, { statusChanged: false });
      return added;
    },
    start: (record) => canStart(record.life) && apply(own(record), 'start'),
    stop: (record) => isStarted(record.life) && apply(own(record), 'stop'),
    delete: (record) => apply(own(record), 'delete'),
    happened(record, event) {
      apply(own(record), event);
    },
    close() {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

function newPlaybackId(): string {
  return randomBytes(8).toString('hex');
}
