/** Why viewers see or hear less than they could. */
export type HealthReason =
  | JudgedReason
  /** Nothing comes back from the ingest. */
  | 'no-answer'
  /** The camera is gone, or could not be opened. */
  | 'camera-lost'
  | 'microphone-lost'
  /** The server takes no codec that this browser has for the picture, or the sound. */
  | 'picture-refused'
  | 'sound-refused'
  /** The broadcast's own output stands still, as the playback check sees it. */
  | 'output-frozen';

/** A reason that is judged by a measure and its limits. */
export type JudgedReason =
  /** Packets get lost on the way. */
  | 'network-loss'
  /** The network carries less than the picture needs. */
  | 'network-slow'
  /** An answer of the ingest takes long. */
  | 'network-delay'
  /** The machine cannot encode as fast as the camera gives. */
  | 'cpu'
  /** The camera gives few pictures, as it does in the dark. */
  | 'camera-slow'
  /** Few pictures are sent, and nothing else says why. */
  | 'few-pictures'
  /** The camera is shown, but no picture is sent. */
  | 'no-picture'
  /** The camera gives black pictures, as behind a cover. */
  | 'picture-black'
  /** The camera gives the same picture again and again. */
  | 'picture-still'
  /** The microphone is on, but gives silence, or nothing is sent of it. */
  | 'no-sound';

/** When a reason counts, and how much. */
export interface HealthLimit {
  /** From which measure on it is good, fair, poor; `null` for a level that it cannot have. */
  readonly from: readonly [good: number | null, fair: number | null, poor: number | null];
  /** How many samples in a row it takes to count, and how many without it to be forgotten. */
  readonly worsensAfter: number;
  readonly recoversAfter: number;
}

/** Every limit. `health-measures.ts` says how each value is measured, and in which unit. */
export const HEALTH_LIMITS: Readonly<Record<JudgedReason, HealthLimit>> = {
  // Google's congestion control calls under 2 % no sign of trouble, and lowers the rate from 10 %
  // on (draft-ietf-rmcat-gcc-02, section 6).
  'network-loss': { from: [0.005, 0.02, 0.1], worsensAfter: 2, recoversAfter: 5 },
  // Milliseconds there and back: ITU-T G.114 calls up to 150 one way good for most uses, and more
  // than 400 unfit. Below the first half of that nothing is felt. A queue of our own making is drained
  // in seconds (200 packets at 300 kbit/s in seven): what stands for longer is the way's own.
  'network-delay': { from: [150, 300, 800], worsensAfter: 10, recoversAfter: 5 },
  // The missing share of the rate that was requested: half of it is the table's rate for the next
  // smaller picture, a quarter that of the one after (`videoKbpsFor`).
  'network-slow': { from: [0.2, 0.5, 0.75], worsensAfter: 3, recoversAfter: 5 },
  // Share of the time: Chromium itself calls an encoder overused from 85 % of a frame's time on
  // (libwebrtc, CpuOveruseOptions).
  cpu: { from: [0.7, 0.85, 1], worsensAfter: 3, recoversAfter: 5 },
  // Milliseconds from frame to frame, chosen by eye: 22 a second still pass for the 24 of film,
  // below 15 lips part from words, below 8 it is a slide show.
  'camera-slow': {
    from: [1000 / 22, 1000 / 15, 1000 / 8],
    worsensAfter: 3,
    recoversAfter: 5,
  },
  'few-pictures': {
    from: [1000 / 22, 1000 / 15, 1000 / 8],
    worsensAfter: 3,
    recoversAfter: 5,
  },
  // Nothing for so many samples in a row; 1 means nothing was sent.
  'no-picture': { from: [null, null, 1], worsensAfter: 3, recoversAfter: 1 },
  // A camera takes a moment to open its eye, and no two pictures of a sensor are the same.
  'picture-black': { from: [null, null, 1], worsensAfter: 5, recoversAfter: 1 },
  'picture-still': { from: [null, 1, null], worsensAfter: 10, recoversAfter: 1 },
  // A room is never quite still, so ten seconds of digital silence are a microphone that is off at
  // its own switch.
  'no-sound': { from: [null, 1, 2], worsensAfter: 10, recoversAfter: 1 },
};

/**
 * Reasons that explain another reason. Of two equally bad reasons the one that stands first here is
 * named first. A network that carries too little also drops, and leaves no room for pictures; loss
 * alone does not take the rate away.
 */
export const EXPLAINED_BY: Readonly<Record<HealthReason, readonly HealthReason[]>> = {
  'camera-lost': [],
  'picture-refused': [],
  'microphone-lost': [],
  'sound-refused': [],
  'output-frozen': [],
  'no-answer': [],
  'no-picture': ['network-slow', 'cpu'],
  'picture-black': ['no-picture'],
  'picture-still': ['no-picture'],
  'network-slow': [],
  'network-loss': ['network-slow'],
  'network-delay': [],
  cpu: ['network-slow'],
  'camera-slow': ['network-slow', 'cpu', 'no-picture', 'picture-black'],
  'few-pictures': [
    'network-slow',
    'network-loss',
    'cpu',
    'camera-slow',
    'no-picture',
    'picture-black',
  ],
  'no-sound': [],
};
