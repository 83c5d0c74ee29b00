import type {
  BroadcasterInstance,
  BroadcasterOptions,
  BroadcasterState,
  Health,
  HeldStep,
  LevelMeter,
  StatsSample,
} from '../../src/core/index.js';
import { createBroadcaster, createLevelMeter, selectHealth } from '../../src/core/index.js';
import type { Playback } from './playback.js';
import { play } from './playback.js';
import type { Screen } from './screen.js';
import { showOnScreen } from './screen.js';

/** The state of a broadcaster as a test gets it: without objects that cannot leave the page. */
export interface Summary {
  readonly status: string;
  readonly preparation: string | null;
  readonly camera: string;
  readonly microphone: string;
  readonly target: string;
  /** The code and words of every error that the state shows. */
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

/**
 * A status that the broadcaster came into, when (epoch ms), the code of its error, and, of a break,
 * how it was noticed.
 */
export interface Passage {
  readonly status: string;
  readonly code: string | null;
  readonly cause: string | null;
  readonly at: number;
}

/** The functions that the tests call in the page. */
export interface Kit {
  /** Makes a broadcaster, kept under this name. */
  create(options: BroadcasterOptions, name?: string): void;
  get(name?: string): BroadcasterInstance;
  summary(name?: string): Summary;
  /** The verdict of now. */
  health(name?: string): Health;
  /** The newest sample; `null` before there is one. */
  sample(name?: string): StatsSample | null;
  /** The newest connection that a broadcaster made. */
  connection(): RTCPeerConnection;
  /**
   * Every status the broadcaster was in, in order, without the breaks that its session outlived: on
   * a machine too busy to run the ingest for a second there is a silence, and then it goes on.
   */
  history(name?: string): readonly string[];
  /** All of them, with times and causes; a new cause of the same status is an entry too. */
  journal(name?: string): readonly Passage[];
  /** Shows what the camera gives, so that its frames can be compared with the viewer's. */
  showPreview(name?: string): void;
  /** Opens a level meter for the microphone. */
  meter(name?: string): LevelMeter;
  watch(url: string): Promise<void>;
  /** How much of the sound the viewer lacked, so that its browser put silence there, in milliseconds. */
  concealedMs(): Promise<number>;
  readonly preview: Screen | null;
  readonly viewer: Screen | null;
  endWatching(): void;
}

declare global {
  interface Window {
    kit: Kit;
  }
}

const broadcasters = new Map<
  string,
  { broadcaster: BroadcasterInstance; journal: Passage[]; history: string[] }
>();
let connection: RTCPeerConnection | null = null;
/** The steps of a broadcast whose old session is still in place. */
const HELD: Readonly<Record<HeldStep['phase'], true>> = {
  probing: true,
  healing: true,
  holding: true,
};

let preview: Screen | null = null;
let viewer: Screen | null = null;
let playback: Playback | null = null;

window.kit = {
  create(options, name = 'main') {
    const broadcaster = createBroadcaster({
      ...options,
      onPeerConnection: (made) => {
        connection = made;
        options.onPeerConnection?.(made);
      },
    });
    const journal: Passage[] = [];
    const history: string[] = [];
    const note = () => {
      const { connection } = broadcaster.getSnapshot();
      const { status } = connection;
      const isHeld = status === 'reconnecting' && connection.step.phase in HELD;
      if (!isHeld && history.at(-1) !== status) history.push(status);
      const code = codeOf(connection);
      const cause = status === 'reconnecting' ? connection.interruption.cause : null;
      const last = journal.at(-1);
      if (last?.status === status && last.code === code && last.cause === cause) return;
      journal.push({ status, code, cause, at: Date.now() });
    };
    note();
    broadcaster.subscribe(note);
    broadcasters.set(name, { broadcaster, journal, history });
  },
  health: (name = 'main') => selectHealth(find(name).broadcaster.getSnapshot()),
  sample(name = 'main') {
    const { stats } = find(name).broadcaster.getSnapshot();
    return stats.status === 'sampled' ? stats.sample : null;
  },
  connection() {
    if (connection === null) throw new Error('No connection was made yet.');
    return connection;
  },
  get: (name = 'main') => find(name).broadcaster,
  history: (name = 'main') => find(name).history,
  journal: (name = 'main') => find(name).journal,
  summary(name = 'main') {
    const { connection, camera, microphone, target } = find(name).broadcaster.getSnapshot();
    return {
      status: connection.status,
      preparation: connection.status === 'idle' ? connection.preparation.phase : null,
      camera: camera.status,
      microphone: microphone.status,
      target: target.status,
      errors: [connection, target, camera, microphone].flatMap((slice) =>
        'error' in slice ? [{ code: slice.error.code, message: slice.error.message }] : [],
      ),
    };
  },
  showPreview(name = 'main') {
    const { camera } = find(name).broadcaster.getSnapshot();
    if (camera.status !== 'on') throw new Error(`The camera is ${camera.status}.`);
    preview = showOnScreen(new MediaStream([camera.capture.track]));
  },
  meter(name = 'main') {
    const { microphone } = find(name).broadcaster.getSnapshot();
    if (microphone.status !== 'on') throw new Error(`The microphone is ${microphone.status}.`);
    return createLevelMeter(microphone.capture.track);
  },
  async watch(url) {
    playback = await play(url);
    viewer = showOnScreen(playback.stream);
  },
  async concealedMs() {
    let samples = 0;
    for (const stats of (await playback?.connection.getStats())?.values() ?? []) {
      samples += stats.silentConcealedSamples ?? 0;
    }
    return samples / 48;
  },
  get preview() {
    return preview;
  },
  get viewer() {
    return viewer;
  },
  endWatching() {
    viewer?.close();
    preview?.close();
    playback?.close();
    viewer = null;
    preview = null;
    playback = null;
  },
};

function codeOf(connection: BroadcasterState['connection']): string | null {
  if (connection.status === 'failed') return connection.error.code;
  return connection.status === 'reconnecting' ? connection.interruption.error.code : null;
}

function find(name: string) {
  const found = broadcasters.get(name);
  if (found === undefined) throw new Error(`There is no broadcaster called ${name}.`);
  return found;
}
