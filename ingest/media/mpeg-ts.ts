const PACKET = 188;
const SYNC = 0x47;
const NO_PAYLOAD_LENGTH = 0;
/** More than a picture has: whoever announces one without an end is not waited for. */
const MAX_PES = 16 * 1024 * 1024;
const TICKS = 2 ** 33;

/** An elementary stream, as the program map names it (ISO/IEC 13818-1 section 2.4.4.8). */
export interface TsStream {
  readonly pid: number;
  readonly type: number;
  readonly descriptors: Buffer;
  /** PAT and PMT of a transport stream that holds this one alone. */
  readonly head: Buffer;
}

/** One PES packet. Times are in ticks of 90 kHz, which start again after 26 hours. */
export interface TsUnit {
  readonly stream: TsStream;
  readonly pts: number;
  readonly dts: number;
  readonly payload: Buffer;
  /** The transport packets that it came in. */
  readonly packets: Buffer;
  /** Its sender says that a decoder can begin here. */
  readonly isRandomAccess: boolean;
}

/** The events of a reader. */
export interface TsListener {
  /** The program holds these from now on. */
  streams(streams: readonly TsStream[]): void;
  unit(unit: TsUnit): void;
  /** Bytes were skipped that are no transport stream, or are scrambled. */
  noise(what: 'bytes' | 'scrambled'): void;
}

/** Distance from `b` to `a` on the circle of time stamps, in ticks. */
export function ticksDistance(a: number, b: number): number {
  const ahead = (((a - b) % TICKS) + TICKS) % TICKS;
  return ahead < TICKS / 2 ? ahead : ahead - TICKS;
}

/** Reads the first program of an MPEG transport stream, wherever its bytes are cut. */
export function createTsReader(listener: TsListener): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let pat: Buffer | undefined;
  let mapPid: number | undefined;
  let mapSection = '';
  let section: { left: number; parts: Buffer[] } | undefined;
  let streams = new Map<number, TsStream>();
  const pending = new Map<number, Pending>();

  const flush = (pid: number) => {
    const packet = pending.get(pid);
    pending.delete(pid);
    const unit = packet === undefined ? undefined : readPes(packet);
    if (unit !== undefined) listener.unit(unit);
  };
  const readMap = (bytes: Buffer) => {
    const found = parseProgramMap(bytes);
    const text = bytes.toString('latin1');
    if (found === undefined || text === mapSection) return;
    mapSection = text;
    for (const pid of [...pending.keys()]) flush(pid);
    streams = new Map(
      found.map(({ entry, ...stream }) => {
        const map = sectionPacket(mapPid ?? 0, programMap(stream.pid, entry));
        return [stream.pid, { ...stream, head: Buffer.concat([pat ?? Buffer.alloc(0), map]) }];
      }),
    );
    listener.streams([...streams.values()]);
  };
  const readMapPacket = (payload: Buffer, starts: boolean) => {
    if (starts) {
      const begin = payload.subarray(1 + (payload[0] ?? 0));
      if (begin.length < 3) return;
      section = { left: 3 + (begin.readUInt16BE(1) & 0x0fff), parts: [] };
      payload = begin;
    }
    if (section === undefined) return;
    section.parts.push(payload.subarray(0, section.left));
    section.left -= payload.length;
    if (section.left > 0) return;
    const whole = Buffer.concat(section.parts);
    section = undefined;
    readMap(whole);
  };
  const readPacket = (packet: Buffer) => {
    const pid = packet.readUInt16BE(1) & 0x1fff;
    const starts = (packet.readUInt8(1) & 0x40) !== 0;
    const control = packet.readUInt8(3);
    if ((control & 0x10) === 0) return;
    const adaptation = (control & 0x20) === 0 ? 0 : 1 + packet.readUInt8(4);
    const payload = packet.subarray(Math.min(PACKET, 4 + adaptation));
    if (pid === 0) {
      const found = starts ? firstMapPid(payload.subarray(1 + (payload[0] ?? 0))) : undefined;
      if (found === undefined) return;
      if (found !== mapPid) mapSection = '';
      mapPid = found;
      pat = Buffer.from(packet);
      return;
    }
    if (pid === mapPid) return readMapPacket(payload, starts);
    const stream = streams.get(pid);
    if (stream === undefined) return;
    if ((control & 0xc0) !== 0) return listener.noise('scrambled');
    if (starts) {
      flush(pid);
      const isRandomAccess = adaptation > 1 && (packet.readUInt8(5) & 0x40) !== 0;
      pending.set(pid, { stream, packets: [], payloads: [], size: 0, isRandomAccess });
    }
    const open = pending.get(pid);
    if (open === undefined) return;
    open.packets.push(packet);
    open.payloads.push(payload);
    open.size += payload.length;
    const [first] = open.payloads;
    const announced = first !== undefined && first.length >= 6 ? first.readUInt16BE(4) : 0;
    const isWhole = announced !== NO_PAYLOAD_LENGTH && open.size >= 6 + announced;
    if (isWhole || open.size > MAX_PES) flush(pid);
  };
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let at = 0;
    while (at + PACKET <= rest.length) {
      if (rest[at] === SYNC) {
        readPacket(rest.subarray(at, at + PACKET));
        at += PACKET;
        continue;
      }
      listener.noise('bytes');
      const next = rest.indexOf(SYNC, at);
      at = next < 0 ? rest.length : next;
    }
    rest = rest.subarray(at);
  };
}

interface Pending {
  readonly stream: TsStream;
  readonly packets: Buffer[];
  readonly payloads: Buffer[];
  size: number;
  readonly isRandomAccess: boolean;
}

/** Its header (section 2.4.3.6). Without a time stamp it is of no use to anybody here. */
function readPes({ stream, packets, payloads, isRandomAccess }: Pending): TsUnit | undefined {
  const bytes = Buffer.concat(payloads);
  if (bytes.length < 9 || bytes.readUIntBE(0, 3) !== 1) return undefined;
  const length = bytes.readUInt16BE(4);
  const flags = bytes.readUInt8(7);
  const start = 9 + bytes.readUInt8(8);
  if ((flags & 0x80) === 0 || start > bytes.length || start < 14) return undefined;
  const pts = readTime(bytes, 9);
  const hasDts = (flags & 0x40) !== 0 && start >= 19;
  const end = length === NO_PAYLOAD_LENGTH ? bytes.length : Math.min(bytes.length, 6 + length);
  return {
    stream,
    pts,
    dts: hasDts ? readTime(bytes, 14) : pts,
    payload: bytes.subarray(start, Math.max(start, end)),
    packets: Buffer.concat(packets),
    isRandomAccess,
  };
}

function readTime(bytes: Buffer, at: number): number {
  const high = (bytes.readUInt8(at) >> 1) & 7;
  return (
    high * 2 ** 30 + (bytes.readUInt16BE(at + 1) >> 1) * 2 ** 15 + (bytes.readUInt16BE(at + 3) >> 1)
  );
}

/** The PID of the first program's map (section 2.4.4.3). */
function firstMapPid(section: Buffer): number | undefined {
  if (section.length < 12 || section[0] !== 0) return undefined;
  const end = Math.min(section.length, 3 + (section.readUInt16BE(1) & 0x0fff) - 4);
  for (let at = 8; at + 4 <= end; at += 4) {
    // Program 0 is the network information table.
    if (section.readUInt16BE(at) !== 0) return section.readUInt16BE(at + 2) & 0x1fff;
  }
  return undefined;
}

function parseProgramMap(section: Buffer) {
  if (section.length < 16 || section[0] !== 2) return undefined;
  const end = section.length - 4;
  const streams: { pid: number; type: number; descriptors: Buffer; entry: Buffer }[] = [];
  for (let at = 12 + (section.readUInt16BE(10) & 0x0fff); at + 5 <= end; ) {
    const next = at + 5 + (section.readUInt16BE(at + 3) & 0x0fff);
    if (next > end) break;
    streams.push({
      pid: section.readUInt16BE(at + 1) & 0x1fff,
      type: section.readUInt8(at),
      descriptors: section.subarray(at + 5, next),
      entry: section.subarray(at, next),
    });
    at = next;
  }
  return streams;
}

/** A map of one stream, which carries the clock too. */
function programMap(pid: number, entry: Buffer): Buffer {
  const body = Buffer.alloc(12 + entry.length);
  body.writeUInt8(2);
  body.writeUInt16BE(0xb000 | (9 + entry.length + 4), 1);
  body.writeUInt16BE(1, 3);
  body.writeUInt8(0xc1, 5);
  body.writeUInt16BE(0xe000 | pid, 8);
  body.writeUInt16BE(0xf000, 10);
  entry.copy(body, 12);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([body, checksum]);
}

/** One transport packet with a section in it. One that is too long for that is cut, and so ignored. */
function sectionPacket(pid: number, section: Buffer): Buffer {
  const packet = Buffer.alloc(PACKET, 0xff);
  packet.writeUInt8(SYNC);
  packet.writeUInt16BE(0x4000 | pid, 1);
  packet.writeUInt8(0x10, 3);
  packet.writeUInt8(0, 4);
  section.copy(packet, 5);
  return packet;
}

/** The checksum of sections (annex A): the polynomial of Ethernet, not reflected. */
function crc32(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  }
  return crc >>> 0;
}
