import { isSame } from '../foundation/same.js';

/** Which of frame rate and resolution drops when not both fit (W3C mst-content-hint, section 4). */
export type DegradationPreference = 'balanced' | 'maintain-resolution' | 'maintain-framerate';

/** The settings of the video encoder now. */
export interface EncodingWish {
  /** Upper limit in kilobits per second. */
  readonly maxVideoKbps: number;
  /** How much smaller each side of the picture is sent; 1 sends all of it. */
  readonly scaleDownBy: number;
  /** `null` for as many as the camera gives. */
  readonly maxFramesPerSecond: number | null;
  readonly degradationPreference: DegradationPreference;
}

/** The wish of the moment, and when it changes. */
export interface EncodingFeed {
  current(): EncodingWish;
  /** Calls `listener` whenever `current()` may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
}

/** A video sender that is kept at what is wished. */
export interface FollowedEncoding {
  /** Makes the next picture one that can be decoded without those before; browsers that cannot ignore it. */
  sendKeyFrame(): void;
  /** Sets the wish again, where the number of layers may have changed. */
  renew(): void;
  /** Leaves it as it is from now on. */
  end(): void;
}

/** `RTCEncodingOptions` of the WebRTC Extensions, which the types of the DOM do not have yet. */
interface KeyFrameOptions extends RTCSetParameterOptions {
  readonly encodingOptions: readonly { readonly keyFrame: true }[];
}

const KEY_FRAME: KeyFrameOptions = { encodingOptions: [{ keyFrame: true }] };

/**
 * Keeps the video sender at what `feed` wishes until it is ended. Resolves when the first wish
 * holds, which has to be before the description is set: the first frame follows it.
 */
export async function followEncoding(
  pc: RTCPeerConnection,
  feed: EncodingFeed,
): Promise<FollowedEncoding> {
  let applied = feed.current();
  await encodeVideo(pc, applied).catch(() => {});
  let last = Promise.resolve();
  // One after the other: parameters are only taken back in the turn that they were given out in.
  // A connection that closed meanwhile has nothing more to encode.
  const follow = (options?: KeyFrameOptions) => {
    const wish = applied;
    last = last.then(() => encodeVideo(pc, wish, options)).catch(() => {});
  };
  const end = feed.subscribe(() => {
    const wish = feed.current();
    if (isSame(wish, applied)) return;
    applied = wish;
    follow();
  });
  return { sendKeyFrame: () => follow(KEY_FRAME), renew: () => follow(), end };
}

/**
 * A wish: a browser that refuses all of it gets a request for the cap alone, and then goes on
 * without.
 */
async function encodeVideo(
  pc: RTCPeerConnection,
  wish: EncodingWish,
  options?: KeyFrameOptions,
): Promise<void> {
  for (const { sender, receiver } of pc.getTransceivers()) {
    if (receiver.track.kind !== 'video') continue;
    await encode(sender, wish, options).catch(() =>
      options === undefined ? cap(sender, wish).catch(() => {}) : undefined,
    );
  }
}

async function encode(
  sender: RTCRtpSender,
  wish: EncodingWish,
  options?: KeyFrameOptions,
): Promise<void> {
  const parameters = sender.getParameters();
  const encodings = parameters.encodings ?? [];
  if (encodings.length === 0) return;
  for (const [layer, encoding] of encodings.entries()) {
    encoding.maxBitrate = Math.round(bitsPerSecond(wish) * shareOf(layer, encodings.length));
    encoding.scaleResolutionDownBy = Math.max(1, wish.scaleDownBy) * 2 ** layer;
    if (wish.maxFramesPerSecond === null) delete encoding.maxFramerate;
    else encoding.maxFramerate = wish.maxFramesPerSecond;
  }
  const { degradationPreference } = wish;
  await sender.setParameters({ ...parameters, degradationPreference }, options);
}

async function cap(sender: RTCRtpSender, wish: EncodingWish): Promise<void> {
  const parameters = sender.getParameters();
  const { encodings } = parameters;
  if (encodings.length === 0) return;
  for (const [layer, encoding] of encodings.entries()) {
    encoding.maxBitrate = Math.round(bitsPerSecond(wish) * shareOf(layer, encodings.length));
  }
  await sender.setParameters(parameters);
}

/**
 * Share of the bitrate for one of `layers` sizes of the picture, of which 0 is the largest and each is
 * half as wide as the one before: a quarter of the pixels takes about 0.3 of the bits.
 */
function shareOf(layer: number, layers: number): number {
  const weights = Array.from({ length: layers }, (_, index) => 0.3 ** index);
  return 0.3 ** layer / weights.reduce((sum, weight) => sum + weight, 0);
}

function bitsPerSecond({ maxVideoKbps }: EncodingWish): number {
  return Math.round(maxVideoKbps * 1000);
}
