import { BroadcastError } from '../core/errors.js';
import type { Peer } from '../core/peer/peer.js';

/** What a fake peer does where a browser would not on demand. */
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
  | 'REFUSES_OFFER';

/** A peer without a browser: it records what it was asked, and ends on command. */
export interface FakePeer extends Peer {
  /** The ICE servers it was made with. */
  readonly iceServers: readonly RTCIceServer[];
  readonly remoteCandidates: RTCIceCandidateInit[];
  readonly isClosed: boolean;
  /** Loses the transport for good. */
  lose(): void;
}

/** Makes a fake peer; `ICE_HANGS` and `NO_MEDIA` end only with their signal. */
export function createFakePeer(
  behaviour: PeerBehaviour,
  iceServers: readonly RTCIceServer[] = [],
): FakePeer {
  let closed = false;
  let lose = () => {};
  const remoteCandidates: RTCIceCandidateInit[] = [];
  const lost = new Promise<BroadcastError>((resolve) => {
    lose = () => resolve(new BroadcastError('media-lost', 'The fake path was lost.'));
  });
  return {
    iceServers,
    remoteCandidates,
    get isClosed() {
      return closed;
    },
    lose: () => lose(),
    async answer() {
      if (behaviour === 'REFUSES_OFFER') {
        throw new BroadcastError('negotiation-failed', 'The fake peer refuses every offer.');
      }
      return 'v=0\r\n';
    },
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
    getStats: async () => new Map() as unknown as RTCStatsReport,
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
