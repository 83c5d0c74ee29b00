import type { IngestContext } from '../context/ingest-context.js';
import type { OmeConnection, OmeHandler } from '../signaling/ome-connection.js';
import { sendOffer } from '../signaling/ome-connection.js';
import { findTarget } from '../signaling/signaling-endpoint.js';
import type { SignalingTarget } from '../streams/addresses.js';
import type { Sink } from '../streams/channel.js';
import type { IngestPeer } from '../webrtc/ingest-peer.js';
import { omeMedia } from '../webrtc/sdp.js';
import { createForwarder } from './forwarder.js';

const CHECK_MS = 500;
/** OvenMediaEngine's ICE timeout, for viewers too. */
const SILENT_MS = 30_000;

/**
 * The watching side of one socket: OvenMediaEngine's playback signalling, where the server offers
 * too. A viewer keeps its session when the publisher goes, and goes on when it returns.
 */
export function createPlaybackHandler(
  connection: OmeConnection,
  target: SignalingTarget,
  context: IngestContext,
): OmeHandler {
  const { registry, events } = context;
  const stream = findTarget(target, registry);
  let offered: IngestPeer | undefined;
  let watching: { peer: IngestPeer; detach(): void; timer: NodeJS.Timeout } | undefined;
  let gone = false;

  const end = async () => {
    const peers = [offered, watching?.peer].filter((peer) => peer !== undefined);
    if (watching !== undefined) {
      watching.detach();
      clearInterval(watching.timer);
      events.add('viewer-left', 'Viewer left', stream?.id);
    }
    offered = undefined;
    watching = undefined;
    await Promise.all(peers.map(context.peers.release));
  };

  return {
    async requestOffer() {
      const source = stream?.channel.publisher?.session;
      if (source === undefined || source.counter.counts.packets === 0) {
        return connection.refuse(404, 'Cannot create offer');
      }
      await end();
      const peer = await context.peers.create({
        role: 'viewer',
        transports: ['udp'],
        media: omeMedia(source.offeredCodec === undefined ? [] : [source.offeredCodec]),
      });
      if (gone) return context.peers.release(peer);
      offered = peer;
      sendOffer(connection, peer.offer.sdp, peer.offer.candidates);
    },

    async answer(sdp) {
      const peer = offered;
      if (peer === undefined || stream === undefined) return connection.refuse(403, 'Forbidden');
      offered = undefined;
      const codec = stream.channel.lastSession?.offeredCodec;
      const forwarder = createForwarder(codec);
      const { channel } = stream;
      try {
        await peer.answer(sdp, {
          connected: () => channel.wantKeyFrame(),
          keyFrameWanted: () => channel.wantKeyFrame(),
        });
      } catch {
        await context.peers.release(peer);
        return connection.refuse(403, 'Forbidden');
      }
      const sink: Sink = {
        kind: 'viewer',
        get wantsKeyFrame() {
          return peer.isConnected && forwarder.wantsKeyFrame;
        },
        media(packet, atMs) {
          if (!peer.isConnected) return;
          const forwarded = forwarder.forward(packet, atMs);
          if (forwarded !== undefined) peer.send(forwarded);
        },
        // The negotiated media can't carry it; the player has to come again.
        codecChanged: () => connection.destroy(),
      };
      const timer = setInterval(() => {
        if (Date.now() - peer.heardAt > SILENT_MS) connection.destroy();
      }, CHECK_MS);
      watching = { peer, detach: channel.attach(sink), timer };
      if (gone) return end();
      events.add('viewer-joined', 'Viewer joined', stream.id);
    },

    stop: end,

    exceeded(words) {
      events.add('viewer-refused', `Viewer refused: ${words}`, stream?.id);
    },

    async closed() {
      gone = true;
      await end();
    },
  };
}
