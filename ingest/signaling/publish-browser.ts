import { endPublisher } from '../context/end-publisher.js';
import type { IngestContext } from '../context/ingest-context.js';
import { uplinkLimits } from '../faults/faults.js';
import type { Publisher } from '../streams/channel.js';
import type { StreamRecord } from '../streams/stream-record.js';
import type { IngestPeer } from '../webrtc/ingest-peer.js';
import { startWebRtcSession } from '../webrtc/webrtc-session.js';

/** The least a silent peer is waited for, in wall-clock ms, however fast the rules' clock runs. */
const MIN_GHOST_MS = 1000;

/** The context of a publisher's session. */
export interface PublishingOptions {
  readonly context: IngestContext;
  /** Ends the socket that the session was signaled over; nothing where none stays open. */
  endSocket(): void;
}

/**
 * Publishes what a browser sends to this stream, whose name its caller has claimed. Rejects when
 * `description` cannot be used; the peer stays the caller's then.
 */
export async function publishBrowser(
  peer: IngestPeer,
  description: string,
  stream: StreamRecord,
  { context, endSocket }: PublishingOptions,
): Promise<Publisher> {
  const { events, registry, options, clock, faults } = context;
  let seen = false;
  let publisher: Publisher | undefined;
  const session = await startWebRtcSession(peer, description, {
    congestionControl: options.congestionControl,
    maxBitrate: options.maxBitrate,
    waitsForReports: options.generation === '0.20',
    ghostMs: Math.max(MIN_GHOST_MS, clock.wallMs(options.ghostSeconds)),
    onConnected(transport) {
      const over = transport.toUpperCase();
      events.add('publisher-connected', `Publisher connected over ${over}`, stream.id);
    },
    onMedia(packet, isOutput) {
      if (publisher === undefined || stream.channel.publisher !== publisher) return;
      if (!seen) registry.happened(stream, 'input');
      seen = true;
      stream.channel.distribute(packet, isOutput ? 'everyone' : 'recordings', Date.now());
    },
    release: () => context.peers.release(peer),
    onOutputReady: () => events.add('output-ready', 'Output ready', stream.id),
    onGhost() {
      if (publisher !== undefined) endPublisher(stream, context, publisher).catch(() => {});
      endSocket();
    },
  });
  publisher = { session, destroySocket: endSocket };
  stream.channel.occupy(publisher);
  const fault = faults.get(stream.key);
  session.setUplink(uplinkLimits(fault));
  if (fault?.kind === 'never-connect') peer.gate = 'no-stun';
  if (fault?.kind === 'no-dtls' || fault?.kind === 'no-rtcp') peer.gate = fault.kind;
  if (fault?.kind === 'cut-media' && fault.scope === 'path') peer.gate = 'cut';
  return publisher;
}
