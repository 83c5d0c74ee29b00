import { BroadcastError, withoutWords } from '../errors.js';
import { listen } from '../foundation/listen.js';
import type { EncodingFeed, FollowedEncoding } from './encoding.js';
import type { TrackFeed } from './feed.js';
import type { SoundContent } from './sdp-preferences.js';
import { writePreferences } from './sdp-preferences.js';
import { candidatesIn, sectionsOf, splitSections } from './sections.js';
import type { SentMedia } from './sent-media.js';
import { noCommonCodec } from './sent-media.js';
import type { VideoCodec } from './video-codec.js';
import { preferVideoCodec } from './video-codec.js';

/** An offer of a peer, for a server that answers. */
export interface Offering {
  /** The offer as it is sent. */
  readonly sdp: string;
  /** The picture that goes out; `null` where there is none yet, or where the camera does not say. */
  readonly picture: OfferedPicture | null;
  /**
   * Sets offer and answer, with these ICE servers beside those of the settings; only then are
   * candidates gathered, so that none has to be gathered anew for them.
   * @throws BroadcastError `negotiation-failed`, or `no-common-codec` where the server takes nothing.
   */
  takeAnswer(answer: string, iceServers: readonly RTCIceServer[]): Promise<void>;
  /**
   * Calls `listener` with each local candidate that is gathered from now on, and with `null` whenever
   * there will be no more. Only the first section of a bundle has any.
   */
  onCandidate(listener: (candidate: RTCIceCandidate | null) => void): void;
  /** Resolves when the server closed the connection (DTLS `close_notify`); never before an answer. */
  readonly closedByServer: Promise<void>;
  /** New ICE credentials, which are not used until their answer is taken (RFC 8445 section 2.4). */
  restart(): Promise<IceRestart>;
}

/** New ICE credentials of a connection that goes on with all else that was negotiated. */
export interface IceRestart {
  /** An offer with the new credentials, of which nothing else differs. */
  readonly sdp: string;
  /** Uses them, and `answer`, which names those of the server. @throws DOMException. */
  takeAnswer(answer: string): Promise<void>;
}

/** The size of a picture in pixels, and its frames per second. */
export interface OfferedPicture {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number | null;
}

/** The parts of a peer that an offer is made with. */
export interface OfferingPeer {
  readonly pc: RTCPeerConnection;
  readonly settings: OfferingSettings;
  /** Aborts when the peer is closed. */
  readonly closing: AbortSignal;
  /** Sends tracks and encodes them as the feeds wish, from now on. */
  follow(): Promise<FollowedEncoding>;
  /** Is told of a kind that nothing is sent of. */
  leaveOut(kind: 'video' | 'audio'): void;
  /** Is told the outcome, and the server's candidates. */
  took(media: SentMedia, candidates: readonly RTCIceCandidateInit[]): void;
}

/** The settings of a peer that matter to an offer. */
export interface OfferingSettings {
  readonly iceServers: readonly RTCIceServer[];
  readonly feed: TrackFeed;
  readonly videoCodec: VideoCodec;
  readonly simulcast: boolean;
  readonly scalabilityMode: string | null;
  readonly sound: SoundContent;
  readonly encoding: EncodingFeed;
}

/** The sizes of a simulcast picture by their names (RFC 8851), the largest first, as an answer may keep that alone. */
const LAYERS = ['h', 'm', 'l'] as const;

/** W3C webrtc-svc, which the types of the DOM lack. */
interface ScalableEncoding extends RTCRtpEncodingParameters {
  scalabilityMode?: string;
}

/**
 * Makes an offer as RFC 9725 section 4.4 wants it: one stream, at most one picture and one sound, each
 * `sendonly`, all of them in one bundle.
 * @throws BroadcastError `negotiation-failed`.
 */
export async function makeOffer(peer: OfferingPeer): Promise<Offering> {
  const { pc, settings } = peer;
  const wanted = settings.feed.current();
  let offer = '';
  let following: FollowedEncoding;
  try {
    const stream = new MediaStream();
    for (const kind of ['audio', 'video'] as const) {
      const track = wanted[kind];
      if (track === 'absent') {
        peer.leaveOut(kind);
        continue;
      }
      const sendEncodings = kind === 'video' ? encodingsOf(settings) : [];
      const init: RTCRtpTransceiverInit = { direction: 'sendonly', streams: [stream] };
      preferVideoCodec(addTransceiver(pc, track ?? kind, init, sendEncodings), settings.videoCodec);
    }
    following = await peer.follow();
    offer = (await pc.createOffer()).sdp ?? '';
  } catch (cause) {
    throw noOffer(cause);
  }
  let closed = () => {};
  const closedByServer = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const shaped = (answer: string) =>
    writePreferences(answer, {
      // A server may read nothing but the codec that it put first.
      videoCodec: null,
      maxVideoKbps: settings.encoding.current().maxVideoKbps,
      sound: settings.sound,
      h264Profiles: null,
    });
  return {
    sdp: asSent(offer),
    picture: wanted.video === null || wanted.video === 'absent' ? null : pictureOf(wanted.video),
    closedByServer,
    onCandidate(listener) {
      const hear = (event: Event) => {
        const { candidate } = event as RTCPeerConnectionIceEvent;
        // An empty one only says that there are no more.
        listener(candidate?.candidate ? candidate : null);
      };
      listen(pc, 'icecandidate', hear, peer.closing);
    },
    async takeAnswer(answer, iceServers) {
      addServers(pc, settings.iceServers, iceServers);
      try {
        await pc.setLocalDescription({ type: 'offer', sdp: offer });
        await pc.setRemoteDescription({ type: 'answer', sdp: shaped(answer) });
      } catch (cause) {
        throw answerRefused(cause);
      }
      // The answer may have left one size of several.
      if (settings.simulcast) following.renew();
      const sent = {
        video: wanted.video === 'absent' ? 'left-out' : takenIn(answer, 'video'),
        audio: wanted.audio === 'absent' ? 'left-out' : takenIn(answer, 'audio'),
      } as const;
      peer.took(sent, candidatesOf(answer));
      const kinds: readonly string[] = [sent.video, sent.audio];
      if (!kinds.includes('taken')) throw noCommonCodec(answer, sent);
      const transport = pc.getSenders().find((sender) => sender.transport !== null)?.transport;
      if (transport) {
        const check = () => transport.state === 'closed' && closed();
        listen(transport, 'statechange', check, peer.closing);
      }
    },
    async restart() {
      const again = (await pc.createOffer({ iceRestart: true })).sdp ?? '';
      return {
        sdp: again,
        async takeAnswer(answer) {
          await pc.setLocalDescription({ type: 'offer', sdp: again });
          await pc.setRemoteDescription({ type: 'answer', sdp: shaped(answer) });
        },
      };
    },
  };
}

function encodingsOf({ simulcast, scalabilityMode }: OfferingSettings): ScalableEncoding[] {
  const mode = scalabilityMode === null ? {} : { scalabilityMode };
  if (!simulcast) return scalabilityMode === null ? [] : [mode];
  return LAYERS.map((rid, layer) => ({ rid, scaleResolutionDownBy: 2 ** layer, ...mode }));
}

/** A browser that knows no such layers, or no such sizes, sends what it can. */
function addTransceiver(
  pc: RTCPeerConnection,
  source: MediaStreamTrack | string,
  init: RTCRtpTransceiverInit,
  encodings: ScalableEncoding[],
): RTCRtpTransceiver {
  const plain = encodings.map(({ scalabilityMode: _, ...encoding }) => encoding);
  for (const sendEncodings of encodings.length === 0 ? [] : [encodings, plain]) {
    try {
      return pc.addTransceiver(source, { ...init, sendEncodings });
    } catch {}
  }
  return pc.addTransceiver(source, init);
}

/**
 * The offer as servers want it. RFC 9725 section 4.4.1 has `rtcp-mux-only` in each section, which browsers leave
 * out. And Firefox writes port 0 with `bundle-only`, which RFC 9143 section 6 allows and some servers take
 * for a section that is refused; with another port the attribute means nothing.
 */
function asSent(offer: string): string {
  return splitSections(offer)
    .flatMap((lines) => {
      const isMuxOnly = lines.includes('a=rtcp-mux-only');
      const isBundleOnly = lines.includes('a=bundle-only');
      return lines.flatMap((line, index) => {
        if (index === 0 && isBundleOnly) return line.replace(/^(m=\S+) 0 /, '$1 9 ');
        return line === 'a=rtcp-mux' && !isMuxOnly ? [line, 'a=rtcp-mux-only'] : line;
      });
    })
    .map((line) => `${line}\r\n`)
    .join('');
}

function pictureOf(track: MediaStreamTrack): OfferedPicture | null {
  const { width = 0, height = 0, frameRate = null } = track.getSettings();
  return width > 0 && height > 0 ? { width, height, frameRate } : null;
}

/** The server's ICE servers help; one that the browser refuses must not end the broadcast. */
function addServers(
  pc: RTCPeerConnection,
  own: readonly RTCIceServer[],
  announced: readonly RTCIceServer[],
): void {
  if (announced.length === 0) return;
  const configuration = pc.getConfiguration();
  const usable = announced.filter((server) => set(pc, { ...configuration, iceServers: [server] }));
  set(pc, { ...configuration, iceServers: [...own, ...usable] });
}

function set(pc: RTCPeerConnection, configuration: RTCConfiguration): boolean {
  try {
    pc.setConfiguration(configuration);
    return true;
  } catch {
    return false;
  }
}

function takenIn(answer: string, kind: string): 'taken' | 'refused' {
  const isTaken = sectionsOf(answer).some(
    (section) =>
      section.kind === kind &&
      !section.isRefused &&
      !section.lines.some((line) => line === 'a=inactive' || line === 'a=sendonly'),
  );
  return isTaken ? 'taken' : 'refused';
}

function candidatesOf(answer: string): readonly RTCIceCandidateInit[] {
  return sectionsOf(answer).flatMap((section) =>
    candidatesIn(section).map((candidate) => ({
      candidate,
      sdpMid: section.mid,
      sdpMLineIndex: section.index,
    })),
  );
}

function noOffer(cause: unknown): BroadcastError {
  return new BroadcastError(
    'negotiation-failed',
    'The browser could not make an offer. Update the browser, or try another one.',
    { cause: withoutWords(cause) },
  );
}

function answerRefused(cause: unknown): BroadcastError {
  return new BroadcastError(
    'negotiation-failed',
    'The browser could not use the answer of the server. Update the browser, or try another one; whoever runs the server can look at the answer.',
    { cause: withoutWords(cause) },
  );
}
