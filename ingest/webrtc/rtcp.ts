import { sequenceDistance } from '../media/media-packet.js';

const RECEIVER_REPORT = 201;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;

/** The block of a receiver report about one source (RFC 3550 section 6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** 0 to 255, in 256ths. */
  readonly fractionLost: number;
  readonly packetsLost: number;
  readonly highestSequence: number;
  readonly jitter: number;
  /** Middle 32 bits of the last sender report's NTP time, 0 if there was none. */
  readonly lastSenderReport: number;
  /** 65536ths of a second since that report. */
  readonly delaySinceLastSenderReport: number;
}

/** A receiver report (RFC 3550 section 6.4.2). Empty, it opens a compound packet. */
export function receiverReport(senderSsrc: number, blocks: readonly ReportBlock[]): Buffer {
  const buffer = packet(RECEIVER_REPORT, blocks.length, 4 + blocks.length * 24);
  buffer.writeUInt32BE(senderSsrc, 4);
  blocks.forEach((block, index) => {
    const at = 8 + index * 24;
    buffer.writeUInt32BE(block.ssrc, at);
    buffer.writeUInt8(block.fractionLost, at + 4);
    buffer.writeUIntBE(Math.min(Math.max(block.packetsLost, 0), 0x7fffff), at + 5, 3);
    buffer.writeUInt32BE(block.highestSequence >>> 0, at + 8);
    buffer.writeUInt32BE(Math.max(0, Math.round(block.jitter)) >>> 0, at + 12);
    buffer.writeUInt32BE(block.lastSenderReport >>> 0, at + 16);
    buffer.writeUInt32BE(block.delaySinceLastSenderReport >>> 0, at + 20);
  });
  return buffer;
}

/** Asks for a key frame: picture loss indication (RFC 4585 section 6.3.1). */
export function pictureLossIndication(senderSsrc: number, mediaSsrc: number): Buffer {
  const buffer = packet(PAYLOAD_FEEDBACK, 1, 8);
  buffer.writeUInt32BE(senderSsrc, 4);
  buffer.writeUInt32BE(mediaSsrc, 8);
  return buffer;
}

/** Asks for a key frame: full intra request (RFC 5104 section 4.3.1). A new request has a new `sequence`. */
export function fullIntraRequest(senderSsrc: number, mediaSsrc: number, sequence: number): Buffer {
  const buffer = packet(PAYLOAD_FEEDBACK, 4, 16);
  buffer.writeUInt32BE(senderSsrc, 4);
  buffer.writeUInt32BE(mediaSsrc, 12);
  buffer.writeUInt8(sequence & 0xff, 16);
  return buffer;
}

/** Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb section 2.2), in bits a second. */
export function remb(senderSsrc: number, bitrate: number, ssrcs: readonly number[]): Buffer {
  const buffer = packet(PAYLOAD_FEEDBACK, 15, 16 + ssrcs.length * 4);
  buffer.writeUInt32BE(senderSsrc, 4);
  buffer.write('REMB', 12, 'latin1');
  const exponent = Math.max(0, Math.ceil(Math.log2((bitrate + 1) / 2 ** 18)));
  const mantissa = Math.floor(bitrate / 2 ** exponent);
  buffer.writeUInt8(ssrcs.length, 16);
  buffer.writeUIntBE(exponent * 2 ** 18 + mantissa, 17, 3);
  ssrcs.forEach((ssrc, index) => {
    buffer.writeUInt32BE(ssrc, 20 + index * 4);
  });
  return buffer;
}

/** A transport feedback message of format `format` around `body` (RFC 4585 section 6.2). */
export function transportFeedback(
  format: number,
  senderSsrc: number,
  mediaSsrc: number,
  body: Buffer,
): Buffer {
  const buffer = packet(TRANSPORT_FEEDBACK, format, 8 + Math.ceil(body.length / 4) * 4);
  buffer.writeUInt32BE(senderSsrc, 4);
  buffer.writeUInt32BE(mediaSsrc, 8);
  body.copy(buffer, 12);
  return buffer;
}

function packet(type: number, count: number, bodyLength: number): Buffer {
  const buffer = Buffer.alloc(4 + bodyLength);
  buffer.writeUInt8(0x80 | count, 0);
  buffer.writeUInt8(type, 1);
  buffer.writeUInt16BE(bodyLength / 4, 2);
  return buffer;
}

/** Counts what one source sent, for receiver reports (RFC 3550 appendix A). */
export interface Reception {
  add(sequenceNumber: number, timestamp: number, atMs: number): void;
  senderReport(ntpMiddle: number, atMs: number): void;
  block(atMs: number): ReportBlock;
  readonly packetsLost: number;
}

/** Starts counting for `ssrc`, whose RTP clock ticks `clockRate` times a second. */
export function createReception(ssrc: number, clockRate: number): Reception {
  let base: number | undefined;
  let highest = 0;
  let received = 0;
  let jitter = 0;
  let transit: number | undefined;
  let expectedBefore = 0;
  let receivedBefore = 0;
  let report: { ntp: number; atMs: number } | undefined;
  const expected = () => (base === undefined ? 0 : highest - base + 1);
  return {
    add(sequenceNumber, timestamp, atMs) {
      if (base === undefined) {
        base = sequenceNumber;
        highest = sequenceNumber;
      }
      const ahead = sequenceDistance(sequenceNumber, highest & 0xffff);
      if (ahead > 0) highest += ahead;
      received += 1;
      const now = Math.round((atMs * clockRate) / 1000) - timestamp;
      if (transit !== undefined) jitter += (Math.abs((now - transit) | 0) - jitter) / 16;
      transit = now;
    },
    senderReport(ntp, atMs) {
      report = { ntp, atMs };
    },
    block(atMs) {
      const lostNow = expected() - expectedBefore - (received - receivedBefore);
      const expectedNow = expected() - expectedBefore;
      expectedBefore = expected();
      receivedBefore = received;
      return {
        ssrc,
        fractionLost:
          expectedNow > 0
            ? Math.min(255, Math.max(0, Math.floor((lostNow * 256) / expectedNow)))
            : 0,
        packetsLost: expected() - received,
        highestSequence: highest,
        jitter,
        lastSenderReport: report?.ntp ?? 0,
        delaySinceLastSenderReport:
          report === undefined ? 0 : Math.round(((atMs - report.atMs) * 65_536) / 1000),
      };
    },
    get packetsLost() {
      return Math.max(0, expected() - received);
    },
  };
}
