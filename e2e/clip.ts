/** Size and rate of the test picture. */
export const CLIP_SIZE = { width: 1280, height: 720, frameRate: 30 } as const;

/** The clip has this many frames, numbered from 0, and then starts again. */
export const CLIP_FRAMES = 300;

/** A frame number is painted as this many blocks, lowest bit first, and one for odd parity: black is no number. */
export const BIT_COUNT = 12;

/** Edge of a block in the full-size picture: big enough to survive a hard compression. */
export const BLOCK_PIXELS = 64;

/** The sound of the clip: this tone for the first quarter of each second. */
export const TONE_HZ = 1000;
