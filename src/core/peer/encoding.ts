type VideoCodec = 'h264' | 'vp8';

/**
 * Moves the payload types of `codec` to the front of the offered video section. The sender encodes
 * what stands first in the *offer*, while OvenMediaEngine expects what stands first in the
 * *answer*, so an answer that prefers another codec than the offer publishes nothing.
 */
export function reorderOfferedVideo(offer: string, codec: VideoCodec): string {
  const lines = offer.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith('m=video '));
  if (start === -1) return offer;
  const next = lines.findIndex((line, index) => index > start && line.startsWith('m='));
  const section = lines.slice(start, next === -1 ? undefined : next);
  const wanted = payloadTypesOf(section, codec);
  const [media, port, protocol, ...payloadTypes] = (lines[start] ?? '').split(' ');
  const reordered = [
    ...payloadTypes.filter((type) => wanted.has(type)),
    ...payloadTypes.filter((type) => !wanted.has(type)),
  ];
  lines[start] = [media, port, protocol, ...reordered].join(' ');
  return lines.join('\r\n');
}

/** The payload types of a codec, and of the retransmissions that repeat it (RFC 4588). */
function payloadTypesOf(section: readonly string[], codec: VideoCodec): Set<string> {
  const types = new Set<string>();
  for (const line of section) {
    const map = /^a=rtpmap:(\d+) ([^/]+)\//.exec(line);
    if (map?.[1] !== undefined && map[2]?.toLowerCase() === codec) types.add(map[1]);
  }
  for (const line of section) {
    const repeats = /^a=fmtp:(\d+) apt=(\d+)/.exec(line);
    if (repeats?.[1] !== undefined && repeats[2] !== undefined && types.has(repeats[2])) {
      types.add(repeats[1]);
    }
  }
  return types;
}

/** Orders the answer: `codec` first, the other of H264 and VP8 behind it, nothing else. */
export function preferVideoCodec(transceiver: RTCRtpTransceiver, codec: VideoCodec): void {
  if (transceiver.receiver.track.kind !== 'video') return;
  // Firefox before 128 has no setCodecPreferences; it follows the order of the offer.
  if (typeof transceiver.setCodecPreferences !== 'function') return;
  const rank = ({ mimeType }: { readonly mimeType: string }) => {
    const name = mimeType.toLowerCase();
    if (name === `video/${codec}`) return 0;
    if (name === 'video/h264' || name === 'video/vp8') return 1;
    return name === 'video/rtx' ? 2 : 3;
  };
  const codecs = (RTCRtpReceiver.getCapabilities('video')?.codecs ?? [])
    .filter((capability) => rank(capability) < 3)
    .sort((left, right) => rank(left) - rank(right));
  if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
}

/**
 * Caps what the video sender may use, in kilobits per second, and keeps the picture at full size:
 * left alone, Chromium begins with a quarter of it and takes ten seconds and more to grow, and an
 * ingest that packages for viewers may keep the size of the first frames for good.
 */
export async function encodeVideo(pc: RTCPeerConnection, maxVideoKbps: number): Promise<void> {
  for (const { sender, receiver } of pc.getTransceivers()) {
    if (receiver.track.kind !== 'video') continue;
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings ?? [];
    if (encoding === undefined) continue;
    encoding.maxBitrate = Math.round(maxVideoKbps * 1000);
    await sender.setParameters({ ...parameters, degradationPreference: 'maintain-resolution' });
  }
}
