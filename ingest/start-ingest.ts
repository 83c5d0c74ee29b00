import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createAddresses } from './addresses.js';
import { createControlApi } from './control-api.js';
import { createFaults, type Fault } from './faults.js';
import { createPeerPool, type IngestContext } from './ingest-context.js';
import { createEventLog, type IngestEvent } from './ingest-events.js';
import { createLiveApi } from './live-api.js';
import { createLiveStreamView, type LiveStream, type StartedLiveStream } from './live-stream.js';
import { type IngestOptions, resolveOptions } from './options.js';
import { loadPackages } from './packages.js';
import type { Recording } from './recorder.js';
import { createRecordings } from './recordings.js';
import { createRulesClock } from './rules-clock.js';
import { openServer } from './server.js';
import { endPublisher } from './signaling-endpoint.js';
import type { StreamRecord } from './stream-record.js';
import { createStreamRegistry } from './stream-registry.js';
import { reportOf, type StreamReport } from './stream-report.js';
import { parseStreamSettings, type StreamSettingsChange } from './stream-settings.js';

/** A running ingest. */
export interface Ingest {
  /** `http://127.0.0.1:PORT`: the Live API under `/v1/`, the control API under `/ingest/`. */
  readonly url: string;
  /** `ws://127.0.0.1:PORT`: signalling, under `/qlive/<stream_key>`. */
  readonly webSocketUrl: string;
  /** Throws a `RangeError` for a setting that makes no sense. */
  createStream(settings?: StreamSettingsChange): LiveStream;
  /** As {@link Ingest.createStream}; also throws if there is no such stream. */
  updateStream(id: string, change: StreamSettingsChange): LiveStream;
  /** Its addresses are new ones. Throws if there is no such stream, or it runs already. */
  startStream(id: string): StartedLiveStream;
  /** Cuts its publisher at once. Throws if there is no such stream, or it does not run. */
  stopStream(id: string): LiveStream;
  getStream(id: string): LiveStream | undefined;
  listStreams(): readonly LiveStream[];
  /** Creates and starts a stream. */
  openStream(settings?: StreamSettingsChange): StartedLiveStream;
  /** What the ingest sees of this stream; undefined if nobody knows the key. */
  inspect(streamKey: string): StreamReport | undefined;
  /** Makes something go wrong, on one stream or on all; `null` heals. Throws for an unknown key. */
  setFault(fault: Fault | null, streamKey?: string): void;
  /** Records into `file`, from the next key frame on. Rejects for an unknown key, or a second recording. */
  startRecording(streamKey: string, file: string): Promise<void>;
  /** Completes the file. Rejects if nothing was recorded. */
  stopRecording(streamKey: string): Promise<Recording>;
  /** Hears everything that happens from now on. Returns how to end it. */
  subscribe(listener: (event: IngestEvent) => void): () => void;
  /** Goes away with all its connections and listens on the same port again; streams are remembered. Rejects if the ingest is closed meanwhile. */
  restart(options?: { readonly downForMs?: number }): Promise<void>;
  /** Ends everything; no socket, timer or handle stays. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts an ingest: OvenMediaEngine's WebSocket signalling, playback, the Live API and its
 * 120-second rules, on one port. Rejects when the port is taken, an option makes no sense, or one
 * of `werift`, `ws` and `mediabunny` is not installed.
 */
export async function startIngest(given: IngestOptions = {}): Promise<Ingest> {
  const options = resolveOptions(given);
  const packages = await loadPackages();
  const clock = createRulesClock(options.timeScale);
  const events = createEventLog(options.log);
  const faults = createFaults();
  const heals = new Map<StreamRecord, NodeJS.Timeout>();
  const registry = createStreamRegistry({
    rules: options,
    clock,
    events,
    cutPublisher(record) {
      const { publisher } = record.channel;
      if (publisher === undefined) return;
      endPublisher(record, context).catch(() => {});
      publisher.destroySocket();
    },
    changed() {},
  });
  const peers = createPeerPool(packages, options);
  // Nobody asks for an address before the server listens.
  const addresses = createAddresses(() => server.authority);
  const view = createLiveStreamView(addresses, options.resumeTimeoutSeconds);
  const context: IngestContext = {
    options,
    packages,
    clock,
    events,
    faults,
    registry,
    view,
    peers,
  };
  const recordings = createRecordings(context);
  const server = await openServer(context);
  const closed = new AbortController();
  let closing: Promise<void> | undefined;
  let restarting: Promise<void> = Promise.resolve();

  const byId = (id: string) => {
    const record = registry.byId(id);
    if (record === undefined) throw new Error(`There is no stream ${id}.`);
    return record;
  };
  const byKey = (streamKey: string) => {
    const record = registry.byKey(streamKey);
    if (record === undefined) throw new Error('There is no stream with this key.');
    return record;
  };
  const report = (record: StreamRecord) =>
    reportOf(record, { fault: faults.get(record.key), recording: recordings.has(record) });

  const heal = (record: StreamRecord) => {
    clearTimeout(heals.get(record));
    heals.delete(record);
    const peer = record.channel.publisher?.session.peer;
    if (peer !== undefined) peer.gate = 'open';
  };
  const hurt = (fault: Fault, record: StreamRecord) => {
    const { publisher } = record.channel;
    if (fault.kind === 'cut-socket') publisher?.destroySocket();
    if (fault.kind !== 'cut-media') return;
    if (publisher !== undefined) publisher.session.peer.gate = 'cut';
    if (fault.durationMs === undefined) return;
    const timer = setTimeout(() => setFault(null, record), fault.durationMs);
    heals.set(record, timer);
  };
  const setFault = (fault: Fault | null, record?: StreamRecord) => {
    const touched = record === undefined ? registry.all() : [record];
    for (const each of touched) heal(each);
    faults.set(lasting(fault), record?.key);
    if (fault === null) events.add('fault-cleared', 'Fault taken away', record?.id);
    else events.add('fault-set', `Fault: ${fault.kind}`, record?.id);
    if (fault?.kind === 'restart') restart(fault).catch(() => {});
    else if (fault !== null) for (const each of touched) hurt(fault, each);
  };

  const restart = (given: { readonly downForMs?: number } = {}) => {
    const next = restarting.catch(() => {}).then(() => goDownAndUp(given));
    restarting = next;
    return next;
  };
  const goDownAndUp = async ({ downForMs = 0 }: { readonly downForMs?: number }) => {
    if (closing !== undefined) throw new Error('The ingest is closed.');
    events.add('restarting', 'The ingest restarts');
    await server.goDown();
    await Promise.all(registry.all().map((record) => endPublisher(record, context)));
    await peers.closeAll();
    await delay(downForMs, undefined, { ref: false, signal: closed.signal });
    await server.comeUp();
    events.add('restarted', 'The ingest is back');
  };

  server.route('v1', createLiveApi(context, randomBytes(32).toString('hex')));
  server.route(
    'ingest',
    createControlApi(context, {
      report,
      setFault,
      onClose: server.onDown,
    }),
  );

  const startStream = (id: string) => {
    const record = byId(id);
    if (!registry.start(record)) throw new Error(`Stream ${id} runs already.`);
    return view.showStarted(record);
  };
  const createStream = (settings?: StreamSettingsChange) =>
    view.show(registry.create(parseStreamSettings(settings)));
  const ingest: Ingest = {
    url: addresses.http,
    webSocketUrl: addresses.webSocket,
    createStream,
    updateStream(id, change) {
      const record = byId(id);
      registry.update(record, parseStreamSettings(change));
      return view.show(record);
    },
    startStream,
    stopStream(id) {
      const record = byId(id);
      if (!registry.stop(record)) throw new Error(`Stream ${id} does not run.`);
      return view.show(record);
    },
    getStream(id) {
      const record = registry.byId(id);
      return record === undefined ? undefined : view.show(record);
    },
    listStreams: () => registry.all().map(view.show),
    openStream: (settings) => startStream(createStream(settings).id),
    inspect(streamKey) {
      const record = registry.byKey(streamKey);
      return record === undefined ? undefined : report(record);
    },
    setFault: (fault, streamKey) =>
      setFault(fault, streamKey === undefined ? undefined : byKey(streamKey)),
    async startRecording(streamKey, file) {
      recordings.start(byKey(streamKey), file);
    },
    stopRecording: async (streamKey) => recordings.stop(byKey(streamKey)),
    subscribe: events.subscribe,
    restart,
    close() {
      closing ??= (async () => {
        closed.abort();
        registry.close();
        await restarting.catch(() => {});
        for (const timer of heals.values()) clearTimeout(timer);
        await recordings.close();
        await server.goDown();
        await Promise.all(registry.all().map((record) => endPublisher(record, context)));
        await peers.closeAll();
        registry.close();
      })();
      return closing;
    },
  };
  return ingest;
}

/** What stays in force: some faults happen once and are over. */
function lasting(fault: Fault | null): Fault | null {
  return fault?.kind === 'cut-socket' || fault?.kind === 'restart' ? null : fault;
}
