type VideoCodec = 'h264' | 'vp8';

/** Share of the cap that the encoder begins with, and the most that is asked of an unknown network. */
const START = { share: 0.8, mostKbps: 2_000 } as const;

/** What is wished for in the video that an offer asks for. */
export interface VideoWish {
  readonly codec: VideoCodec;
  /** Upper limit in kilobits per second. */
  readonly maxVideoKbps: number;
}

/**
 * Writes our wishes into the received offer, which is where a sender reads them. The payload types
 * of `codec` go to the front of the video section: the sender encodes what stands first in the
 * *offer*, while OvenMediaEngine expects what stands first in the *answer*, so an answer that
 * prefers another codec than the offer publishes nothing. And a start bitrate is named, or
 * Chromium sends the first full-size frames at 300 kbit/s, and every viewer is behind from then on.
 */
export function shapeOfferedVideo(offer: string, { codec, maxVideoKbps }: VideoWish): string {
  const lines = offer.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith('m=video '));
  if (start === -1) return offer;
  const next = lines.findIndex((line, index) => index > start && line.startsWith('m='));
  const end = next === -1 ? lines.length : next;
  const section = lines.slice(start, end);
  const wanted = payloadTypesOf(section, codec);
  const [media, port, protocol, ...payloadTypes] = (lines[start] ?? '').split(' ');
  const reordered = [
    ...payloadTypes.filter((type) => wanted.has(type)),
    ...payloadTypes.filter((type) => !wanted.has(type)),
  ];
  section[0] = [media, port, protocol, ...reordered].join(' ');
  const startKbps = Math.round(Math.min(START.share * maxVideoKbps, START.mostKbps));
  lines.splice(
    start,
    end - start,
    ...section.flatMap((line) => withStart(line, section, startKbps)),
  );
  return lines.join('\r\n');
}

/** The line with the start bitrate in it, where it describes a video codec. */
function withStart(line: string, section: readonly string[], kbps: number): readonly string[] {
  const parameter = `x-google-start-bitrate=${kbps}`;
  const format = /^a=fmtp:(\d+) (?!apt=)/.exec(line);
  if (format !== null) return [`${line};${parameter}`];
  const map = /^a=rtpmap:(\d+) (?:H264|VP8)\//i.exec(line);
  const hasFormat = section.some((other) => other.startsWith(`a=fmtp:${map?.[1]} `));
  return map === null || hasFormat ? [line] : [line, `a=fmtp:${map[1]} ${parameter}`];
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
