import { randomBytes } from 'node:crypto';
import { SessionDescription } from 'werift';
import { AUDIO_CODEC, type CodecLine, VIDEO_CODECS, type VideoCodec } from '../media/codecs.js';
import type { MediaKind } from '../media/media-packet.js';
import type { CongestionControl } from '../options/options.js';
import { TRANSPORT_CC_EXTENSION, TRANSPORT_CC_URI } from './transport-cc.js';

/** One m-line of a peer. */
export interface PeerMedia {
  readonly kind: MediaKind;
  readonly mid: string;
  /** The first is preferred. */
  readonly codecs: readonly CodecLine[];
}

/** The m-lines that OvenMediaEngine offers: the picture, in one of these codecs, then the sound. */
export function omeMedia(video: readonly VideoCodec[]): readonly PeerMedia[] {
  const audio: PeerMedia = { kind: 'audio', mid: randomName(6), codecs: [AUDIO_CODEC] };
  if (video.length === 0) return [audio];
  const codecs = video.map((codec) => VIDEO_CODECS[codec]);
  return [{ kind: 'video', mid: randomName(6), codecs }, audio];
}

/** One m-line of an offer. */
export interface OfferedMedia extends PeerMedia {
  /** The SSRCs that a viewer will get; absent where the browser is to send. */
  readonly ssrc?: number;
  readonly rtxSsrc?: number;
}

/** The parts of an offer. */
export interface OfferParts {
  readonly usernameFragment: string;
  readonly password: string;
  /** `sha-256 AB:CD:…`. */
  readonly fingerprint: string;
  readonly direction: 'recvonly' | 'sendonly';
  readonly congestionControl: CongestionControl;
  readonly media: readonly OfferedMedia[];
}

/**
 * An offer in OvenMediaEngine's words (its application offer for WebSocket signalling), with
 * `ice-lite`, RTX and, for REMB, its feedback line on top. It carries no candidates: they travel
 * beside it. `ice-lite` stands at session level (RFC 8839 section 5.3); Firefox insists.
 */
export function offerSdp(parts: OfferParts): string {
  const mids = parts.media.map(({ mid }) => mid).join(' ');
  const streamId = randomName(36);
  const lines = [
    'v=0',
    `o=OvenMediaEngine ${randomBytes(4).readUInt32BE() >>> 1} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${mids}`,
    `a=group:LS ${mids}`,
    `a=msid-semantic:WMS ${streamId}`,
    'a=extmap-allow-mixed',
    `a=fingerprint:${parts.fingerprint}`,
    'a=ice-options:trickle',
    `a=ice-ufrag:${parts.usernameFragment}`,
    `a=ice-pwd:${parts.password}`,
    ...parts.media.flatMap((media) => mediaLines(media, parts, streamId)),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function mediaLines(media: OfferedMedia, parts: OfferParts, streamId: string): string[] {
  const payloadTypes = [
    ...media.codecs.map(({ payloadType }) => payloadType),
    ...media.codecs.flatMap(({ rtxPayloadType }) => rtxPayloadType ?? []),
  ];
  const transportCc = parts.congestionControl === 'transport-cc';
  return [
    `m=${media.kind} 9 UDP/TLS/RTP/SAVPF ${payloadTypes.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=${parts.direction}`,
    `a=mid:${media.mid}`,
    'a=setup:actpass',
    'a=rtcp-mux',
    `a=msid:${streamId} ${randomName(36)}`,
    ...(transportCc ? [`a=extmap:${TRANSPORT_CC_EXTENSION} ${TRANSPORT_CC_URI}`] : []),
    ...(media.kind === 'video' ? ['a=extmap:5 uri:ietf:rtc:rtp-hdrext:video:CompositionTime'] : []),
    ...media.codecs.flatMap((codec) => codecLines(codec, media.kind, transportCc)),
    ...ssrcLines(media),
  ];
}

function codecLines(codec: CodecLine, kind: MediaKind, transportCc: boolean): string[] {
  const { payloadType, rtxPayloadType, rtpmap, fmtp } = codec;
  const feedback = [
    ...(transportCc ? ['transport-cc'] : []),
    ...(kind === 'video' && !transportCc ? ['goog-remb'] : []),
    ...(kind === 'video' ? ['ccm fir', 'nack pli', 'nack'] : []),
  ];
  return [
    `a=rtpmap:${payloadType} ${rtpmap}`,
    ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
    ...feedback.map((value) => `a=rtcp-fb:${payloadType} ${value}`),
    ...(rtxPayloadType === undefined
      ? []
      : [`a=rtpmap:${rtxPayloadType} rtx/90000`, `a=fmtp:${rtxPayloadType} apt=${payloadType}`]),
  ];
}

function ssrcLines({ ssrc, rtxSsrc }: OfferedMedia): string[] {
  if (ssrc === undefined) return [];
  if (rtxSsrc === undefined) return [`a=ssrc:${ssrc} cname:ingest`];
  return [
    `a=ssrc-group:FID ${ssrc} ${rtxSsrc}`,
    `a=ssrc:${ssrc} cname:ingest`,
    `a=ssrc:${rtxSsrc} cname:ingest`,
  ];
}

/** One m-line of a browser's answer. */
export interface AnsweredMedia {
  readonly kind: string;
  readonly payloadTypes: readonly number[];
  readonly direction: string;
}

/**
 * Reads the m-lines of an answer. The first payload type of an m-line is the codec that
 * OvenMediaEngine takes, whatever the browser then sends. Throws for an m-line that is none.
 */
export function readAnswer(sdp: string): readonly AnsweredMedia[] {
  return SessionDescription.parse(sdp).media.map(({ kind, fmt, direction = 'sendrecv' }) => ({
    kind,
    payloadTypes: fmt.map(Number),
    direction,
  }));
}

/** Random letters and digits, as OvenMediaEngine uses them for mids and stream ids. */
export function randomName(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
