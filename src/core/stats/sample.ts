import type { Report, ReportEntry } from './report.js';
import { greatestOf, growthOf, numberOf, readReport, sumOf } from './report.js';

/** The reason why the encoder sent less than requested (`qualityLimitationReason`). */
export type Limitation = 'none' | 'cpu' | 'bandwidth' | 'other';

/**
 * The media sent between two `getStats()` reports (W3C webrtc-stats), most often one second apart.
 * A field is `undefined` where the browser does not say, or where its counters make no sense.
 */
export interface StatsSample {
  /** Epoch milliseconds of the newer report, on the clock of the reports; 0 if it holds none. */
  readonly at: number;
  /** Milliseconds from the older report to the newer one. */
  readonly intervalMs?: number | undefined;
  /** Payload of picture and sound that was sent, repeats left out. */
  readonly sentBitsPerSecond?: number | undefined;
  readonly videoBitsPerSecond?: number | undefined;
  readonly audioBitsPerSecond?: number | undefined;
  /** The target bitrate of the video encoder now: the network's estimate, within the cap. */
  readonly targetBitsPerSecond?: number | undefined;
  /** Size of the encoded frames in pixels. */
  readonly frameWidth?: number | undefined;
  readonly frameHeight?: number | undefined;
  /** Frames that were encoded. */
  readonly framesPerSecond?: number | undefined;
  /** Frames that the camera gave; under a `limitation` the browser asks it for fewer. */
  readonly sourceFramesPerSecond?: number | undefined;
  /** Mean time that one frame took to encode. */
  readonly encodeMsPerFrame?: number | undefined;
  /** Whether the encoder is one in hardware, which works on several frames at once. */
  readonly isHardwareEncoder?: boolean | undefined;
  /** Key frames of the interval. */
  readonly keyFrames?: number | undefined;
  readonly roundTripMs?: number | undefined;
  /** Share of all packets that the receiver misses, 0 to 1, as of its last reports. */
  readonly lossShare?: number | undefined;
  /** As the receiver reports it. */
  readonly jitterMs?: number | undefined;
  readonly limitation?: Limitation | undefined;
  /** Share of the interval during which the encoder was limited by anything, 0 to 1. */
  readonly limitedShare?: number | undefined;
  /** Share of the interval during which the processor was what limited it, 0 to 1. */
  readonly cpuLimitedShare?: number | undefined;
  /** Packets of the interval that were sent again. */
  readonly retransmittedPackets?: number | undefined;
  /** Name without its type, such as `H264`. */
  readonly videoCodec?: string | undefined;
  readonly audioCodec?: string | undefined;
  readonly path?: 'udp' | 'tcp' | 'relay' | undefined;
  /** Milliseconds since anything was received from the ingest; at least so many. */
  readonly silentMs?: number | undefined;
  /** Loudness of the interval: root mean square, 0 to 1, where 0 is digital silence. */
  readonly audioLevel?: number | undefined;
  /**
   * The kind of picture at the end of the interval: a muted camera sends black. Added by the
   * broadcaster.
   */
  readonly picture?: 'shown' | 'screen' | 'muted' | 'none' | undefined;
  readonly sound?: 'heard' | 'muted' | 'none' | undefined;
  /**
   * The look of the camera's picture, where the page can see it: `still` is the very picture of
   * the look before, `black` has no light. Added by the broadcaster.
   */
  readonly look?: 'moving' | 'still' | 'black' | undefined;
}

/** The sample between two reports of the same connection. It never throws, and makes no NaN. */
export function sampleStats(before: RTCStatsReport, after: RTCStatsReport): StatsSample {
  const older = readReport(before);
  const newer = readReport(after);
  const intervalMs = older.at > 0 && newer.at > older.at ? newer.at - older.at : undefined;
  const videoBitsPerSecond = rateOf(newer, older, 'video');
  const audioBitsPerSecond = rateOf(newer, older, 'audio');
  const outbound = newer.ofType('outbound-rtp');
  const remote = newer.ofType('remote-inbound-rtp');
  return {
    at: newer.at,
    intervalMs,
    sentBitsPerSecond: sumOf([videoBitsPerSecond, audioBitsPerSecond]),
    videoBitsPerSecond,
    audioBitsPerSecond,
    ...videoSample(newer, older),
    roundTripMs: roundTripMs(newer),
    lossShare: lossShare(newer, older),
    jitterMs: inMs(greatestOf(remote.map((entry) => numberOf(entry, 'jitter')))),
    retransmittedPackets: sumOf(
      outbound.map((entry) => growthOf(entry, same(older, entry), 'retransmittedPacketsSent')),
    ),
    videoCodec: codecOf(newer, 'video'),
    audioCodec: codecOf(newer, 'audio'),
    path: pathOf(newer),
    silentMs: silentMs(newer, older, intervalMs),
    audioLevel: audioLevel(newer, older),
  };
}

function videoSample(newer: Report, older: Report): Partial<StatsSample> {
  // With several layers the largest is the picture; the others are smaller copies of it.
  const video = [...newer.ofType('outbound-rtp', 'video')].sort(
    (left, right) => (numberOf(right, 'frameWidth') ?? 0) - (numberOf(left, 'frameWidth') ?? 0),
  )[0];
  if (video === undefined) return {};
  const before = same(older, video);
  const ms = elapsedMs(video, before);
  const frames = growthOf(video, before, 'framesEncoded');
  const encodeSeconds = growthOf(video, before, 'totalEncodeTime');
  const limited = limitedSeconds(video, before);
  const [source] = newer.ofType('media-source', 'video');
  return {
    targetBitsPerSecond: sumOf(
      newer.ofType('outbound-rtp', 'video').map((entry) => targetOf(entry, same(older, entry))),
    ),
    frameWidth: positive(numberOf(video, 'frameWidth')),
    frameHeight: positive(numberOf(video, 'frameHeight')),
    framesPerSecond: perSecond(frames, ms) ?? numberOf(video, 'framesPerSecond'),
    sourceFramesPerSecond:
      source === undefined
        ? undefined
        : (perSecond(growthOf(source, same(older, source), 'frames'), ms) ??
          numberOf(source, 'framesPerSecond')),
    encodeMsPerFrame: ratioOf(inMs(encodeSeconds), frames),
    isHardwareEncoder:
      typeof video['powerEfficientEncoder'] === 'boolean'
        ? video['powerEfficientEncoder']
        : undefined,
    keyFrames: growthOf(video, before, 'keyFramesEncoded'),
    limitation: limitationOf(video),
    limitedShare: shareOf(limited?.any, limited?.all),
    cpuLimitedShare: shareOf(limited?.cpu, limited?.all),
  };
}

function rateOf(newer: Report, older: Report, kind: 'audio' | 'video'): number | undefined {
  return sumOf(
    newer.ofType('outbound-rtp', kind).map((entry) => {
      const before = same(older, entry);
      const sent = growthOf(entry, before, 'bytesSent');
      if (sent === undefined) return undefined;
      const repeated = growthOf(entry, before, 'retransmittedBytesSent') ?? 0;
      return perSecond(Math.max(0, sent - repeated) * 8, elapsedMs(entry, before));
    }),
  );
}

/**
 * The target bitrate of the encoder: as it says or, in Firefox, as the frames of the interval had
 * it.
 */
function targetOf(newer: ReportEntry, older: ReportEntry): number | undefined {
  const bytes = growthOf(newer, older, 'totalEncodedBytesTarget');
  return (
    numberOf(newer, 'targetBitrate') ??
    perSecond(bytes === undefined ? undefined : bytes * 8, elapsedMs(newer, older))
  );
}

/** Picture and sound weigh as much as they sent: of few packets a single one is a large share. */
function lossShare(newer: Report, older: Report): number | undefined {
  const losses = newer.ofType('remote-inbound-rtp').flatMap((entry) => {
    const share = numberOf(entry, 'fractionLost');
    if (share === undefined) return [];
    const sender = newer.byId(entry['localId']);
    return [{ share, packets: growthOf(sender, same(older, sender), 'packetsSent') ?? 1 }];
  });
  const packets = sumOf(losses.map((loss) => loss.packets));
  return shareOf(sumOf(losses.map((loss) => loss.share * loss.packets)), packets);
}

/** Seconds spent under each limitation since the older report. */
function limitedSeconds(newer: ReportEntry, older: ReportEntry) {
  const [to, from] = [newer['qualityLimitationDurations'], older['qualityLimitationDurations']];
  if (!isRecord(to) || !isRecord(from)) return undefined;
  const grown = (reason: Limitation) => growthOf(to, from, reason);
  const cpu = grown('cpu');
  const any = sumOf([cpu, grown('bandwidth'), grown('other')]);
  return { cpu, any, all: sumOf([any, grown('none')]) };
}

function limitationOf(video: ReportEntry): Limitation | undefined {
  const reason = video['qualityLimitationReason'];
  return reason === 'none' || reason === 'cpu' || reason === 'bandwidth' || reason === 'other'
    ? reason
    : undefined;
}

/** The path's own measure where there is one; else what the receiver's reports make of it. */
function roundTripMs(report: Report): number | undefined {
  const reported = report
    .ofType('remote-inbound-rtp')
    .map((entry) => numberOf(entry, 'roundTripTime'));
  return inMs(numberOf(report.pair, 'currentRoundTripTime') ?? greatestOf(reported));
}

function silentMs(newer: Report, older: Report, intervalMs: number | undefined) {
  // The path may change: what arrives on any of them was received.
  const pairs = newer.ofType('candidate-pair');
  const last = greatestOf(
    pairs.map((pair) => positive(numberOf(pair, 'lastPacketReceivedTimestamp'))),
  );
  if (last !== undefined) return newer.at === 0 ? undefined : Math.max(0, newer.at - last);
  const grown = sumOf(pairs.map((pair) => growthOf(pair, same(older, pair), 'bytesReceived')));
  return grown === undefined ? undefined : grown > 0 ? 0 : intervalMs;
}

/** From energy and duration, so that a loud moment between two reports is not missed. */
function audioLevel(newer: Report, older: Report): number | undefined {
  const [source] = newer.ofType('media-source', 'audio');
  if (source === undefined) return undefined;
  const before = same(older, source);
  const energy = growthOf(source, before, 'totalAudioEnergy');
  const seconds = growthOf(source, before, 'totalSamplesDuration');
  const power = ratioOf(energy, seconds);
  if (power === undefined) return shareOf(numberOf(source, 'audioLevel'), 1);
  return Math.min(1, Math.sqrt(power));
}

function pathOf(report: Report): StatsSample['path'] {
  const local = report.byId(report.pair['localCandidateId']);
  if (local['candidateType'] === 'relay') return 'relay';
  return local['protocol'] === 'udp' || local['protocol'] === 'tcp' ? local['protocol'] : undefined;
}

function codecOf(report: Report, kind: 'audio' | 'video'): string | undefined {
  for (const entry of report.ofType('outbound-rtp', kind)) {
    const mimeType = report.byId(entry['codecId'])['mimeType'];
    if (typeof mimeType === 'string') return mimeType.split('/')[1] || undefined;
  }
  return undefined;
}

function same(older: Report, entry: ReportEntry): ReportEntry {
  return older.byId(entry['id']);
}

function elapsedMs(newer: ReportEntry, older: ReportEntry): number | undefined {
  return positive(growthOf(newer, older, 'timestamp'));
}

function perSecond(amount: number | undefined, ms: number | undefined): number | undefined {
  return ratioOf(inMs(amount), ms);
}

/** `undefined` where nothing can be divided by, or by so little that the figure means nothing. */
function ratioOf(part = Number.NaN, whole = Number.NaN): number | undefined {
  const ratio = part / whole;
  return Number.isFinite(ratio) ? ratio : undefined;
}

function shareOf(part: number | undefined, whole: number | undefined): number | undefined {
  const ratio = ratioOf(part, whole);
  return ratio === undefined ? undefined : Math.min(1, ratio);
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function positive(value = 0): number | undefined {
  return value > 0 ? value : undefined;
}

function isRecord(value: unknown): value is ReportEntry {
  return typeof value === 'object' && value !== null;
}
