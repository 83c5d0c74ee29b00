import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { MediaKind } from './media-packet.js';

const MAX_REQUEST = 65_536;
const INTERLEAVED = 0x24;

/** Takes RTP from one local program over TCP, so that nothing is lost on the way. */
export interface RtspReceiver {
  /** Where the program has to announce its stream. */
  readonly url: string;
  close(): void;
}

/** What a receiver tells. */
export interface RtspListener {
  /** The program said what it will send. */
  announced(kinds: readonly MediaKind[]): void;
  rtp(kind: MediaKind, packet: Buffer): void;
  rtcp(kind: MediaKind, packet: Buffer): void;
}

/**
 * As much of an RTSP server as a program needs that records to it with interleaved packets
 * (RFC 2326 sections 10.3, 10.4, 10.11 and 10.12). It listens on loopback, for one connection.
 */
export async function openRtspReceiver(listener: RtspListener): Promise<RtspReceiver> {
  const path = `/${randomUUID()}`;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const read = createReader(listener, path, (response) => socket.write(response));
    socket.on('data', (bytes) => {
      if (!read(bytes)) socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    url: `rtsp://127.0.0.1:${port}${path}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Reads what arrives; false when it makes no sense. */
function createReader(
  listener: RtspListener,
  path: string,
  answer: (response: string) => void,
): (bytes: Buffer) => boolean {
  let kinds: readonly MediaKind[] = [];
  const channels = new Map<number, MediaKind>();
  let rest: Buffer = Buffer.alloc(0);
  const packet = (channel: number, bytes: Buffer) => {
    const kind = channels.get(channel & ~1);
    if (kind === undefined) return;
    if (channel % 2 === 0) listener.rtp(kind, bytes);
    else listener.rtcp(kind, bytes);
  };
  const request = (head: string, body: string): boolean => {
    const [method = '', url = ''] = head.split(' ');
    if (!URL.canParse(url) || !new URL(url).pathname.startsWith(path)) return false;
    const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim();
    const transport = header('Transport');
    if (method === 'ANNOUNCE') {
      kinds = [...body.matchAll(/^m=(video|audio) /gm)].flatMap(([, kind]) =>
        kind === 'video' || kind === 'audio' ? [kind] : [],
      );
    }
    if (method === 'SETUP') {
      const kind = kinds[Number(/streamid=(\d+)/.exec(url)?.[1])];
      const channel = Number(/interleaved=(\d+)/.exec(transport ?? '')?.[1]);
      if (kind === undefined || !Number.isInteger(channel)) return false;
      channels.set(channel, kind);
    }
    const lines = [`CSeq: ${header('CSeq') ?? '0'}`, 'Session: 1'];
    if (transport !== undefined) lines.push(`Transport: ${transport}`);
    answer(`RTSP/1.0 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`);
    if (method === 'RECORD') listener.announced(kinds);
    return true;
  };
  const next = (): 'again' | 'more' | 'broken' => {
    if (rest[0] === INTERLEAVED) {
      if (rest.length < 4) return 'more';
      const end = 4 + rest.readUInt16BE(2);
      if (rest.length < end) return 'more';
      packet(rest.readUInt8(1), rest.subarray(4, end));
      rest = rest.subarray(end);
      return 'again';
    }
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return rest.length > MAX_REQUEST ? 'broken' : 'more';
    const head = rest.toString('utf8', 0, end);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const bodyEnd = end + 4 + length;
    if (bodyEnd > MAX_REQUEST) return 'broken';
    if (rest.length < bodyEnd) return 'more';
    const body = rest.toString('utf8', end + 4, bodyEnd);
    rest = rest.subarray(bodyEnd);
    return request(head, body) ? 'again' : 'broken';
  };
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length > 0) {
      const step = next();
      if (step !== 'again') return step === 'more';
    }
    return true;
  };
}
