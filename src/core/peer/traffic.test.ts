import { describe, expect, it } from 'vitest';
import { parseTraffic } from './traffic.js';

const report = (...entries: readonly object[]) =>
  new Map(entries.map((entry, index) => [String(index), entry])) as unknown as RTCStatsReport;

describe('parseTraffic', () => {
  it('counts what the transport received, and the packets of media that were sent', () => {
    const traffic = parseTraffic(
      report(
        { type: 'transport', bytesReceived: 100, packetsReceived: 2 },
        { type: 'candidate-pair', bytesReceived: 90, packetsReceived: 2, responsesReceived: 3 },
        { type: 'candidate-pair', responsesReceived: 2 },
        { type: 'outbound-rtp', packetsSent: 3 },
        { type: 'outbound-rtp', packetsSent: 4 },
      ),
      'connected',
    );
    expect(traffic).toEqual({ received: 102, answers: 5, sent: 7, isAnswered: true });
  });

  it('counts by pair where there is no transport', () => {
    const traffic = parseTraffic(
      report({ type: 'candidate-pair', bytesReceived: 90 }),
      'disconnected',
    );
    expect(traffic).toEqual({ received: 90, answers: 0, sent: 0, isAnswered: false });
  });

  it('says so when nothing is counted', () => {
    expect(parseTraffic(report({ type: 'transport' }, { type: 'codec' }), 'new')).toBeNull();
    expect(parseTraffic(report(), 'new')).toBeNull();
  });
});
