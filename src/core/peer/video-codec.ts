/** The codecs that may be asked for, named as in SDP, in lower case. */
export const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1', 'h265'] as const;

/** A codec that may be asked for. */
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/**
 * What to send, best first: the codec that was asked for; H264, which an ingest packages for HLS as
 * it is; and VP8, which every browser has.
 */
export function codecsInOrder(asked: VideoCodec): readonly VideoCodec[] {
  return [...new Set<VideoCodec>([asked, 'h264', 'vp8'])];
}

/** Orders the answer in the same way, and offers nothing else. */
export function preferVideoCodec(transceiver: RTCRtpTransceiver, asked: VideoCodec): void {
  if (transceiver.receiver.track.kind !== 'video') return;
  // Firefox before 128 has no setCodecPreferences; it follows the order of the offer.
  if (typeof transceiver.setCodecPreferences !== 'function') return;
  const wanted = [...codecsInOrder(asked).map((codec) => `video/${codec}`), 'video/rtx'];
  const rank = ({ mimeType }: { readonly mimeType: string }) =>
    wanted.indexOf(mimeType.toLowerCase());
  const codecs = (RTCRtpReceiver.getCapabilities('video')?.codecs ?? [])
    .filter((capability) => rank(capability) >= 0)
    .sort((left, right) => rank(left) - rank(right));
  if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
}
