import type { MediaKind } from '../media/media-packet.js';

/** How one track of an encoder is coded. Another setup needs another decoder. */
export interface TrackSetup {
  readonly kind: MediaKind;
  /** As people name it: `H.264`, `AAC`. */
  readonly codec: string;
  /** The same as long as one decoder, and an encoder behind it, can go on. */
  readonly id: string;
  /** The name that ffmpeg has for the container that `head` begins and `bytes` of each unit continues. */
  readonly container: 'flv' | 'mpegts' | 'matroska';
  readonly head: Buffer;
  /** Of H.264: parameter sets that do not travel with the pictures. */
  readonly parameterSets: readonly Buffer[];
}

/** One picture, or a piece of sound, as an encoder sent it. Times are on the encoder's clock. */
export interface EncoderUnit {
  readonly setup: TrackSetup;
  /** When it is shown. */
  readonly ptsMs: number;
  /** When it is decoded. */
  readonly dtsMs: number;
  /** A decoder can begin here. Always true for sound. */
  readonly isKey: boolean;
  /** Goes on with the container. */
  readonly bytes: Buffer;
  /** Of H.264: its NAL units. */
  readonly nalUnits?: readonly Buffer[];
}

/** The events of a reader of an encoder's bytes. */
export interface EncoderReaderListener {
  unit(unit: EncoderUnit): void;
  /** It cannot be read, now or ever: in plain words, with what to do. */
  unreadable(reason: string): void;
}
