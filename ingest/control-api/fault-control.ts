import { endPublisher } from '../context/end-publisher.js';
import type { IngestContext } from '../context/ingest-context.js';
import { type Fault, uplinkLimits } from '../faults/faults.js';
import type { StreamRecord } from '../streams/stream-record.js';

/** Makes things go wrong. */
export interface FaultControl {
  /** Sets a fault on one stream or on all; `null` heals. */
  set(fault: Fault | null, record?: StreamRecord): void;
  close(): void;
}

/** `restart` is what the fault of that name does. */
export function createFaultControl(
  context: IngestContext,
  restart: (options: { readonly downForMs?: number }) => Promise<void>,
): FaultControl {
  const { registry, faults, events } = context;
  /** When the fault of one stream, or of all, is over. */
  const heals = new Map<StreamRecord | undefined, NodeJS.Timeout>();
  const apply = (record: StreamRecord) => {
    const fault = faults.get(record.key);
    const { session } = record.channel.publisher ?? {};
    session?.setWay(wayUnder(fault));
    session?.setUplink(uplinkLimits(fault));
  };
  const set = (fault: Fault | null, record?: StreamRecord) => {
    clearTimeout(heals.get(record));
    heals.delete(record);
    faults.set(lasting(fault), record?.key);
    if (fault === null) events.add('fault-cleared', 'Fault taken away', record?.id);
    else events.add('fault-set', `Fault: ${fault.kind}`, record?.id);
    const touched = record === undefined ? registry.all() : [record];
    for (const each of touched) {
      apply(each);
      if (fault?.kind === 'cut-socket') each.channel.publisher?.destroySocket();
      if (fault?.kind === 'drop-session') {
        // First, so that DTLS says no goodbye.
        each.channel.publisher?.session.setWay('cut');
        endPublisher(each, context).catch(() => {});
      }
    }
    if (fault?.kind === 'restart') restart(fault).catch(() => {});
    if (fault === null || !('durationMs' in fault) || fault.durationMs === undefined) return;
    const timer = setTimeout(() => set(null, record), fault.durationMs);
    heals.set(record, timer);
  };
  return {
    set,
    close() {
      for (const timer of heals.values()) clearTimeout(timer);
      heals.clear();
    },
  };
}

function wayUnder(fault: Fault | undefined) {
  if (fault?.kind === 'cut-media') return 'cut';
  return fault?.kind === 'no-rtcp' ? 'no-rtcp' : 'open';
}

/** The faults that stay in force: others happen once and are over. */
function lasting(fault: Fault | null): Fault | null {
  const isOnce = fault !== null && ['cut-socket', 'drop-session', 'restart'].includes(fault.kind);
  return isOnce ? null : fault;
}
