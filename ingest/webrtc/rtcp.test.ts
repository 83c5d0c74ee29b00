import { describe, expect, it } from 'vitest';
import {
  RtcpPacketConverter,
  type RtcpPayloadSpecificFeedback,
  type RtcpRrPacket,
  type RtcpTransportLayerFeedback,
  type TransportWideCC,
} from 'werift';
import {
  createReception,
  fullIntraRequest,
  pictureLossIndication,
  receiverReport,
  remb,
} from './rtcp.js';
import { createArrivalLog } from './transport-cc.js';

describe('RTCP, as another implementation reads it', () => {
  it('reports what was received and lost', () => {
    const reception = createReception(77, 90_000);
    for (const sequence of [65_534, 65_535, 1, 2]) reception.add(sequence, 0, 0);
    const [report] = RtcpPacketConverter.deSerialize(receiverReport(5, [reception.block(0)]));
    const { ssrc, reports } = report as RtcpRrPacket;
    expect(ssrc).toBe(5);
    expect(reports[0]).toMatchObject({ ssrc: 77, packetsLost: 1, fractionLost: 51 });
    expect(reports[0]?.highestSequence).toBe(65_538);
  });

  it('caps the bitrate within a fraction of a percent', () => {
    for (const bitrate of [30_000, 2_500_000, 6_000_000, 4_000_000_000]) {
      const [packet] = RtcpPacketConverter.deSerialize(remb(5, bitrate, [77, 78]));
      const { feedback } = packet as RtcpPayloadSpecificFeedback;
      const { bitrate: read } = feedback as { bitrate: bigint };
      expect(Math.abs(Number(read) - bitrate) / bitrate).toBeLessThan(0.001);
    }
  });

  it('asks for key frames', () => {
    const both = Buffer.concat([pictureLossIndication(5, 77), fullIntraRequest(5, 77, 3)]);
    expect(both.subarray(0, 2)).toEqual(Buffer.from([0x81, 206]));
    expect(both.subarray(12, 14)).toEqual(Buffer.from([0x84, 206]));
    expect(both.readUInt32BE(24)).toBe(77);
    expect(both[28]).toBe(3);
  });

  it('tells when packets arrived, and which did not', () => {
    const log = createArrivalLog();
    expect(log.flush(5, 77)).toBeUndefined();
    const arrivals = [
      [10, 6400],
      [11, 6410],
      [13, 6500],
      [12, 6600],
      [16, 6700],
    ] as const;
    for (const [sequence, atMs] of arrivals) log.add(sequence, atMs);
    const packet = log.flush(5, 77) ?? Buffer.alloc(0);
    expect(packet.length % 4).toBe(0);
    const [read] = RtcpPacketConverter.deSerialize(packet);
    const { baseSequenceNumber, packetStatusCount, recvDeltas } = (
      read as RtcpTransportLayerFeedback
    ).feedback as TransportWideCC;
    expect([baseSequenceNumber, packetStatusCount]).toEqual([10, 7]);
    expect(packet.readUInt16BE(20).toString(2)).toBe('1101011010000010');
    expect(recvDeltas.map(({ delta }) => delta / 1000)).toEqual([0, 10, 190, -100, 200]);
  });

  it('goes on past the end of the sequence numbers', () => {
    const log = createArrivalLog();
    for (const sequence of [65_535, 0, 1]) log.add(sequence, 100);
    const packet = log.flush(5, 77) ?? Buffer.alloc(0);
    expect([packet.readUInt16BE(12), packet.readUInt16BE(14)]).toEqual([65_535, 3]);
    log.add(2, 200);
    expect(log.flush(5, 77)?.readUInt16BE(12)).toBe(2);
  });
});
