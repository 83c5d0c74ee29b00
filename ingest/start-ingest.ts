import { setTimeout as delay } from 'node:timers/promises';
import { endPublisher } from './context/end-publisher.js';
import { createPeerPool, type IngestContext } from './context/ingest-context.js';
import { createControlApi } from './control-api/control-api.js';
import { createFaultControl } from './control-api/fault-control.js';
import { openEncoderPorts } from './encoders/encoder-ports.js';
import type { EncoderWays } from './encoders/encoder-ways.js';
import { createFaults, type Fault } from './faults/faults.js';
import { createHlsOutput } from './hls/hls-endpoint.js';
import { HttpError, type HttpRoute } from './http/http.js';
import { createLiveApi } from './live-api/live-api.js';
import { type IngestOptions, resolveOptions } from './options/options.js';
import { sendPage } from './page/send-page.js';
import type { Recording } from './recording/recording.js';
import { createRecordings } from './recording/recordings.js';
import { openServer } from './server.js';
import { createMemoryStore, openStreamStore, type StreamStore } from './store/stream-store.js';
import { createAddresses } from './streams/addresses.js';
import { createEventLog, type IngestEvent } from './streams/ingest-events.js';
import {
  createLiveStreamView,
  type LiveStream,
  type StartedLiveStream,
} from './streams/live-stream.js';
import { reportOf } from './streams/report-of.js';
import { createRulesClock } from './streams/rules-clock.js';
import type { StreamRecord } from './streams/stream-record.js';
import { createStreamRegistry } from './streams/stream-registry.js';
import type { StreamReport } from './streams/stream-report.js';
import { parseStreamSettings, type StreamSettingsChange } from './streams/stream-settings.js';
import { findFfmpeg } from './transcoding/ffmpeg.js';
import { createCallbacks } from './webhooks/callbacks.js';
import { createWhipRoute } from './whip/whip-endpoint.js';

/** A running ingest. */
export interface Ingest {
  /** `http://127.0.0.1:PORT`, or `https`: a page to see and steer it, the Live API under `/v1/`, the control API under `/ingest/`. */
  readonly url: string;
  /** `ws://127.0.0.1:PORT`, or `wss`: signalling, under `/qlive/<stream_key>`. */
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
  /** Which ways in encoders have, besides browsers; where there is none it says why. */
  readonly ways: EncoderWays;
  /** The ingest's report on this stream; undefined if nobody knows the key. */
  inspect(streamKey: string): StreamReport | undefined;
  /** Makes something go wrong, on one stream or on all; `null` heals. Throws for an unknown key. */
  setFault(fault: Fault | null, streamKey?: string): void;
  /** Records into `file`, from the next key frame on. Rejects for an unknown key, or a second recording. */
  startRecording(streamKey: string, file: string): Promise<void>;
  /** Completes the file. Rejects if nothing was recorded. */
  stopRecording(streamKey: string): Promise<Recording>;
  /**
   * Resolves when every change so far is on disk, or at once without a `directory`; rejects if that
   * cannot be. The HTTP interfaces answer after it.
   */
  flushed(): Promise<void>;
  /** Peers that are open now: publishers', viewers', and those whose offer was not answered yet. */
  readonly openPeers: number;
  /** Hears everything that happens from now on. Returns how to end it. */
  subscribe(listener: (event: IngestEvent) => void): () => void;
  /** Goes away with all its connections and listens on the same port again; streams are remembered. Rejects if the ingest is closed meanwhile. */
  restart(options?: { readonly downForMs?: number }): Promise<void>;
  /** Ends everything; no socket, timer or handle stays. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts an ingest: OvenMediaEngine's WebSocket signalling, playback, HLS, the Live API and its
 * 120-second rules, on one port; RTMP and SRT on ports of their own, if they are asked for. Rejects
 * when the port is taken, an option makes no sense, or another process has the `directory`.
 */
export async function startIngest(given: IngestOptions = {}): Promise<Ingest> {
  const options = resolveOptions(given);
  const clock = createRulesClock(options.timeScale);
  const events = createEventLog(options.log);
  const faults = createFaults();
  const save = (record: StreamRecord) => store.save({ record, calls: callbacks.pending(record) });
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
    changed(record, { statusChanged }) {
      if (statusChanged) callbacks.add(record, view.show(record));
      save(record);
    },
  });
  const store =
    options.directory === undefined
      ? createMemoryStore()
      : await openStreamStore(options.directory, { clock, events });
  const callbacks = createCallbacks({ events, retryMs: options.webhookRetryMs, settled: save });
  const peers = createPeerPool(options);
  // Nobody asks for an address before the server listens.
  const addresses = createAddresses(() => server, {
    rtmpUrl: () => encoders.addresses.rtmpUrl(),
    srtUrl: (streamKey) => encoders.addresses.srtUrl(streamKey),
  });
  const view = createLiveStreamView(addresses, options.resumeTimeoutSeconds);
  const context: IngestContext = {
    options,
    clock,
    events,
    faults,
    registry,
    view,
    peers,
  };
  const recordings = createRecordings(context);
  const programs = await findFfmpeg(options.ffmpegPath);
  const server = await openServer(context).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const encoders = await openEncoderPorts(context, programs, server).catch(async (error) => {
    await Promise.all([server.goDown(), store.close()]);
    throw error;
  });
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

  const restart = (given: { readonly downForMs?: number } = {}) => {
    const next = restarting.catch(() => {}).then(() => goDownAndUp(given));
    restarting = next;
    return next;
  };
  const goDownAndUp = async ({ downForMs = 0 }: { readonly downForMs?: number }) => {
    if (closing !== undefined) throw new Error('The ingest is closed.');
    events.add('restarting', 'The ingest restarts');
    await Promise.all([server.goDown(), encoders.goDown()]);
    await Promise.all(registry.all().map((record) => endPublisher(record, context)));
    await peers.closeAll();
    await delay(downForMs, undefined, { ref: false, signal: closed.signal });
    await Promise.all([server.comeUp(), encoders.comeUp()]);
    events.add('restarted', 'The ingest is back');
  };

  const hls = createHlsOutput(context, programs.ffmpeg);
  server.routeRest(hls.route);
  server.routeWhip(createWhipRoute(context));
  const faultControl = createFaultControl(context, restart);
  server.route('v1', durable(createLiveApi(context, store.secret), store));
  server.route('', async ({ method }, response) => sendPage(response, method, 'document'));
  server.route(
    'ingest',
    durable(
      createControlApi(context, {
        ways: encoders.ways,
        report,
        setFault: faultControl.set,
        onClose: server.onDown,
      }),
      store,
    ),
  );
  for (const { record, calls } of store.found) {
    callbacks.resume(record, calls);
    if (record.life.status !== 'deleted') registry.restore(record);
  }

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
    ways: encoders.ways,
    inspect(streamKey) {
      const record = registry.byKey(streamKey);
      return record === undefined ? undefined : report(record);
    },
    setFault: (fault, streamKey) =>
      faultControl.set(fault, streamKey === undefined ? undefined : byKey(streamKey)),
    async startRecording(streamKey, file) {
      recordings.start(byKey(streamKey), file);
    },
    stopRecording: async (streamKey) => recordings.stop(byKey(streamKey)),
    flushed: store.flushed,
    get openPeers() {
      return peers.open;
    },
    subscribe: events.subscribe,
    restart,
    close() {
      closing ??= (async () => {
        closed.abort();
        registry.close();
        await restarting.catch(() => {});
        faultControl.close();
        await recordings.close();
        await hls.close();
        await Promise.all([server.goDown(), encoders.goDown()]);
        await Promise.all(registry.all().map((record) => endPublisher(record, context)));
        await peers.closeAll();
        await programs.ffmpeg?.killAll();
        registry.close();
        await callbacks.close();
        await store.close();
      })();
      return closing;
    },
  };
  return ingest;
}

/** Puts acknowledged changes on disk. */
function durable(route: HttpRoute, store: StreamStore): HttpRoute {
  return async (request, response) => {
    const reply = await route(request, response);
    if (request.method === 'GET') return reply;
    await store.flushed().catch(() => {
      throw new HttpError(500, 'The change holds, but could not be written to disk.');
    });
    return reply;
  };
}
