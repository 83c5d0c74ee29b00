import { BroadcastError } from '../errors.js';
import { listen } from '../foundation/listen.js';

/** One sound in the mix. */
export interface MixInput {
  /** `microphone`, `screen`, or the id of a sound of the app. */
  readonly id: string;
  readonly track: MediaStreamTrack;
  /** 0 is silent, 1 as it comes. */
  readonly gain: number;
}

/** A graph with one line for each input, and one track that comes out. */
export interface MixGraph {
  /** The mix; silence where there are no inputs. */
  readonly track: MediaStreamTrack;
  /**
   * Adds, removes and sets what changed, without a click.
   * @throws BroadcastError `unsupported` where the browser does not let the microphone in.
   */
  follow(inputs: readonly MixInput[]): void;
  /** From now on the mix is what is heard: every input comes in, or comes to its own gain. */
  hear(): void;
  /** Ends it, and the mixed track; never that of an input. */
  close(): void;
}

interface Line {
  readonly track: MediaStreamTrack;
  readonly source: MediaStreamAudioSourceNode;
  readonly gain: GainNode;
  readonly life: AbortController;
  target: number;
}

/** The time constant of a change: it is over after five of them, and too slow to click. */
const RAMP_SECONDS = 0.012;
const RAMP_MS = RAMP_SECONDS * 1000 * 6;

/**
 * Makes the graph (W3C Web Audio). `onLost` is called with the track of an input that ended or that
 * the browser refuses.
 * @throws BroadcastError `unsupported` where the browser cannot give out a mix.
 */
export function createMixGraph(context: AudioContext, onLost: (input: MixInput) => void): MixGraph {
  const destination = context.createMediaStreamDestination();
  const [out] = destination.stream.getAudioTracks();
  if (out === undefined) throw cannotMix();
  // Without a source a graph may rest, and nothing at all would be sent.
  const floor = context.createConstantSource();
  floor.offset.value = 0;
  floor.connect(destination);
  floor.start();
  const lines = new Map<string, Line>();
  let known: readonly MixInput[] = [];
  let isHeard = false;

  const add = (input: MixInput, target: number): Line => {
    const source = context.createMediaStreamSource(new MediaStream([input.track]));
    const gain = context.createGain();
    gain.gain.value = target;
    source.connect(gain).connect(destination);
    const life = new AbortController();
    listen(input.track, 'ended', () => onLost(input), life.signal);
    return { track: input.track, source, gain, life, target };
  };
  const aim = (line: Line, target: number) => {
    if (line.target === target) return;
    line.target = target;
    line.gain.gain.setTargetAtTime(target, context.currentTime, RAMP_SECONDS);
  };
  const remove = (id: string, line: Line) => {
    lines.delete(id);
    line.life.abort();
    aim(line, 0);
    setTimeout(() => disconnect(line), RAMP_MS);
  };
  /** Until the mix is heard, it sounds as the first input alone does, whose place it takes. */
  const targetOf = (input: MixInput) => (isHeard ? input.gain : input === known[0] ? 1 : 0);

  const follow = (inputs: readonly MixInput[]) => {
    known = inputs;
    for (const [id, line] of lines) {
      if (!inputs.some((input) => input.id === id && input.track === line.track)) remove(id, line);
    }
    for (const input of inputs) {
      const line = lines.get(input.id);
      if (line !== undefined) {
        aim(line, targetOf(input));
        continue;
      }
      if (input.track.readyState === 'ended') {
        onLost(input);
        continue;
      }
      try {
        const added = add(input, isHeard ? 0 : targetOf(input));
        lines.set(input.id, added);
        aim(added, targetOf(input));
      } catch (cause) {
        if (input === inputs[0]) throw cannotMix(cause);
        onLost(input);
      }
    }
  };
  return {
    track: out,
    follow,
    hear() {
      isHeard = true;
      follow(known);
    },
    close() {
      for (const line of lines.values()) {
        line.life.abort();
        disconnect(line);
      }
      floor.disconnect();
      out.stop();
    },
  };
}

function disconnect({ source, gain }: Line): void {
  source.disconnect();
  gain.disconnect();
}

function cannotMix(cause?: unknown): BroadcastError {
  return new BroadcastError(
    'unsupported',
    'This browser cannot mix these sounds, so the first of them goes out alone. Use a current Chrome, Edge, Firefox or Safari.',
    cause === undefined ? {} : { cause },
  );
}
