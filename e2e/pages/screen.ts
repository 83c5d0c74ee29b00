import { TONE_HZ } from '../clip.js';
import type { SeenFrame } from '../frame-number.js';
import { readFrames } from '../frame-number.js';

/** A video on the page whose frames and sound are examined while it plays. */
export interface Screen {
  readonly frames: SeenFrame[];
  /** How far the tone of the clip stands out from the rest of the spectrum, at most, in dB. */
  toneDb(): number;
  /** How loud this frequency is now, in dBFS. */
  levelDb(hz: number): number;
  /** The longest time without any sound so far, in milliseconds. */
  longestSilenceMs(): number;
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
    levelDb: (hz) => sound?.level(hz) ?? Number.NEGATIVE_INFINITY,
    longestSilenceMs: () => sound?.longestSilence() ?? Number.POSITIVE_INFINITY,
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
  const moment = new Float32Array(analyser.fftSize);
  let loudest = Number.NEGATIVE_INFINITY;
  let readAt: number | null = null;
  let silentFor = 0;
  let hasSound = false;
  let longest = 0;
  const timer = setInterval(() => {
    analyser.getFloatFrequencyData(bins);
    const tone = Math.max(...bins.subarray(toneBin - 2, toneBin + 3));
    // The middle of the spectrum without the tone stands for the noise. A digital silence has none.
    const others = [...bins.subarray(toneBin + 20, toneBin + 220)].sort((a, b) => a - b);
    const noise = Math.max(others[100] ?? 0, -120);
    if (tone > -60) loudest = Math.max(loudest, tone - noise);
    analyser.getFloatTimeDomainData(moment);
    // Counted in samples since the last look, so that a gap of milliseconds shows, too.
    const since = readAt === null ? 0 : (context.currentTime - readAt) * context.sampleRate;
    readAt = context.currentTime;
    const fresh = Math.min(moment.length, Math.round(since));
    for (const value of moment.subarray(moment.length - fresh)) {
      silentFor = Math.abs(value) > 0.003 ? 0 : silentFor + 1;
      if (hasSound) longest = Math.max(longest, (silentFor * 1000) / context.sampleRate);
      else hasSound = silentFor === 0;
    }
  }, 50);
  return {
    loudest: () => loudest,
    longestSilence: () => longest,
    level(hz: number) {
      analyser.getFloatFrequencyData(bins);
      const bin = Math.round((hz * analyser.fftSize) / context.sampleRate);
      return Math.max(...bins.subarray(bin - 2, bin + 3));
    },
    close() {
      clearInterval(timer);
      void context.close();
    },
  };
}
