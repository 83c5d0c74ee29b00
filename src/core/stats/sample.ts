/** What was sent during about one second, derived from two `getStats()` reports (W3C webrtc-stats). */
export interface StatsSample {
  /** Epoch milliseconds of the newer report; 0 if it holds none. */
  readonly at: number;
  /** Everything sent on the RTP streams, in kilobits per second; `null` if unknown. */
  readonly sentKbps: number | null;
  /** Encoded frame size in pixels; `null` while no video is sent. */
  readonly frameWidth: number | null;
  readonly frameHeight: number | null;
  /** Frames encoded per second. */
  readonly framesPerSecond: number | null;
  /** Name of the video codec without its type, such as `H264`. */
  readonly videoCodec: string | null;
  /** Round-trip time to the ingest in milliseconds. */
  readonly roundTripMs: number | null;
  /** Share of packets that the ingest reports lost, 0 to 1. */
  readonly lossRatio: number | null;
  /** How packets travel. */
  readonly path: 'udp' | 'tcp' | 'relay' | null;
}

type Entry = Readonly<Record<string, unknown>>;

/** The sample between two reports of the same connection. A field that is missing or goes back is `null`. */
export function sampleStats(before: RTCStatsReport, after: RTCStatsReport): StatsSample {
  const older = entriesOf(before);
  const newer = entriesOf(after);
  const outbound = newer.filter((entry) => entry['type'] === 'outbound-rtp');
  const video = outbound.find((entry) => entry['kind'] === 'video') ?? {};
  const pair = selectedPair(newer);
  const codec = byId(newer, video['codecId']);
  const remote = newer.filter((entry) => entry['type'] === 'remote-inbound-rtp');
  const losses = numbers(remote, 'fractionLost');
  const roundTrip = numberOf(pair, 'currentRoundTripTime');
  return {
    at: Math.max(0, ...numbers(newer, 'timestamp')),
    sentKbps: sentKbps(outbound, older),
    frameWidth: numberOf(video, 'frameWidth'),
    frameHeight: numberOf(video, 'frameHeight'),
    framesPerSecond: numberOf(video, 'framesPerSecond'),
    videoCodec: codecName(codec),
    roundTripMs: roundTrip === null ? null : roundTrip * 1000,
    lossRatio: losses.length === 0 ? null : Math.max(...losses),
    path: pathOf(pair, newer),
  };
}

function sentKbps(outbound: readonly Entry[], older: readonly Entry[]): number | null {
  let bits = 0;
  let ms = 0;
  for (const entry of outbound) {
    const previous = byId(older, entry['id']);
    const grown = difference(entry, previous, 'bytesSent');
    const elapsed = difference(entry, previous, 'timestamp');
    if (grown === null || elapsed === null || elapsed === 0) continue;
    bits += grown * 8;
    ms = Math.max(ms, elapsed);
  }
  return ms === 0 ? null : bits / ms;
}

function difference(newer: Entry, older: Entry, field: string): number | null {
  const [to, from] = [numberOf(newer, field), numberOf(older, field)];
  return to === null || from === null || to < from ? null : to - from;
}

/** Firefox marks the pair itself as selected; the others name it in the transport. */
function selectedPair(entries: readonly Entry[]): Entry {
  const transport = entries.find((entry) => entry['type'] === 'transport');
  const pairs = entries.filter((entry) => entry['type'] === 'candidate-pair');
  return (
    pairs.find((pair) => pair['id'] === transport?.['selectedCandidatePairId']) ??
    pairs.find((pair) => pair['selected'] === true) ??
    pairs.find((pair) => pair['nominated'] === true && pair['state'] === 'succeeded') ??
    {}
  );
}

function pathOf(pair: Entry, entries: readonly Entry[]): StatsSample['path'] {
  const local = byId(entries, pair['localCandidateId']);
  if (local['candidateType'] === 'relay') return 'relay';
  return local['protocol'] === 'udp' || local['protocol'] === 'tcp' ? local['protocol'] : null;
}

function codecName(codec: Entry): string | null {
  const mimeType = codec['mimeType'];
  return typeof mimeType === 'string' ? (mimeType.split('/')[1] ?? null) : null;
}

function entriesOf(report: RTCStatsReport): readonly Entry[] {
  return [...report.values()] as readonly Entry[];
}

function byId(entries: readonly Entry[], id: unknown): Entry {
  return (typeof id === 'string' && entries.find((entry) => entry['id'] === id)) || {};
}

function numbers(entries: readonly Entry[], field: string): number[] {
  return entries.flatMap((entry) => numberOf(entry, field) ?? []);
}

function numberOf(entry: Entry, field: string): number | null {
  const value = entry[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
