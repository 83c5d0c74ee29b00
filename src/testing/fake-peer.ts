import { BroadcastError } from '../core/errors.js';
import type { Offering } from '../core/peer/offering.js';
import type { Peer } from '../core/peer/peer.js';
import type { Traffic } from '../core/peer/traffic.js';
import { FAKE_OFFER } from './fake-whip.js';

/** Behaviours of a fake peer that a browser does not show on demand. */
export type PeerBehaviour =
  /** Connects, and sends media at once. */
  | 'CONNECTS'
  /** No path is found: `connected` rejects. */
  | 'ICE_FAILS'
  /** Neither connects nor fails. */
  | 'ICE_HANGS'
  /** Connects, but no packet leaves. */
  | 'NO_MEDIA'
  /** The browser cannot make an answer. */
  | 'REFUSES_OFFER'
  /** Connects, but there is no codec for the picture in common. */
  | 'REFUSES_PICTURE';

/** The feedback to a fake peer while it sends. */
export type PathBehaviour =
  /** Something comes back all the time. */
  | 'ALIVE'
  /** Nothing comes back but answers to the checks of the path, every two and a half seconds. */
  | 'ONLY_CHECKED'
  /** As that, and the browser does not count them. */
  | 'ONLY_CHECKED_UNCOUNTED'
  /** Packets leave, and nothing comes back. */
  | 'SILENT'
  /** Something comes back, but the checks of the path are not answered: only the way out is dead. */
  | 'UNANSWERED'
  /** Nothing leaves, so nothing comes back. */
  | 'NOTHING_SENT'
  /** The browser does not count what comes back. */
  | 'UNCOUNTED';

/** A peer without a browser: it records what it was asked, and ends on command. */
export interface FakePeer extends Peer {
  /** The ICE servers it was made with. */
  readonly iceServers: readonly RTCIceServer[];
  readonly remoteCandidates: RTCIceCandidateInit[];
  /** The answers that it took to offers of its own, those of ICE restarts included. */
  readonly answers: readonly string[];
  readonly isClosed: boolean;
  /** How often it was asked to go on checking its path. */
  readonly checks: number;
  /** Key frames that were requested of it. */
  readonly keyFrames: number;
  /** Changes what comes back from now on. */
  behave(path: PathBehaviour): void;
  /** Gathers one more candidate for an offer of its own, or says with `null` that there are no more. */
  gather(candidate: string | null, usernameFragment?: string): void;
  /** Is closed by the server. */
  closeByServer(): void;
  /** Loses the transport for good. */
  lose(): void;
  /** Finds something to send that was not negotiated. */
  needRenegotiation(): void;
}

/** Makes a fake peer; `ICE_HANGS` and `NO_MEDIA` end only with their signal. */
export function createFakePeer(
  behaviour: PeerBehaviour,
  iceServers: readonly RTCIceServer[] = [],
): FakePeer {
  let closed = false;
  let keyFrames = 0;
  let checks = 0;
  let path: PathBehaviour = 'ALIVE';
  let traffic: Traffic = { received: 1, answers: 0, sent: 1, isAnswered: true };
  let looks = 0;
  let lose = () => {};
  let needsRenegotiation = false;
  const remoteCandidates: RTCIceCandidateInit[] = [];
  const answers: string[] = [];
  let announced: readonly RTCIceServer[] = [];
  let hear: Parameters<Offering['onCandidate']>[0] = () => {};
  let closeByServer = () => {};
  let restarts = 0;
  const closedByServer = new Promise<void>((resolve) => {
    closeByServer = resolve;
  });
  const lost = new Promise<BroadcastError>((resolve) => {
    lose = () => resolve(new BroadcastError('media-lost', 'The fake path was lost.'));
  });
  return {
    get iceServers() {
      return [...iceServers, ...announced];
    },
    remoteCandidates,
    answers,
    get isClosed() {
      return closed;
    },
    get checks() {
      return checks;
    },
    get keyFrames() {
      return keyFrames;
    },
    behave(next) {
      path = next;
    },
    gather(candidate, usernameFragment = 'localUfrag') {
      hear(candidate === null ? null : ({ candidate, usernameFragment } as RTCIceCandidate));
    },
    closeByServer: () => closeByServer(),
    lose: () => lose(),
    needRenegotiation() {
      needsRenegotiation = true;
    },
    async answer() {
      if (behaviour === 'REFUSES_OFFER') {
        throw new BroadcastError('negotiation-failed', 'The fake peer refuses every offer.');
      }
      return 'v=0\r\n';
    },
    async offer() {
      if (behaviour === 'REFUSES_OFFER') {
        throw new BroadcastError('negotiation-failed', 'The fake peer makes no offer.');
      }
      return {
        sdp: FAKE_OFFER,
        picture: { width: 1280, height: 720, frameRate: 30 },
        closedByServer,
        onCandidate(listener) {
          hear = listener;
        },
        async takeAnswer(answer, servers) {
          announced = servers;
          answers.push(answer);
        },
        async restart() {
          restarts += 1;
          return {
            sdp: FAKE_OFFER.replaceAll('localUfrag', `localUfrag${restarts}`),
            async takeAnswer(answer) {
              answers.push(answer);
            },
          };
        },
      };
    },
    sent: () => ({ video: behaviour === 'REFUSES_PICTURE' ? 'refused' : 'taken', audio: 'taken' }),
    onCandidate(listener) {
      listener({ candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMLineIndex: 0 });
    },
    async addCandidates(candidates) {
      remoteCandidates.push(...candidates);
    },
    async connected(signal) {
      if (behaviour === 'ICE_HANGS') await aborted(signal);
      if (behaviour === 'ICE_FAILS') {
        throw new BroadcastError('negotiation-failed', 'The fake path was never found.');
      }
    },
    async firstMedia(signal) {
      if (behaviour === 'NO_MEDIA') await aborted(signal);
    },
    lost,
    needsRenegotiation: () => needsRenegotiation,
    getStats: async () => new Map() as unknown as RTCStatsReport,
    async traffic() {
      if (path === 'UNCOUNTED') return null;
      looks += 1;
      const isChecked = path === 'ONLY_CHECKED' && looks % 10 === 0;
      traffic = {
        answers: traffic.answers + (isChecked ? 1 : 0),
        received: traffic.received + (path === 'ALIVE' || path === 'UNANSWERED' ? 1 : 0),
        sent: traffic.sent + (path === 'NOTHING_SENT' ? 0 : 1),
        isAnswered: path !== 'UNANSWERED',
      };
      return traffic;
    },
    keepChecking() {
      checks += 1;
    },
    sendKeyFrame() {
      keyFrames += 1;
    },
    close() {
      closed = true;
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
