import { aborted } from '../foundation/abort.js';
import { elapsedMs, sleep } from '../foundation/time.js';
import { holdAudioContext } from './audio-context.js';
import type { LevelMeter, LevelMeterOptions, LevelSample } from './level.js';

/** The name that the worklet registers its processor under. */
const PROCESSOR = 'webrtc-broadcaster-level';

const FLOOR_DB = -60;
/** How long a peak is held, and how much of the scale it falls in a second after that. */
const HOLD_MS = 1_500;
const FALL_PER_SECOND = 0.5;
/** How often the page measures where the audio thread cannot. */
const ANALYSER_MS = 50;
/** Older than this a sample says nothing of now. */
const FRESH_MS = 500;
/** How long a processor has to end. */
const ENDS_WITHIN_MS = 500;

/**
 * Measures `track` until `signal` aborts, by an AudioWorklet, or by an analyser on the page's thread
 * where the browser has none or may not load its file.
 * @throws BroadcastError `unsupported` where the browser has no Web Audio.
 */
export function measureLevel(
  track: MediaStreamTrack,
  {
    workletUrl,
    onSample,
  }: LevelMeterOptions & { readonly onSample: (sample: LevelSample) => void },
  signal: AbortSignal,
): Pick<LevelMeter, 'read' | 'peak'> {
  const { context, release } = holdAudioContext();
  let level = 0;
  let sampledAt = Number.NEGATIVE_INFINITY;
  let held = { level: 0, at: 0 };
  const isNow = () => context.state === 'running' && elapsedMs() - sampledAt < FRESH_MS;
  const peakAt = (at: number) => {
    const seconds = Math.max(0, at - held.at - HOLD_MS) / 1000;
    return Math.max(0, held.level - seconds * FALL_PER_SECOND);
  };
  const take = (sample: LevelSample) => {
    if (signal.aborted || context.state !== 'running') return;
    sampledAt = elapsedMs();
    level = levelOf(sample.rms);
    const loudest = levelOf(sample.peak);
    if (loudest >= peakAt(sampledAt)) held = { level: loudest, at: sampledAt };
    onSample(sample);
  };
  let source: MediaStreamAudioSourceNode;
  try {
    source = context.createMediaStreamSource(new MediaStream([track]));
  } catch (thrown) {
    release();
    throw thrown;
  }
  const life = { signal, take };
  void onAudioThread(context, source, { ...life, workletUrl })
    .catch(() => onPage(context, source, life))
    // Ended, by the signal or by a browser that can do neither.
    .catch(() => {})
    .finally(() => {
      source.disconnect();
      release();
    });
  return {
    read: () => (isNow() ? level : 0),
    peak: () => (isNow() ? peakAt(elapsedMs()) : 0),
  };
}

interface Measuring {
  readonly signal: AbortSignal;
  take(sample: LevelSample): void;
}

/** The loudness on the scale of the meter. */
function levelOf(amplitude: number): number {
  const decibels = 20 * Math.log10(amplitude || 1e-6);
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
}

/** Whether this context has the processor, or is getting it. */
const prepared = new WeakMap<AudioContext, Map<string, Promise<void>>>();

/** Throws where the browser has no worklet, or may not load its file. */
async function onAudioThread(
  context: AudioContext,
  source: AudioNode,
  { workletUrl, signal, take }: Measuring & LevelMeterOptions,
): Promise<void> {
  const url = String(workletUrl ?? (await import('./level-worklet-url.js')).levelWorkletUrl());
  const known = prepared.get(context) ?? new Map<string, Promise<void>>();
  prepared.set(context, known);
  // Registering the same name twice throws, so one file serves a context.
  const [ready = context.audioWorklet.addModule(url)] = known.values();
  known.set(url, ready);
  try {
    await ready;
  } catch (thrown) {
    known.clear();
    throw thrown;
  }
  if (signal.aborted) return;
  const node = new AudioWorkletNode(context, PROCESSOR, { numberOfOutputs: 0 });
  node.port.onmessage = ({ data }: MessageEvent) => {
    const { sumOfSquares, peak, frames } = data as {
      readonly sumOfSquares: number;
      readonly peak: number;
      readonly frames: number;
    };
    take({ rms: Math.sqrt(sumOfSquares / frames), peak });
  };
  source.connect(node);
  await aborted(signal);
  // Chromium keeps a closed context for ever where a processor was not over, and cut off, before.
  const isOver = new Promise<void>((resolve) => {
    node.port.onmessage = ({ data }: MessageEvent) => {
      if (data === null) resolve();
    };
  });
  source.disconnect();
  node.port.postMessage('end');
  // A context that is held back calls no processor.
  await Promise.race([isOver, sleep(ENDS_WITHIN_MS, new AbortController().signal)]);
  node.port.onmessage = null;
}

async function onPage(
  context: AudioContext,
  source: AudioNode,
  { signal, take }: Measuring,
): Promise<void> {
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  for (;;) {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    let peak = 0;
    for (const sample of samples) {
      sum += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    take({ rms: Math.sqrt(sum / samples.length), peak });
    await sleep(ANALYSER_MS, signal);
  }
}
