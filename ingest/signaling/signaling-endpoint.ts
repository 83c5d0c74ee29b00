import { setTimeout as delay } from 'node:timers/promises';
import { endPublisher } from '../context/end-publisher.js';
import type { IngestContext } from '../context/ingest-context.js';
import type { SignalingTarget } from '../streams/addresses.js';
import type { Publisher } from '../streams/channel.js';
import { isStarted } from '../streams/live-streams.js';
import type { StreamRecord } from '../streams/stream-record.js';
import type { StreamRegistry } from '../streams/stream-registry.js';
import type { IngestPeer } from '../webrtc/ingest-peer.js';
import { omeMedia } from '../webrtc/sdp.js';
import { offerTransport } from './ice-servers.js';
import type { OmeConnection, OmeHandler } from './ome-connection.js';
import { sendOffer } from './ome-connection.js';
import { publishBrowser } from './publish-browser.js';

/** Where a publisher's socket wants to go, and over what. */
export interface PublishTarget extends SignalingTarget {
  readonly transport: string | null;
}

/**
 * The publishing side of one socket: OvenMediaEngine's `direction=send`
 * (providers/webrtc/webrtc_provider.cpp), with its quirks.
 */
export function createPublishHandler(
  connection: OmeConnection,
  target: PublishTarget,
  context: IngestContext,
): OmeHandler {
  const { registry, faults, events } = context;
  const { streamKey, transport } = target;
  let offered: IngestPeer | undefined;
  let published: Publisher | undefined;
  // Set before the answer is checked, and asked when the socket ends: that is how a socket whose
  // answer was refused stops the stream of whoever won the name.
  let answered = false;
  // After `stop` the socket can publish once more, but its end no longer stops anything.
  let detached = false;
  let gone = false;

  const record = () => findTarget(target, registry);
  const isFree = (stream: StreamRecord | undefined): stream is StreamRecord =>
    stream !== undefined && isStarted(stream.life) && stream.channel.isFree;
  const dropOffered = async () => {
    const peer = offered;
    offered = undefined;
    if (peer !== undefined) await context.peers.release(peer);
  };
  const notFound = () => connection.refuse(404, 'Cannot create offer');

  return {
    async requestOffer() {
      const fault = faults.get(streamKey);
      if (fault?.kind === 'no-offer') return;
      if (fault?.kind === 'slow-offer') await delay(fault.delayMs, undefined, { ref: false });
      if (gone) return;
      const stream = record();
      // It looks for its own sessions alone: a name that an encoder holds is refused by the answer.
      const isOffered = isFree(stream) || isHeldByEncoder(stream);
      if (faults.takeNotFound(streamKey) || !isOffered) {
        events.add('publish-refused', 'Publisher refused: 404 Cannot create offer', stream?.id);
        return notFound();
      }
      await dropOffered();
      const { transports, dummyCandidate, lists } = offerTransport(
        transport,
        context.options,
        fault,
      );
      const peer = await context.peers.create({
        role: 'publisher',
        transports: transports.length > 0 ? transports : ['udp'],
        media: omeMedia(['H264', 'VP8']),
      });
      if (gone) return context.peers.release(peer);
      offered = peer;
      const candidates =
        dummyCandidate === undefined
          ? peer.offer.candidates
          : [{ candidate: dummyCandidate, sdpMLineIndex: 0 }];
      sendOffer(connection, peer.offer.sdp, candidates, lists);
    },

    async answer(sdp) {
      const stream = record();
      const peer = offered;
      if (peer === undefined && published === undefined) {
        return connection.refuse(400, 'Could not find peer id: 0');
      }
      answered = true;
      const refused = faults.get(streamKey)?.kind === 'forbid-answer';
      if (refused || peer === undefined || !isFree(stream)) {
        events.add('publish-refused', 'Publisher refused: 403 Forbidden', stream?.id);
        return connection.refuse(403, 'Forbidden');
      }
      const publisher = await stream.channel
        .claim(() =>
          publishBrowser(peer, sdp, stream, { context, endSocket: () => connection.destroy() }),
        )
        .catch(() => undefined);
      offered = undefined;
      if (publisher === undefined) {
        await context.peers.release(peer);
        events.add('publish-refused', 'Publisher refused: its answer cannot be used', stream.id);
        return connection.refuse(403, 'Forbidden');
      }
      published = publisher;
      if (gone && !detached) await endPublisher(stream, context);
    },

    async stop() {
      connection.id = -1;
      detached = true;
      await dropOffered();
      if (!answered) return;
      answered = false;
      published = undefined;
      const stream = record();
      const ended = stream !== undefined && (await endBrowser(stream, context));
      if (!ended) connection.refuse(500, 'Cannot dispatch stop command');
    },

    exceeded(words) {
      events.add('publish-refused', `Publisher refused: ${words}`, record()?.id);
    },

    async closed() {
      gone = true;
      await dropOffered();
      const stream = record();
      if (answered && !detached && stream !== undefined) await endBrowser(stream, context);
    },
  };
}

/** Whether an encoder, and no browser, holds the stream's name. */
function isHeldByEncoder(stream: StreamRecord | undefined): boolean {
  const { transport } = stream?.channel.publisher?.session ?? {};
  return transport === 'rtmp' || transport === 'srt';
}

/** By its name the real server finds a browser's stream to end, never an encoder's. */
async function endBrowser(stream: StreamRecord, context: IngestContext): Promise<boolean> {
  return !isHeldByEncoder(stream) && endPublisher(stream, context);
}

/** The stream that a socket is about; an encoder serves the one stream it was given to. */
export function findTarget(
  { host, app, streamKey }: SignalingTarget,
  registry: StreamRegistry,
): StreamRecord | undefined {
  const record = app === 'qlive' ? registry.byKey(streamKey) : undefined;
  return host === undefined || record?.host === host ? record : undefined;
}
