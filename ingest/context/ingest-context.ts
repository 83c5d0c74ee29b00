import type { Faults } from '../faults/faults.js';
import type { ResolvedOptions } from '../options/options.js';
import type { EventLog } from '../streams/ingest-events.js';
import type { LiveStreamView } from '../streams/live-stream.js';
import type { RulesClock } from '../streams/rules-clock.js';
import type { StreamRegistry } from '../streams/stream-registry.js';
import { createIngestPeer, type IngestPeer, type PeerOptions } from '../webrtc/ingest-peer.js';

/** The context that every endpoint of one ingest shares. */
export interface IngestContext {
  readonly options: ResolvedOptions;
  readonly clock: RulesClock;
  readonly events: EventLog;
  readonly faults: Faults;
  readonly registry: StreamRegistry;
  readonly view: LiveStreamView;
  readonly peers: PeerPool;
}

/** Makes peers and knows those that are open, so that nothing stays behind. */
export interface PeerPool {
  create(
    options: Omit<PeerOptions, 'host' | 'generation' | 'congestionControl'>,
  ): Promise<IngestPeer>;
  release(peer: IngestPeer): Promise<void>;
  readonly open: number;
  closeAll(): Promise<void>;
}

/** Starts an empty pool. */
export function createPeerPool(options: ResolvedOptions): PeerPool {
  const open = new Set<IngestPeer>();
  const pool: PeerPool = {
    async create(wanted) {
      const { host, generation, congestionControl } = options;
      const peer = await createIngestPeer({
        ...wanted,
        host,
        generation,
        congestionControl,
      });
      open.add(peer);
      return peer;
    },
    async release(peer) {
      open.delete(peer);
      await peer.close();
    },
    get open() {
      return open.size;
    },
    async closeAll() {
      await Promise.all([...open].map(pool.release));
    },
  };
  return pool;
}
