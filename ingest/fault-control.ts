import type { Fault } from './faults.js';
import type { IngestContext } from './ingest-context.js';
import type { StreamRecord } from './stream-record.js';

/** Makes things go wrong. */
export interface FaultControl {
  /** Sets a fault on one stream or on all; `null` heals. */
  set(fault: Fault | null, record?: StreamRecord): void;
  close(): void;
}

/** `restart` is what the fault of that name does. */
export function createFaultControl(
  { registry, faults, events }: IngestContext,
  restart: (options: { readonly downForMs?: number }) => Promise<void>,
): FaultControl {
  const heals = new Map<StreamRecord, NodeJS.Timeout>();
  const heal = (record: StreamRecord) => {
    clearTimeout(heals.get(record));
    heals.delete(record);
    record.channel.publisher?.session.setCut(false);
  };
  const hurt = (fault: Fault, record: StreamRecord) => {
    const { publisher } = record.channel;
    if (fault.kind === 'cut-socket') publisher?.destroySocket();
    if (fault.kind !== 'cut-media') return;
    publisher?.session.setCut(true);
    if (fault.durationMs === undefined) return;
    const timer = setTimeout(() => set(null, record), fault.durationMs);
    heals.set(record, timer);
  };
  const set = (fault: Fault | null, record?: StreamRecord) => {
    const touched = record === undefined ? registry.all() : [record];
    for (const each of touched) heal(each);
    faults.set(lasting(fault), record?.key);
    if (fault === null) events.add('fault-cleared', 'Fault taken away', record?.id);
    else events.add('fault-set', `Fault: ${fault.kind}`, record?.id);
    if (fault?.kind === 'restart') restart(fault).catch(() => {});
    else if (fault !== null) for (const each of touched) hurt(fault, each);
  };
  return {
    set,
    close() {
      for (const timer of heals.values()) clearTimeout(timer);
      heals.clear();
    },
  };
}

/** What stays in force: some faults happen once and are over. */
function lasting(fault: Fault | null): Fault | null {
  return fault?.kind === 'cut-socket' || fault?.kind === 'restart' ? null : fault;
}
