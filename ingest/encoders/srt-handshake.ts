/** A control packet's types that matter here (draft-sharabayko-srt section 3.2). */
const HANDSHAKE = 0x8000;
const SHUTDOWN = 0x8005;
const HEADER = 16;
const HANDSHAKE_SIZE = 48;
const INDUCTION = 1;
const CONCLUSION = 0xffff_ffff;
/** The value that a listener of version 5 puts into the extension field of its induction. */
const MAGIC = 0x4a17;
const STREAM_ID = 5;
/** Request types from here on are refusals. */
const REFUSAL = 1000;

/** Why a caller is refused (libsrt, docs/features/access-control.md). */
export type SrtRefusal =
  | 'forbidden'
  | 'not-found'
  | 'wrong-mode'
  | 'conflict'
  | 'wrong-type'
  | 'unavailable';

const REFUSALS: Readonly<Record<SrtRefusal, number>> = {
  forbidden: 1403,
  'not-found': 1404,
  'wrong-mode': 1405,
  conflict: 1409,
  'wrong-type': 1415,
  unavailable: 1503,
};

/** A handshake, as far as the front needs to know it. */
export interface SrtHandshake {
  readonly type: 'induction' | 'conclusion' | 'refusal' | 'other';
  /** Of whoever sent it. */
  readonly socketId: number;
  readonly cookie: number;
  /** Empty unless a conclusion carries it. */
  readonly streamId: string;
}

/** Reads a handshake packet; undefined for every other packet, and for a broken one. */
export function parseHandshake(packet: Buffer): SrtHandshake | undefined {
  if (packet.length < HEADER + HANDSHAKE_SIZE || packet.readUInt16BE(0) !== HANDSHAKE) {
    return undefined;
  }
  const type = packet.readUInt32BE(HEADER + 20);
  return {
    type: typeName(type),
    socketId: packet.readUInt32BE(HEADER + 24),
    cookie: packet.readUInt32BE(HEADER + 28),
    streamId: type === CONCLUSION ? readStreamId(packet.subarray(HEADER + HANDSHAKE_SIZE)) : '',
  };
}

/** The listener's answer to an induction: it asks the caller to show this cookie. */
export function formatInductionAnswer(induction: Buffer, cookie: number): Buffer {
  const answer = answerTo(induction);
  answer.writeUInt32BE(5, HEADER);
  answer.writeUInt16BE(0, HEADER + 4);
  answer.writeUInt16BE(MAGIC, HEADER + 6);
  answer.writeUInt32BE(cookie, HEADER + 28);
  return answer;
}

/** The listener's refusal of a conclusion. */
export function formatRefusal(conclusion: Buffer, why: SrtRefusal): Buffer {
  const answer = answerTo(conclusion);
  answer.writeUInt32BE(REFUSAL + REFUSALS[why], HEADER + 20);
  return answer;
}

/** The same conclusion with another listener's cookie. */
export function withCookie(conclusion: Buffer, cookie: number): Buffer {
  const changed = Buffer.from(conclusion);
  changed.writeUInt32BE(cookie, HEADER + 28);
  return changed;
}

/** Tells the socket `socketId` that the connection is over. */
export function formatShutdown(socketId: number): Buffer {
  const packet = Buffer.alloc(HEADER + 4);
  packet.writeUInt16BE(SHUTDOWN, 0);
  packet.writeUInt32BE(socketId, 12);
  return packet;
}

/** Without its extensions, addressed back to its sender. */
function answerTo(request: Buffer): Buffer {
  const answer = Buffer.from(request.subarray(0, HEADER + HANDSHAKE_SIZE));
  answer.writeUInt32BE(request.readUInt32BE(HEADER + 24), 12);
  return answer;
}

function typeName(type: number): SrtHandshake['type'] {
  if (type === INDUCTION) return 'induction';
  if (type === CONCLUSION) return 'conclusion';
  return type >= REFUSAL && type < 0x8000_0000 ? 'refusal' : 'other';
}

/** The stream id travels in 32-bit words of the other byte order, filled up with zeros. */
function readStreamId(extensions: Buffer): string {
  for (let at = 0; at + 4 <= extensions.length; ) {
    const end = at + 4 + extensions.readUInt16BE(at + 2) * 4;
    if (end > extensions.length) return '';
    if (extensions.readUInt16BE(at) === STREAM_ID) {
      const text = Buffer.from(extensions.subarray(at + 4, end))
        .swap32()
        .toString('utf8');
      return text.replace(/\0+$/, '');
    }
    at = end;
  }
  return '';
}
