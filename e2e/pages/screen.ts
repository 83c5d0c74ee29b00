import { TONE_HZ } from '../clip.js';
import type { SeenFrame } from '../frame-number.js';
import { readFrames } from '../frame-number.js';

/** A video on the page whose frames and sound are examined while it plays. */
export interface Screen {
  readonly frames: SeenFrame[];
  /** How far the tone of the clip stands out from the rest of the spectrum, at most, in dB. */
  toneDb(): number;
  close(): void;
}

/** Shows a stream on the page, and starts to examine it. */
export function showOnScreen(stream: MediaStream): Screen {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.width = 320;
  video.srcObject = stream;
  document.body.append(video);
  void video.play();
  return examine(video, stream);
}

/** Examines a video that something else put on the page. */
export function examine(video: HTMLVideoElement, stream: MediaStream | null): Screen {
  const frames: SeenFrame[] = [];
  const endFrames = readFrames(video, (frame) => frames.push(frame));
  const sound = stream?.getAudioTracks().length ? listen(stream) : null;
  return {
    frames,
    toneDb: () => sound?.loudest() ?? Number.NEGATIVE_INFINITY,
    close() {
      endFrames();
      sound?.close();
      video.remove();
    },
  };
}

function listen(stream: MediaStream) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(stream).connect(analyser);
  void context.resume();
  const bins = new Float32Array(analyser.frequencyBinCount);
  const toneBin = Math.round((TONE_HZ * analyser.fftSize) / context.sampleRate);
  let loudest = Number.NEGATIVE_INFINITY;
  const timer = setInterval(() => {
    analyser.getFloatFrequencyData(bins);
    const tone = Math.max(...bins.subarray(toneBin - 2, toneBin + 3));
    // The middle of the spectrum without the tone stands for the noise. A digital silence has none.
    const others = [...bins.subarray(toneBin + 20, toneBin + 220)].sort((a, b) => a - b);
    const noise = Math.max(others[100] ?? 0, -120);
    if (tone > -60) loudest = Math.max(loudest, tone - noise);
  }, 50);
  return {
    loudest: () => loudest,
    close() {
      clearInterval(timer);
      void context.close();
    },
  };
}
