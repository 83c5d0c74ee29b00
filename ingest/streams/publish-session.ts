import type { UplinkLimits } from '../faults/uplink.js';
import type { VideoCodec } from '../media/codecs.js';
import type { MediaCounter } from '../media/media-counter.js';
import type { PublishTransport } from './publish-transport.js';

/** One publisher's media, whichever way it comes in. Instants are epoch ms. */
export interface PublishSession {
  /** Undefined when there is no picture, or none yet. */
  readonly codec: VideoCodec | undefined;
  /** The codec that viewers are offered: an encoder's picture may still come. */
  readonly offeredCodec: VideoCodec | undefined;
  /** It said that it sends sound, or an encoder did send some. */
  readonly hasAudio: boolean;
  /** When its sound last came in, where that goes on only later; else undefined. */
  readonly audioHeardAt: number | undefined;
  /** It sends key frames when it likes, and cannot be asked for one. */
  readonly keepsItsKeyFrames: boolean;
  readonly counter: MediaCounter;
  /** When it was accepted. */
  readonly negotiatedAt: number;
  readonly connectedAt: number | undefined;
  readonly isConnected: boolean;
  /** Undefined until it is connected. */
  readonly transport: PublishTransport | undefined;
  readonly outputReadyAt: number | undefined;
  readonly packetsLost: number;
  /** Asks the sender for a key frame, at most five times a second; encoders cannot be asked. */
  wantKeyFrame(): void;
  /** Loses everything that it sends, is sent no RTCP, or neither; an encoder needs none. */
  setWay(way: 'open' | 'cut' | 'no-rtcp'): void;
  /** Comes over a way that is as bad as this. An encoder's way stays good. */
  setUplink(limits: UplinkLimits): void;
  /** Ends it and frees everything that it holds. */
  close(): Promise<void>;
}
