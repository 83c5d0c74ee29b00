import type { VideoCodec } from '../media/codecs.js';

/** A finished recording. */
export interface Recording {
  readonly file: string;
  readonly container: 'mp4' | 'webm';
  readonly codec: VideoCodec;
  readonly videoFrames: number;
  readonly audioPackets: number;
  readonly durationSeconds: number;
}
