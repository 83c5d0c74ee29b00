import { BroadcastError, withoutWords } from '../errors.js';
import { childOf } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { sleep, within } from '../foundation/time.js';
import type { EncodingFeed, FollowedEncoding } from './encoding.js';
import { followEncoding } from './encoding.js';
import type { FeedTrack, TrackFeed } from './feed.js';
import type { Offering } from './offering.js';
import type { SoundContent } from './sdp-preferences.js';
import { writePreferences } from './sdp-preferences.js';
import type { Section } from './sections.js';
import {
  candidatesIn,
  sectionsOf,
  sendingSections,
  transportsOf,
  withoutRefusedInBundles,
} from './sections.js';
import type { SentMedia } from './sent-media.js';
import { noCommonCodec, sentMediaIn } from './sent-media.js';
import { spareCandidate } from './spare-candidate.js';
import type { Traffic } from './traffic.js';
import { parseTraffic } from './traffic.js';
import type { VideoCodec } from './video-codec.js';
import { encodableH264Profiles, preferVideoCodec } from './video-codec.js';

/** Everything the kit asks of a peer connection; the only door to `RTCPeerConnection`. */
export interface Peer {
  /**
   * Takes the remote offer and returns the answer, already set locally; gathering has begun.
   * @throws BroadcastError `negotiation-failed`, or `no-common-codec` where nothing could be sent.
   */
  answer(offer: string): Promise<string>;
  /**
   * Makes an offer that only sends, for a server that answers; nothing is set locally yet.
   * @throws BroadcastError `negotiation-failed`.
   */
  offer(): Promise<Offering>;
  /** The media that the server takes, by the answer. */
  sent(): SentMedia;
  /** Calls `listener` with each local candidate, those gathered before included. */
  onCandidate(listener: (candidate: RTCIceCandidateInit) => void): void;
  /**
   * Adds the remote's candidates, each to a section that the answer took; one that cannot be used
   * is skipped, as ICE allows.
   */
  addCandidates(candidates: readonly RTCIceCandidateInit[]): Promise<void>;
  /** Resolves when ICE and DTLS are up. @throws BroadcastError `negotiation-failed`. */
  connected(signal: AbortSignal): Promise<void>;
  /** Resolves when the first packets of media left. @throws BroadcastError `media-lost`. */
  firstMedia(signal: AbortSignal): Promise<void>;
  /** Settles once, when the transport has failed for good. */
  readonly lost: Promise<BroadcastError>;
  /** Whether there is something to send of a kind that was left out of the answer. */
  needsRenegotiation(): boolean;
  getStats(): Promise<RTCStatsReport>;
  /** The counters of what went out and came in; `null` where the browser does not count it. */
  traffic(): Promise<Traffic | null>;
  /**
   * Gives a silent path one more address to check. Chromium gives a path up for good 15 s after its
   * last answer, unless there is an address left that it has not tried for as long.
   */
  keepChecking(): void;
  /** Spares viewers the wait for the next picture that needs none before it, where the browser can. */
  sendKeyFrame(): void;
  /** Ends it at once; repeatable. It never stops a track. */
  close(): void;
}

/** The settings of a peer. */
export interface PeerSettings {
  readonly iceServers: readonly RTCIceServer[];
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  /** Whether all media share one path from the start, as an offer may want it. */
  readonly bundlePolicy: RTCBundlePolicy;
  readonly feed: TrackFeed;
  readonly videoCodec: VideoCodec;
  /** Whether an offer has the picture in several sizes. */
  readonly simulcast: boolean;
  /** The layers within each size (W3C webrtc-svc, section 6), as an offer asks for; `null` for the browser's choice. */
  readonly scalabilityMode: string | null;
  readonly sound: SoundContent;
  /** The settings of the video encoder, which may change while it works. */
  readonly encoding: EncodingFeed;
  /** A further remedy where no path for media is found, as a part of a sentence. */
  readonly detour: string | undefined;
  /** Is shown the connection before it negotiates; must not throw. */
  onPeerConnection(connection: RTCPeerConnection): void;
}

const ICE_MS = 15_000;
const DTLS_MS = 10_000;
const FIRST_MEDIA_MS = 10_000;
const FIRST_MEDIA_POLL_MS = 50;
/** Unauthenticated, forbidden, wrong credentials (RFC 8656 section 19, RFC 8489 section 14.8). */
const RELAY_REFUSALS: ReadonlySet<number> = new Set([401, 403, 441]);
/** More would busy the browser for seconds, where each of many sections wants all of them. */
const MOST_CANDIDATES = 128;

/**
 * Opens one connection of the browser. The caller owns it and closes it.
 * @throws BroadcastError `unsupported` where there is no WebRTC, `invalid-options` for ICE servers the browser refuses.
 */
export function createPeer(settings: PeerSettings): Peer {
  const { iceServers, iceTransportPolicy, bundlePolicy } = settings;
  const pc = open({ iceServers: [...iceServers], iceTransportPolicy, bundlePolicy });
  settings.onPeerConnection(pc);
  const closing = new AbortController();
  const until = (
    state: () => boolean,
    ms: number,
    late: () => BroadcastError,
    signal: AbortSignal,
  ) => within(waitFor(pc, state, noPathFound, closing.signal), ms, late, signal);
  let isRelayRefused = false;
  const noPathFound = () => noPath(settings.detour, isRelayRefused);
  listen(
    pc,
    'icecandidateerror',
    (event) => {
      const { errorCode } = event as RTCPeerConnectionIceErrorEvent;
      isRelayRefused ||= RELAY_REFUSALS.has(errorCode);
    },
    closing.signal,
  );
  let followed: FollowedEncoding | null = null;
  let remote: readonly RTCIceCandidateInit[] = [];
  let spares = 0;
  const subscriptions: (() => void)[] = [];
  const unsubscribe = () => {
    for (const end of subscriptions.splice(0)) end();
  };

  const leftOut = new Set<'video' | 'audio'>();
  let sent: SentMedia = { video: 'left-out', audio: 'left-out' };
  /** Candidates that the offer lists for sections that were then refused. */
  let stranded: readonly string[] = [];
  const lost = new Promise<BroadcastError>((resolve) => {
    listen(
      pc,
      'connectionstatechange',
      () => pc.connectionState === 'failed' && resolve(pathLost()),
      closing.signal,
    );
  });

  /** Sends the tracks as the feeds wish from now on. */
  const follow = async () => {
    const { feed, encoding } = settings;
    await sendTracks(pc, feed);
    subscriptions.push(feed.subscribe(() => void sendTracks(pc, feed)));
    const following = await followEncoding(pc, encoding);
    followed = following;
    subscriptions.push(following.end);
    // Closed meanwhile: what was subscribed to since would never be let go.
    if (closing.signal.aborted) unsubscribe();
    return following;
  };

  /** Takes an offer, or another in its place; returns what would be answered. */
  const takeOffer = async (sdp: string, wanted: ReturnType<TrackFeed['current']>) => {
    await pc.setRemoteDescription({ type: 'offer', sdp });
    for (const transceiver of liveTransceivers(pc)) {
      const track = wanted[kindOf(transceiver)];
      transceiver.direction = track === 'absent' ? 'inactive' : 'sendonly';
      if (track === 'absent') leftOut.add(kindOf(transceiver));
      preferVideoCodec(transceiver, settings.videoCodec);
    }
    return (await pc.createAnswer()).sdp ?? '';
  };

  return {
    async answer(offer) {
      const { videoCodec, sound, encoding, feed } = settings;
      const wanted = feed.current();
      let answer = '';
      try {
        const { maxVideoKbps } = encoding.current();
        const h264Profiles = encodableH264Profiles();
        const sdp = writePreferences(offer, { videoCodec, maxVideoKbps, sound, h264Profiles });
        const offered = withoutRefusedInBundles(sdp, sdp);
        const draft = await takeOffer(offered, wanted);
        const living = withoutRefusedInBundles(offered, draft);
        sendOnce(pc, living === offered ? draft : await takeOffer(living, wanted));
        await follow();
        await pc.setLocalDescription(await pc.createAnswer());
        answer = pc.localDescription?.sdp ?? '';
      } catch (cause) {
        throw negotiationFailed(
          'The browser and the ingest could not agree on how to send',
          'Update the browser, or try another one',
          withoutWords(cause),
        );
      }
      sent = sentMediaIn(answer, wanted);
      const kinds = [sent.video, sent.audio];
      if (kinds.includes('refused') && !kinds.includes('taken')) throw noCommonCodec(offer, sent);
      stranded = strandedIn(offer, answer);
      return answer;
    },
    async offer() {
      // Nothing of this is for those who answer, so they do not load it.
      const { makeOffer } = await import('./offering.js');
      return makeOffer({
        pc,
        settings,
        closing: closing.signal,
        follow,
        leaveOut: (kind) => leftOut.add(kind),
        took(media, candidates) {
          sent = media;
          remote = candidates;
        },
      });
    },
    sent: () => sent,
    onCandidate(listener) {
      for (const section of sectionsOf(pc.localDescription?.sdp ?? '')) {
        for (const candidate of candidatesIn(section)) {
          listener({ candidate, sdpMid: section.mid, sdpMLineIndex: section.index });
        }
      }
      listen(
        pc,
        'icecandidate',
        (event) => {
          const { candidate } = event as RTCPeerConnectionIceEvent;
          if (candidate !== null && candidate.candidate !== '') listener(candidate.toJSON());
        },
        closing.signal,
      );
    },
    async addCandidates(candidates) {
      const transports = transportsOf(pc.localDescription?.sdp ?? '');
      const all = [...stranded.map((candidate) => ({ candidate })), ...candidates];
      remote = all.flatMap((init) =>
        goalsOf(init, transports).map(({ mid, index }) => ({
          candidate: init.candidate ?? '',
          sdpMid: mid,
          sdpMLineIndex: index,
        })),
      );
      remote = remote.slice(0, MOST_CANDIDATES);
      await Promise.allSettled(remote.map((candidate) => pc.addIceCandidate(candidate)));
    },
    async connected(signal) {
      const iceUp = () => ['connected', 'completed'].includes(pc.iceConnectionState);
      await until(iceUp, ICE_MS, noPathFound, signal);
      await until(() => pc.connectionState === 'connected', DTLS_MS, noEncryption, signal);
    },
    async firstMedia(signal) {
      const polling = childOf(signal);
      try {
        await within(firstPacket(pc, polling.signal), FIRST_MEDIA_MS, noMedia, signal);
      } finally {
        polling.abort();
      }
    },
    lost,
    needsRenegotiation: () => [...leftOut].some((kind) => hasTrack(settings.feed.current()[kind])),
    getStats: () => statsOf(pc),
    traffic: async () => parseTraffic(await statsOf(pc), pc.iceConnectionState),
    keepChecking() {
      spares += 1;
      const spare = spareCandidate(remote, spares);
      // The path is no worse off, even if the browser refuses it.
      if (spare !== null) pc.addIceCandidate(spare).catch(() => {});
    },
    sendKeyFrame: () => followed?.sendKeyFrame(),
    close() {
      unsubscribe();
      closing.abort();
      pc.close();
    },
  };
}

function open(configuration: RTCConfiguration): RTCPeerConnection {
  if (typeof RTCPeerConnection === 'undefined') {
    throw new BroadcastError(
      'unsupported',
      'This browser has no WebRTC, so it cannot broadcast. Use a current Chrome, Edge, Firefox or Safari.',
    );
  }
  try {
    return new RTCPeerConnection(configuration);
  } catch (cause) {
    throw new BroadcastError(
      'invalid-options',
      'The browser refused the list of ICE servers. Check the iceServers option, and what the ingest announces.',
      { cause: withoutWords(cause) },
    );
  }
}

function waitFor(
  pc: RTCPeerConnection,
  state: () => boolean,
  noPathFound: () => BroadcastError,
  closing: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (state()) resolve();
      else if (pc.connectionState === 'failed') reject(noPathFound());
    };
    listen(pc, 'iceconnectionstatechange', check, closing);
    listen(pc, 'connectionstatechange', check, closing);
    check();
  });
}

function hasTrack(track: FeedTrack): boolean {
  return track !== null && track !== 'absent';
}

function kindOf({ receiver }: RTCRtpTransceiver) {
  return receiver.track.kind as 'video' | 'audio';
}

function feedOf(feed: TrackFeed, transceiver: RTCRtpTransceiver): FeedTrack {
  return feed.current()[kindOf(transceiver)];
}

/** A section that the offer itself refuses may leave one that is stopped, and can be told nothing. */
function liveTransceivers(pc: RTCPeerConnection): readonly RTCRtpTransceiver[] {
  return pc.getTransceivers().filter(({ direction }) => direction !== 'stopped');
}

/** Of several sections of one kind only the first that would be taken is sent to. */
function sendOnce(pc: RTCPeerConnection, draft: string): void {
  for (const transceiver of liveTransceivers(pc)) {
    const [first] = sendingSections(draft, kindOf(transceiver));
    const isOther = first?.mid !== undefined && first.mid !== transceiver.mid;
    if (isOther) transceiver.direction = 'inactive';
  }
}

/** Puts the feed's tracks on the wire, as far as their kinds were negotiated. */
async function sendTracks(pc: RTCPeerConnection, feed: TrackFeed): Promise<void> {
  const changes = liveTransceivers(pc).map(async (transceiver) => {
    const { sender, direction } = transceiver;
    const track = feedOf(feed, transceiver);
    if (track === 'absent' || direction === 'inactive' || sender.track === track) return;
    await sender.replaceTrack(track);
  });
  // A track that ended meanwhile, or a connection that closed, is reported by its own events.
  await Promise.allSettled(changes);
}

function strandedIn(offer: string, answer: string): readonly string[] {
  const answered = sectionsOf(answer);
  return sectionsOf(offer)
    .filter(({ index }) => answered[index]?.isRefused !== false)
    .flatMap(candidatesIn);
}

/** A server that says of every candidate that it is for the first section has one port for all. */
function goalsOf(
  { sdpMid, sdpMLineIndex }: RTCIceCandidateInit,
  transports: readonly Section[],
): readonly Section[] {
  const isGoal = ({ mid, index }: Section) => (sdpMid ? mid === sdpMid : index === sdpMLineIndex);
  const named = sdpMid || sdpMLineIndex ? transports.filter(isGoal) : [];
  return named.length > 0 ? named : transports;
}

/** A browser that refuses to count is taken at its word that the connection is up. */
async function firstPacket(pc: RTCPeerConnection, signal: AbortSignal): Promise<void> {
  for (;;) {
    const report = await statsOf(pc).catch(() => null);
    if (report === null) return;
    for (const stats of report.values()) {
      if (stats.type === 'outbound-rtp' && stats.packetsSent > 0) return;
    }
    await sleep(FIRST_MEDIA_POLL_MS, signal);
  }
}

async function statsOf(pc: RTCPeerConnection): Promise<RTCStatsReport> {
  return pc.getStats();
}

function negotiationFailed(what: string, todo: string, cause?: unknown): BroadcastError {
  return new BroadcastError(
    'negotiation-failed',
    `${what}. ${todo}.`,
    cause === undefined ? {} : { cause },
  );
}

function noPath(detour: string | undefined, isRelayRefused: boolean): BroadcastError {
  if (isRelayRefused) {
    return negotiationFailed(
      'No path for media to the server was found (ICE): its relay (TURN) refused the credential, which has expired or is wrong',
      'Put a valid one into the option iceServers, or ask whoever runs the server',
    );
  }
  return negotiationFailed(
    'No path for media to the server was found (ICE)',
    `A firewall may block it: try another network${detour === undefined ? '' : `, or ${detour}`}`,
  );
}

function noEncryption(): BroadcastError {
  return negotiationFailed(
    'The ingest was reached, but the encryption handshake (DTLS) did not finish',
    'Try again, or try another network',
  );
}

function noMedia(): BroadcastError {
  return new BroadcastError(
    'media-lost',
    'The connection to the ingest is up, but the browser sent no picture and no sound. Check that camera and microphone work.',
  );
}

function pathLost(): BroadcastError {
  return new BroadcastError(
    'media-lost',
    'The path for media to the ingest failed. Check the network; the broadcast goes on as soon as it can.',
  );
}
