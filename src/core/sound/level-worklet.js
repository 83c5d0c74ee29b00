/**
 * The code of the level meter's worklet, never imported: it measures on the audio thread, so it goes
 * on in a hidden page. It sends `{ sumOfSquares, peak, frames }` of each block of its input, and `null`
 * once it is over. The package ships it as a file of its own, because a policy that is strict allows
 * no code made of text; it is written in JavaScript, because bundlers copy it as it is.
 */
const FRAMES = 1024;

class LevelProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.isOver = false;
    // Any word is the last.
    this.port.onmessage = () => {
      this.isOver = true;
    };
    this.clear();
  }

  clear() {
    this.sumOfSquares = 0;
    this.peak = 0;
    this.frames = 0;
  }

  process([input]) {
    if (this.isOver) {
      this.port.postMessage(null);
      return false;
    }
    const [first] = input;
    // Nothing is connected: silence.
    const frames = first === undefined ? 128 : first.length;
    for (const channel of input) {
      for (const sample of channel) {
        this.sumOfSquares += (sample * sample) / input.length;
        this.peak = Math.max(this.peak, Math.abs(sample));
      }
    }
    this.frames += frames;
    if (this.frames >= FRAMES) {
      const { sumOfSquares, peak, frames: measured } = this;
      this.port.postMessage({ sumOfSquares, peak, frames: measured });
      this.clear();
    }
    return true;
  }
}

registerProcessor('webrtc-broadcaster-level', LevelProcessor);
