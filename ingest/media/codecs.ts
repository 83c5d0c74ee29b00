/** A video codec that OvenMediaEngine offers for ingest over WebSocket signalling. */
export type VideoCodec = 'H264' | 'VP8';

/** One codec as it stands on an m-line of an offer. */
export interface CodecLine {
  readonly name: VideoCodec | 'OPUS';
  readonly payloadType: number;
  /** Payload type of its retransmissions (RFC 4588). */
  readonly rtxPayloadType?: number;
  readonly rtpmap: string;
  readonly fmtp?: string;
}

/**
 * The video codecs, in the order and with the payload types of OvenMediaEngine. RTX comes on top:
 * without it Chromium cannot probe for bandwidth.
 */
export const VIDEO_CODECS: Readonly<Record<VideoCodec, CodecLine>> = {
  H264: {
    name: 'H264',
    payloadType: 100,
    rtxPayloadType: 103,
    rtpmap: 'H264/90000',
    fmtp: 'packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1',
  },
  VP8: { name: 'VP8', payloadType: 101, rtxPayloadType: 104, rtpmap: 'VP8/90000' },
};

/** The one audio codec, as OvenMediaEngine spells it. */
export const AUDIO_CODEC: CodecLine = {
  name: 'OPUS',
  payloadType: 102,
  rtpmap: 'OPUS/48000/2',
  fmtp: 'sprop-stereo=1;stereo=1;minptime=10;useinbandfec=1',
};

/** RTP clock of every video codec, in ticks a second. */
export const VIDEO_CLOCK = 90_000;
/** RTP clock of Opus, in ticks a second (RFC 7587 section 4.1). */
export const AUDIO_CLOCK = 48_000;

/** The video codec that a payload type of our offer stands for. */
export function videoCodecOf(payloadType: number | undefined): VideoCodec | undefined {
  if (payloadType === VIDEO_CODECS.H264.payloadType) return 'H264';
  return payloadType === VIDEO_CODECS.VP8.payloadType ? 'VP8' : undefined;
}
