import { FakeTrack } from './fake-devices.js';

/** How the browser treats audio contexts. */
export type AudioBehaviour =
  | 'RUNS'
  /** The page had no gesture yet. */
  | 'WAITS_FOR_GESTURE'
  /** A call goes on, as on a phone. */
  | 'INTERRUPTED'
  /** It says that it runs, and no sound moves on, as on a phone after a call. */
  | 'STANDS_STILL'
  /** The constructor throws, as where there are too many of them. */
  | 'REFUSES'
  | 'MISSING'
  /** It plays, but takes no track of another sample rate, as Firefox does. */
  | 'REFUSES_TRACKS';

/** How the browser treats worklets. */
export type WorkletBehaviour =
  | 'RUNS'
  | 'MISSING'
  /** A content security policy forbids its file. */
  | 'BLOCKED';

/** A gain with every value that it was sent to. */
interface FakeParam {
  value: number;
  readonly aims: number[];
  setTargetAtTime(value: number): void;
}

function fakeParam(value = 1): FakeParam {
  const param: FakeParam = {
    value,
    aims: [],
    setTargetAtTime(next) {
      param.aims.push(next);
      param.value = next;
    },
  };
  return param;
}

/** A node of a fake graph. */
export class FakeAudioNode extends EventTarget {
  readonly outputs = new Set<FakeAudioNode>();
  connect(to: FakeAudioNode): FakeAudioNode {
    this.outputs.add(to);
    return to;
  }
  disconnect(): void {
    this.outputs.clear();
  }
}

class FakeSource extends FakeAudioNode {
  constructor(readonly track: FakeTrack) {
    super();
  }
}

class FakeGain extends FakeAudioNode {
  readonly gain = fakeParam();
}

/** The installed fake. */
export interface FakeAudio {
  /** Every context that was made. */
  readonly contexts: readonly FakeAudioContext[];
  /** Changes how the browser answers from now on. */
  behave(behaviour: AudioBehaviour): void;
  /** The worklets measure this loudness, all the time. */
  measure(amplitude: number): void;
  /** Worklets that nobody ended yet. */
  worklets(): number;
  /** The page is used. */
  gesture(): void;
  /** The inputs of the mix now: the gain of each track that is connected. */
  heard(): ReadonlyMap<FakeTrack, number>;
  restore(): void;
}

/** A context without sound. */
export class FakeAudioContext extends EventTarget {
  state: string;
  currentTime = 0;
  readonly sampleRate = 48_000;
  asked = 0;
  readonly sources: FakeSource[] = [];
  readonly gains: FakeGain[] = [];
  readonly out = new FakeTrack('audio', 'mix');
  readonly modules: string[] = [];
  /** The level that the analyser hears. */
  amplitude = 0.5;
  private readonly clock: ReturnType<typeof setInterval>;

  readonly audioWorklet: { addModule(url: string): Promise<void> } | undefined;

  constructor(
    private readonly behaviour: () => AudioBehaviour,
    worklet: WorkletBehaviour,
  ) {
    super();
    const now = behaviour();
    if (worklet !== 'MISSING') {
      this.audioWorklet = {
        addModule: async (url) => {
          this.modules.push(url);
          if (worklet === 'BLOCKED') throw new DOMException('', 'AbortError');
        },
      };
    }
    this.state =
      now === 'INTERRUPTED' ? 'interrupted' : now === 'WAITS_FOR_GESTURE' ? 'suspended' : 'running';
    this.clock = setInterval(() => {
      if (this.state === 'running' && behaviour() !== 'STANDS_STILL') this.currentTime += 0.01;
    }, 10);
  }

  become(state: string): void {
    this.state = state;
    if (state === 'closed') clearInterval(this.clock);
    this.dispatchEvent(new Event('statechange'));
  }

  resume(): Promise<void> {
    this.asked += 1;
    const now = this.behaviour();
    if (this.state === 'closed') return Promise.reject(new DOMException('', 'InvalidStateError'));
    // As in Safari while a call goes on; in Chromium it hangs until there was a gesture.
    if (now === 'INTERRUPTED') return Promise.reject(new DOMException('', 'InvalidStateError'));
    if (now === 'WAITS_FOR_GESTURE') return new Promise(() => {});
    if (this.state !== 'running') this.become('running');
    return Promise.resolve();
  }

  suspend(): Promise<void> {
    this.become('suspended');
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.become('closed');
    return Promise.resolve();
  }

  createMediaStreamDestination() {
    return Object.assign(new FakeAudioNode(), {
      stream: { getAudioTracks: () => [this.out] },
      channelCount: 2,
    });
  }

  createMediaStreamSource({ track }: { readonly track: FakeTrack }) {
    if (this.behaviour() === 'REFUSES_TRACKS') throw new DOMException('', 'NotSupportedError');
    const source = new FakeSource(track);
    this.sources.push(source);
    return source;
  }

  createGain() {
    const gain = new FakeGain();
    this.gains.push(gain);
    return gain;
  }

  createConstantSource() {
    return Object.assign(new FakeAudioNode(), { offset: fakeParam(), start() {} });
  }

  createAnalyser() {
    return Object.assign(new FakeAudioNode(), {
      fftSize: 0,
      getFloatTimeDomainData: (into: Float32Array) => into.fill(this.amplitude),
    });
  }
}

/** Puts a fake in place of the page's Web Audio, and an empty page around it. */
export function installFakeAudio(
  initial: AudioBehaviour = 'RUNS',
  worklet: WorkletBehaviour = 'RUNS',
): FakeAudio {
  let behaviour = initial;
  const contexts: FakeAudioContext[] = [];
  const page = new EventTarget();
  function AudioContext() {
    if (behaviour === 'REFUSES') throw new DOMException('Too many.', 'NotSupportedError');
    const context = new FakeAudioContext(() => behaviour, worklet);
    contexts.push(context);
    return context;
  }
  const workletNodes: FakeWorkletNode[] = [];
  class FakeWorkletNode extends FakeAudioNode {
    readonly port = {
      onmessage: null as ((event: { readonly data: unknown }) => void) | null,
      said: [] as unknown[],
      postMessage(word: unknown) {
        this.said.push(word);
        // It is over as soon as it was told to be.
        queueMicrotask(() => this.onmessage?.({ data: null }));
      },
    };
    constructor() {
      super();
      workletNodes.push(this);
    }
  }
  class MediaStream {
    readonly track: FakeTrack;
    constructor([track]: readonly [FakeTrack]) {
      this.track = track;
    }
  }
  const before = ['AudioContext', 'AudioWorkletNode', 'MediaStream', 'document'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  const put = (name: string, value: unknown) =>
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
  if (initial !== 'MISSING') put('AudioContext', AudioContext);
  put('AudioWorkletNode', FakeWorkletNode);
  put('MediaStream', MediaStream);
  put('document', page);
  return {
    contexts,
    behave(next) {
      behaviour = next;
    },
    measure(amplitude) {
      const data = { sumOfSquares: amplitude * amplitude * 1024, peak: amplitude, frames: 1024 };
      for (const { port } of workletNodes) port.onmessage?.({ data });
    },
    worklets: () => workletNodes.filter(({ port }) => port.said.length === 0).length,
    gesture: () => page.dispatchEvent(new Event('pointerup')),
    heard() {
      const heard = new Map<FakeTrack, number>();
      for (const { sources } of contexts.filter(({ state }) => state !== 'closed')) {
        for (const source of sources) {
          const [gain] = source.outputs;
          if (gain instanceof FakeGain) heard.set(source.track, gain.gain.value);
        }
      }
      return heard;
    },
    restore() {
      for (const context of contexts) context.become('closed');
      for (const [name, descriptor] of before) {
        if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
        else Object.defineProperty(globalThis, name, descriptor);
      }
    },
  };
}
