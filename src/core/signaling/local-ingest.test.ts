import { afterAll, beforeAll, describe, vi } from 'vitest';
import { RTCPeerConnection as NodePeerConnection, RTCRtpCodecParameters } from 'werift';
import { WebSocket as NodeWebSocket } from 'ws';
import { startIngest } from '../../../ingest/index.js';
import { createFakePeer } from '../../testing/fake-peer.js';
import type { SignalingStage } from '../../testing/signaling-contract.js';
import { itKeepsTheSignalingContract } from '../../testing/signaling-contract.js';
import { sleep } from '../foundation/time.js';
import type { Peer } from '../peer/peer.js';
import { adapterFor } from './adapters.js';
import { parseIngestUrl } from './ingest-url.js';

const HINTS = {
  attempt: () => 1,
  mayHoldSession: () => false,
  serverTime: Date.now,
  authToken: null,
  refreshPreparedAnswers: false,
};

/** A peer with real ICE and DTLS that sends nothing. */
function createNodePeer(): Peer {
  const connection = new NodePeerConnection({
    iceServers: [],
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    bundlePolicy: 'max-bundle',
    codecs: {
      video: [new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: 90_000 })],
      audio: [
        new RTCRtpCodecParameters({ mimeType: 'audio/OPUS', clockRate: 48_000, channels: 2 }),
      ],
    },
  });
  let closedByServer = () => {};
  const closed = new Promise<void>((resolve) => {
    closedByServer = resolve;
  });
  return {
    ...createFakePeer('CONNECTS'),
    async offer() {
      connection.addTransceiver('audio', { direction: 'sendonly' });
      connection.addTransceiver('video', { direction: 'sendonly' });
      await connection.setLocalDescription(await connection.createOffer());
      return {
        sdp: connection.localDescription?.sdp ?? '',
        picture: null,
        closedByServer: closed,
        onCandidate: () => {},
        async takeAnswer(answer) {
          // Once no more candidates can come, werift gives up after one check that a busy machine delays.
          const open = answer.replace(/^a=end-of-candidates\r\n/gm, '');
          await connection.setRemoteDescription({ type: 'answer', sdp: open });
          for (const transport of connection.dtlsTransports) {
            transport.onStateChange.subscribe((state) => state === 'closed' && closedByServer());
          }
        },
        // werift makes none itself; the server is asked for one that is not used.
        restart: async () => ({
          sdp: (connection.localDescription?.sdp ?? '').replace(/(ice-ufrag:).*/g, '$1another'),
          takeAnswer: () => Promise.reject(new Error('werift takes no restart.')),
        }),
      };
    },
    async answer(offer) {
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      for (const transceiver of connection.getTransceivers()) transceiver.setDirection('sendonly');
      await connection.setLocalDescription(await connection.createAnswer());
      return connection.localDescription?.sdp ?? '';
    },
    onCandidate: () => {},
    async addCandidates(candidates) {
      for (const { candidate = '' } of candidates) {
        await connection.addIceCandidate({ candidate, sdpMLineIndex: 0 });
      }
    },
    async connected(signal) {
      while (connection.connectionState !== 'connected') await sleep(10, signal);
    },
    close: () => void connection.close(),
  };
}

async function openLocal(protocol: 'ws' | 'http'): Promise<SignalingStage> {
  const ingest = await startIngest({ whip: 'rfc9725' });
  const { id, stream_key: key, server_urls: urls } = ingest.openStream();
  let isOpen = true;
  const end = () => {
    if (protocol === 'ws') ingest.setFault({ kind: 'cut-socket' }, key);
    else ingest.stopStream(id);
  };
  const serverUrl =
    protocol === 'ws' ? urls.webrtc : `${urls.webrtc.replace(/^ws/, 'http')}?direction=whip`;
  const url = parseIngestUrl({ serverUrl, streamKey: key });
  return {
    adapter: adapterFor(url, HINTS),
    createPeer: createNodePeer,
    isPublished: () => isOpen && ingest.inspect(key)?.connected === true,
    async until(condition, what) {
      await vi.waitFor(
        () => {
          if (!condition()) throw new Error(`Not yet: ${what}.`);
        },
        { timeout: 25_000, interval: 20 },
      );
    },
    async behave(how) {
      if (how === 'refuse') ingest.setFault({ kind: 'not-found' }, key);
      if (how === 'no-path') ingest.setFault({ kind: 'never-connect' }, key);
      if (how === 'end-session') end();
      if (how === 'go-away') {
        isOpen = false;
        await ingest.close();
      }
    },
    secret: key,
    close: () => ingest.close(),
  };
}

/** As in a browser, nobody has to listen for errors. */
class QuietWebSocket extends NodeWebSocket {
  constructor(url: URL) {
    super(url);
    this.on('error', () => {});
  }
}

let restore = () => {};
beforeAll(() => {
  const before = globalThis.WebSocket;
  globalThis.WebSocket = QuietWebSocket as unknown as typeof WebSocket;
  restore = () => {
    globalThis.WebSocket = before;
  };
});
afterAll(() => restore());

describe('OvenMediaEngine, the local ingest', () =>
  itKeepsTheSignalingContract(() => openLocal('ws')));
describe('WHIP, the local ingest', () => itKeepsTheSignalingContract(() => openLocal('http')));
