import { randomBytes } from 'node:crypto';
import { SessionDescription } from 'werift';
import type { CodecLine } from '../media/codecs.js';
import type { MediaKind } from '../media/media-packet.js';
import type { CongestionControl } from '../options/options.js';
import type { TransportParameters } from './ingest-peer.js';
import type { PeerMedia } from './sdp.js';
import { TRANSPORT_CC_URI } from './transport-cc.js';

/** Thrown for an offer that nobody can answer. Its message says why. */
export class UnusableOffer extends Error {}

/** One codec of an offer, with what of it an answer repeats. */
interface OfferedCodec extends CodecLine {
  /** As they stand behind `a=rtcp-fb:<payload type>`. */
  readonly feedback: readonly string[];
}

/** An m-line that is taken. */
interface TakenMedia extends PeerMedia {
  readonly codecs: readonly OfferedCodec[];
}

/** One m-line of an offer. */
interface OfferedLine {
  readonly kind: string;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly mid: string;
  /** The part that is accepted; undefined where the m-line is refused. */
  readonly media: TakenMedia | undefined;
  readonly sends: boolean;
  readonly extensions: readonly { readonly id: number; readonly uri: string }[];
  readonly sources: readonly number[];
}

/** A browser's offer, as far as it matters to whoever answers. */
export interface BrowserOffer {
  readonly lines: readonly OfferedLine[];
  /** The m-lines that are taken, in their order. */
  readonly media: readonly PeerMedia[];
  readonly ice: Pick<TransportParameters, 'usernameFragment' | 'password'>;
  readonly fingerprints: readonly string[];
  /** Extension id of the transport-wide sequence number, if it is offered. */
  readonly transportCcExtension: number | undefined;
}

const TOKEN = /^[\w!#$%&'*+.^`{|}~-]{1,64}$/;
const ICE_CHARACTERS = /^[A-Za-z\d+/]{4,256}$/;
const PROTOCOLS = ['UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP', 'RTP/SAVPF', 'TCP/TLS/RTP/SAVPF'];
/** The feedback that the ingest gives. */
const FEEDBACK = ['nack', 'nack pli', 'ccm fir'];

/**
 * Reads an offer: of each kind the first m-line is taken, with every codec of it that the ingest
 * knows, in the offer's order; its candidates are not looked at, for whoever offers is heard from
 * first. Simulcast is not taken: the browser then sends one picture (RFC 8853 section 5.3.2).
 * @throws UnusableOffer
 */
export function readOffer(sdp: string): BrowserOffer {
  const description = parse(sdp);
  const taken = new Set<string>();
  const lines = description.media.map((media): OfferedLine => {
    const { kind, profile, port, fmt, direction = 'sendrecv', rtp } = media;
    const mid = rtp.muxId ?? '';
    if (!TOKEN.test(mid)) throw new UnusableOffer('An m-line has no usable mid');
    const isUsable = isMedia(kind) && PROTOCOLS.includes(profile) && port !== 0 && !taken.has(kind);
    const codecs = isUsable ? codecsOf(kind, media) : [];
    if (isUsable && codecs.length === 0)
      throw new UnusableOffer(`There is no ${kind} codec in common`);
    if (isUsable) taken.add(kind);
    return {
      kind,
      protocol: profile,
      formats: fmt.map(String),
      mid,
      media: isUsable ? { kind, mid, codecs } : undefined,
      sends: direction === 'sendonly' || direction === 'sendrecv',
      extensions: rtp.headerExtensions.flatMap(({ id, uri }) =>
        Number.isInteger(id) && /^\S+$/.test(uri) ? [{ id, uri }] : [],
      ),
      sources: media.ssrc.map(({ ssrc }) => ssrc).filter((ssrc) => Number.isInteger(ssrc)),
    };
  });
  const first = description.media.find((_, index) => lines[index]?.media !== undefined);
  const { usernameFragment = '', password = '' } = first?.iceParams ?? {};
  const { fingerprints = [], role } = first?.dtlsParams ?? {};
  const media = lines.flatMap((line) => line.media ?? []);
  if (first === undefined) throw new UnusableOffer('There is neither sound nor picture');
  if (!lines.some((line) => line.media !== undefined && line.sends)) {
    throw new UnusableOffer('Nothing is sent: the direction is sendonly or sendrecv');
  }
  if (new Set(lines.map(({ mid }) => mid)).size < lines.length) {
    throw new UnusableOffer('Two m-lines have the same mid');
  }
  const bundle = description.group.find(({ semantic }) => semantic === 'BUNDLE')?.items ?? [];
  if (media.length > 1 && !media.every(({ mid }) => bundle.includes(mid))) {
    throw new UnusableOffer('The m-lines are not bundled');
  }
  if (!ICE_CHARACTERS.test(usernameFragment) || !ICE_CHARACTERS.test(password)) {
    throw new UnusableOffer('There is no a=ice-ufrag and a=ice-pwd');
  }
  const usable = fingerprints
    .map(({ algorithm, value }) => `${algorithm} ${value}`)
    .filter((fingerprint) => /^[\w-]+ [\dA-Fa-f:]+$/.test(fingerprint));
  if (usable.length === 0) throw new UnusableOffer('There is no a=fingerprint');
  // The ingest is DTLS server, as OvenMediaEngine is.
  if (role === 'server') throw new UnusableOffer('setup:passive: the offerer has to be active');
  return {
    lines,
    media,
    ice: { usernameFragment, password },
    fingerprints: usable,
    transportCcExtension: lines
      .flatMap((line) => (line.media === undefined ? [] : line.extensions))
      .find(({ uri }) => uri === TRANSPORT_CC_URI)?.id,
  };
}

function parse(sdp: string): SessionDescription {
  // A value that an answer repeats must not begin a line of its own there.
  if (!/^v=0\r?\n/.test(sdp) || /[^\P{Cc}\r\n\t]|\r(?!\n)/u.test(sdp)) {
    throw new UnusableOffer('Could not parse SDP');
  }
  try {
    return SessionDescription.parse(sdp.replace(/\r?\n/g, '\r\n'));
  } catch {
    throw new UnusableOffer('Could not parse SDP');
  }
}

function isMedia(kind: string): kind is MediaKind {
  return kind === 'audio' || kind === 'video';
}

type ParsedMedia = SessionDescription['media'][number];

/** The codecs that the ingest knows, each with its retransmissions. */
function codecsOf(kind: MediaKind, { fmt, rtp }: ParsedMedia): readonly OfferedCodec[] {
  const byType = new Map(rtp.codecs.map((codec) => [codec.payloadType, codec]));
  return fmt.flatMap((format): readonly OfferedCodec[] => {
    const payloadType = Number(format);
    const codec = byType.get(payloadType);
    const name = codec?.name.toUpperCase();
    const isKnown = kind === 'audio' ? name === 'OPUS' : name === 'H264' || name === 'VP8';
    if (codec === undefined || !isKnown || !isPayloadType(payloadType)) return [];
    const rtx = rtp.codecs.find(
      ({ name: other, parameters = '' }) =>
        other.toLowerCase() === 'rtx' && parameters.split(';').includes(`apt=${payloadType}`),
    );
    const clock = kind === 'audio' ? '48000/2' : '90000';
    return [
      {
        name: name as CodecLine['name'],
        payloadType,
        rtpmap: `${name}/${clock}`,
        ...(codec.parameters ? { fmtp: codec.parameters } : {}),
        ...(rtx === undefined || !isPayloadType(rtx.payloadType)
          ? {}
          : { rtxPayloadType: rtx.payloadType }),
        feedback: codec.rtcpFeedback.map(({ type, parameter }) =>
          parameter === undefined ? type : `${type} ${parameter}`,
        ),
      },
    ];
  });
}

function isPayloadType(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 127;
}

/**
 * The browser's offer, written as the answer to an offer of werift's own with the same m-lines: the
 * peer always makes werift offer.
 */
export function asAnswer(offer: BrowserOffer): string {
  const media = offer.lines.flatMap(({ media: taken, sends, sources }) => {
    if (taken === undefined) return [];
    return [
      ...mediaLine(taken),
      `a=${sends ? 'sendonly' : 'inactive'}`,
      'a=setup:active',
      `a=ice-ufrag:${offer.ice.usernameFragment}`,
      `a=ice-pwd:${offer.ice.password}`,
      ...offer.fingerprints.map((fingerprint) => `a=fingerprint:${fingerprint}`),
      ...taken.codecs.flatMap((codec) => codecLines(codec, [])),
      ...sources.map((ssrc) => `a=ssrc:${ssrc} cname:browser`),
    ];
  });
  const mids = offer.media.map(({ mid }) => mid).join(' ');
  return textOf([
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids}`,
    ...media,
  ]);
}

/** The parts of an answer, besides the offer. */
export interface AnswerParts {
  readonly transport: TransportParameters;
  /** `candidate:…` */
  readonly candidates: readonly string[];
  readonly congestionControl: CongestionControl;
}

/** Extensions that an answer keeps, besides that of transport-cc. */
const KEPT_EXTENSIONS = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'uri:ietf:rtc:rtp-hdrext:video:CompositionTime',
];

/** The answer, in OvenMediaEngine's words for WHIP, with `ice-lite` on top. */
export function answerSdp(offer: BrowserOffer, parts: AnswerParts): string {
  const { transport, candidates, congestionControl } = parts;
  const mids = offer.media.map(({ mid }) => mid).join(' ');
  const transportCc = congestionControl === 'transport-cc';
  const media = offer.lines.flatMap(({ kind, protocol, formats, mid, media: taken, ...line }) => {
    if (taken === undefined) {
      return [
        `m=${kind} 0 ${protocol} ${formats.join(' ')}`,
        'c=IN IP4 0.0.0.0',
        'a=inactive',
        `a=mid:${mid}`,
      ];
    }
    const feedback = [
      ...(taken.kind === 'video' ? FEEDBACK : []),
      transportCc ? 'transport-cc' : 'goog-remb',
    ];
    return [
      ...mediaLine(taken),
      `a=${line.sends ? 'recvonly' : 'inactive'}`,
      'a=setup:passive',
      `a=ice-ufrag:${transport.usernameFragment}`,
      `a=ice-pwd:${transport.password}`,
      `a=fingerprint:${transport.fingerprint}`,
      ...line.extensions
        .filter(
          ({ uri }) => KEPT_EXTENSIONS.includes(uri) || (transportCc && uri === TRANSPORT_CC_URI),
        )
        .map(({ id, uri }) => `a=extmap:${id} ${uri}`),
      ...taken.codecs.flatMap((codec) => codecLines(codec, feedback)),
      ...candidates.map((candidate) => `a=${candidate}`),
      'a=end-of-candidates',
    ];
  });
  return textOf([
    'v=0',
    `o=OvenMediaEngine ${randomBytes(4).readUInt32BE() >>> 1} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${mids}`,
    'a=extmap-allow-mixed',
    'a=ice-options:trickle',
    ...media,
  ]);
}

function mediaLine({ kind, mid, codecs }: PeerMedia): string[] {
  const types = codecs.flatMap(({ payloadType, rtxPayloadType = [] }) =>
    [payloadType, rtxPayloadType].flat(),
  );
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${[...new Set(types)].join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=rtcp-mux',
  ];
}

function codecLines(codec: OfferedCodec, ours: readonly string[]): string[] {
  const { payloadType, rtxPayloadType, rtpmap, fmtp, feedback } = codec;
  return [
    `a=rtpmap:${payloadType} ${rtpmap}`,
    ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
    ...feedback
      .filter((each) => ours.includes(each))
      .map((each) => `a=rtcp-fb:${payloadType} ${each}`),
    ...(rtxPayloadType === undefined
      ? []
      : [`a=rtpmap:${rtxPayloadType} rtx/90000`, `a=fmtp:${rtxPayloadType} apt=${payloadType}`]),
  ];
}

function textOf(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}
