/** The traffic of a connection; its counters only matter as changed or not. */
export interface Traffic {
  /** Bytes and packets that came in, connectivity checks aside, which browsers do not count here. */
  readonly received: number;
  /** Answers to connectivity checks; 0 where the browser does not count them. */
  readonly answers: number;
  /** Packets of media that went out. */
  readonly sent: number;
  /**
   * Whether the other end answers connectivity checks. Chromium says no after some 6 s without an
   * answer, though reports may still come in: then only the way out is dead.
   */
  readonly isAnswered: boolean;
}

/** The traffic in a report of `getStats()`; `null` where the browser counts nothing that comes in. */
export function parseTraffic(
  report: RTCStatsReport,
  iceConnectionState: RTCIceConnectionState,
): Traffic | null {
  const transports = new Counter();
  const pairs = new Counter();
  let sent = 0;
  let answers = 0;
  for (const stats of report.values()) {
    if (stats.type === 'transport') transports.add(stats.bytesReceived, stats.packetsReceived);
    if (stats.type === 'candidate-pair') {
      // Firefox counts by pair alone.
      pairs.add(stats.bytesReceived, stats.packetsReceived);
      answers += numberOr0(stats.responsesReceived);
    }
    if (stats.type === 'outbound-rtp') sent += numberOr0(stats.packetsSent);
  }
  const received = transports.total ?? pairs.total;
  const isAnswered = iceConnectionState !== 'disconnected';
  return received === null ? null : { received, answers, sent, isAnswered };
}

class Counter {
  total: number | null = null;

  add(...values: readonly unknown[]): void {
    for (const value of values) {
      if (typeof value === 'number') this.total = (this.total ?? 0) + value;
    }
  }
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
