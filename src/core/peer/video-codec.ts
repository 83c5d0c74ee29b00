/** A codec that may be asked for, named as in SDP, in lower case. */
export type VideoCodec = 'h264' | 'vp8' | 'vp9' | 'av1' | 'h265';

/** The codecs that may be asked for, in the order in which they are fallen back on. */
export const VIDEO_CODECS: readonly VideoCodec[] = ['h264', 'vp8', 'vp9', 'av1', 'h265'];

/**
 * The codecs to send, best first: the one that was requested; H264, which an ingest packages for
 * HLS as it is; VP8, which every browser has; and all others, because any picture is better than
 * none.
 */
export function codecsInOrder(asked: VideoCodec): readonly VideoCodec[] {
  return [...new Set<VideoCodec>([asked, ...VIDEO_CODECS])];
}

/** Orders the answer in the same way, and offers nothing else. A browser that cannot goes on without. */
export function preferVideoCodec(transceiver: RTCRtpTransceiver, asked: VideoCodec): void {
  if (transceiver.receiver.track.kind !== 'video') return;
  const wanted = [...codecsInOrder(asked).map((codec) => `video/${codec}`), 'video/rtx'];
  const rank = ({ mimeType }: { readonly mimeType: string }) =>
    wanted.indexOf(mimeType.toLowerCase());
  try {
    const codecs = (RTCRtpReceiver.getCapabilities('video')?.codecs ?? [])
      .filter((capability) => rank(capability) >= 0)
      .sort((left, right) => rank(left) - rank(right));
    if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
  } catch {
    // Firefox before 128 has no setCodecPreferences; it follows the order of the offer.
  }
}

/** The H264 profiles that this browser encodes, as in `profile-level-id`; `null` if it does not say. */
export function encodableH264Profiles(): readonly string[] | null {
  try {
    const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
    return codecs.flatMap(({ sdpFmtpLine = '' }) => {
      return /profile-level-id=(..)/i.exec(sdpFmtpLine)?.[1]?.toLowerCase() ?? [];
    });
  } catch {
    return null;
  }
}
