/** One entry of a statistics report, as a browser wrote it: nothing in it can be relied on. */
export type ReportEntry = Readonly<Record<string, unknown>>;

/** A statistics report whose entries are looked up by what they are. */
export interface Report {
  ofType(type: string, kind?: 'audio' | 'video'): readonly ReportEntry[];
  /** The entry of this id; an empty one where there is none. */
  byId(id: unknown): ReportEntry;
  /** The path that packets take; an empty entry while there is none. */
  readonly pair: ReportEntry;
  /** The newest instant in it, in epoch milliseconds of the reporting clock; 0 if it holds none. */
  readonly at: number;
}

const NOTHING: ReportEntry = {};

/** Reads what `getStats()` gave. */
export function readReport(stats: RTCStatsReport): Report {
  const entries: readonly ReportEntry[] = [...stats.values()].filter(isEntry);
  const byId = (id: unknown) =>
    (typeof id === 'string' ? entries.find((entry) => entry['id'] === id) : undefined) ?? NOTHING;
  const ofType = (type: string, kind?: 'audio' | 'video') =>
    entries.filter(
      (entry) => entry['type'] === type && (kind === undefined || entry['kind'] === kind),
    );
  return {
    byId,
    ofType,
    pair: selectedPair(ofType),
    at: Math.max(0, ...entries.flatMap((entry) => numberOf(entry, 'timestamp') ?? [])),
  };
}

/** A field that is a number as statistics have them, never below 0, else `undefined`. */
export function numberOf(entry: ReportEntry, field: string): number | undefined {
  const value = entry[field];
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
    ? value
    : undefined;
}

/** By how much a counter grew; `undefined` where it is missing on one side, or went back. */
export function growthOf(
  newer: ReportEntry,
  older: ReportEntry,
  field: string,
): number | undefined {
  const [to, from] = [numberOf(newer, field), numberOf(older, field)];
  return to === undefined || from === undefined || to < from ? undefined : to - from;
}

/** The sum of what is known; `undefined` if nothing is. */
export function sumOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** The greatest of what is known; `undefined` if nothing is. */
export function greatestOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function isEntry(value: unknown): value is ReportEntry {
  return typeof value === 'object' && value !== null;
}

/** Firefox marks the pair itself as selected; the others name it in the transport. */
function selectedPair(ofType: Report['ofType']): ReportEntry {
  const chosen = ofType('transport').map((transport) => transport['selectedCandidatePairId']);
  const pairs = ofType('candidate-pair');
  return (
    pairs.find((pair) => typeof pair['id'] === 'string' && chosen.includes(pair['id'])) ??
    pairs.find((pair) => pair['selected'] === true) ??
    pairs.find((pair) => pair['nominated'] === true && pair['state'] === 'succeeded') ??
    NOTHING
  );
}
