import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { waitUntil } from './wait-until.js';

const run = promisify(execFile);
const CHUNK = 4096;
const HANDSHAKE = 1 + 2 * 1536;

/** One FLV tag: what an RTMP message carries. */
export interface FlvTag {
  /** 8 is sound, 9 a picture, 18 data. */
  readonly type: number;
  readonly timeMs: number;
  readonly body: Buffer;
}

/** An RTMP publisher that sends just what it is given. */
export interface RtmpPublisher {
  send(tag: FlvTag): void;
  /** Sends bytes as they are. */
  sendRaw(bytes: Buffer): void;
  /** Calls a command, with more fields behind the transaction's number. */
  call(name: string, ...fields: readonly Buffer[]): void;
  /** Everything the server said, as text. */
  readonly heard: string;
  readonly isClosed: boolean;
  close(): void;
}

/** How it introduces itself; what is undefined is left out. */
export interface RtmpIntroduction {
  readonly port: number;
  readonly app?: string | undefined;
  readonly name?: string | undefined;
  readonly tcUrl?: string | undefined;
}

/** Connects and shakes hands, and says no more. */
export async function connectRtmp(port: number): Promise<RtmpPublisher> {
  const socket = connect(port, '127.0.0.1');
  let heard = Buffer.alloc(0);
  let closed = false;
  socket.on('data', (bytes) => {
    heard = Buffer.concat([heard, bytes]);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(1536, 1)]));
  await waitUntil(() => heard.length >= HANDSHAKE || closed, 'the server shakes hands');
  socket.write(heard.subarray(1, 1537));
  heard = heard.subarray(HANDSHAKE);
  return publisherOf(socket, {
    text: () => heard.toString('latin1'),
    isClosed: () => closed,
  });
}

/** Asks to publish. Resolves when it was answered, or cut off. */
export async function publishRtmp(introduction: RtmpIntroduction): Promise<RtmpPublisher> {
  const { port, app, name, tcUrl } = introduction;
  const publisher = await connectRtmp(port);
  const answered = (words: string) =>
    waitUntil(() => publisher.heard.includes(words) || publisher.isClosed, `${words} is answered`);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(CHUNK);
  publisher.sendRaw(rtmpMessage(1, 0, 0, size));
  publisher.call('connect', amfObject({ app, tcUrl, flashVer: 'FMLE/3.0' }));
  await answered('NetConnection.Connect.Success');
  if (name !== undefined) {
    publisher.call('releaseStream', AMF_NULL, amfText(name));
    publisher.call('FCPublish', AMF_NULL, amfText(name));
  }
  publisher.call('createStream', AMF_NULL);
  const named = name === undefined ? [] : [amfText(name)];
  publisher.call('publish', AMF_NULL, ...named, amfText('live'));
  await answered('onStatus');
  return publisher;
}

function publisherOf(
  socket: Socket,
  state: { text(): string; isClosed(): boolean },
): RtmpPublisher {
  let transaction = 0;
  const sendRaw = (bytes: Buffer) => {
    if (!state.isClosed()) socket.write(bytes);
  };
  return {
    send: ({ type, timeMs, body }) => sendRaw(rtmpMessage(type, 1, timeMs, body)),
    sendRaw,
    call(name, ...fields) {
      transaction += 1;
      const stream = name === 'publish' ? 1 : 0;
      const body = Buffer.concat([amfText(name), amfNumber(transaction), ...fields]);
      sendRaw(rtmpMessage(20, stream, 0, body));
    },
    get heard() {
      return state.text();
    },
    get isClosed() {
      return state.isClosed();
    },
    close: () => socket.destroy(),
  };
}

/** One message in chunks (RTMP 1.0 section 5.3.1). */
export function rtmpMessage(type: number, stream: number, timeMs: number, body: Buffer): Buffer {
  const channel = type === 8 ? 4 : type === 9 ? 6 : 3;
  const head = Buffer.alloc(12);
  head.writeUInt8(channel);
  head.writeUIntBE(timeMs, 1, 3);
  head.writeUIntBE(body.length, 4, 3);
  head.writeUInt8(type, 7);
  head.writeUInt32LE(stream, 8);
  const parts: Buffer[] = [head, body.subarray(0, CHUNK)];
  for (let at = CHUNK; at < body.length; at += CHUNK) {
    parts.push(Buffer.from([0xc0 | channel]), body.subarray(at, at + CHUNK));
  }
  return Buffer.concat(parts);
}

const AMF_NULL = Buffer.from([5]);

function amfText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([2, bytes.length >> 8, bytes.length & 255]), bytes]);
}

function amfNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function amfObject(fields: Readonly<Record<string, string | undefined>>): Buffer {
  const entries = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [amfText(name).subarray(1), amfText(value)],
  );
  return Buffer.concat([Buffer.from([3]), ...entries, Buffer.from([0, 0, 9])]);
}

/** The parts of a clip. */
export interface ClipOptions {
  readonly seconds: number;
  /** Default: `320x180`. */
  readonly size?: string;
  /** Options of the picture's encoder. Default: H.264 without B frames, a key frame each second. */
  readonly video?: readonly string[];
  /** Options of the sound's encoder. Default: AAC of 48 kHz. */
  readonly audio?: readonly string[];
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '25'];

/** A clip of moving picture and a tone in a container that ffmpeg writes, 25 frames a second. */
export async function makeContainer(
  format: 'flv' | 'mpegts',
  { seconds, size = '320x180', video = H264, audio = ['-c:a', 'aac', '-ar', '48000'] }: ClipOptions,
  more: readonly string[] = [],
): Promise<Buffer> {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=${size}:rate=25`],
      ...['-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-t', String(seconds)],
      ...['-pix_fmt', 'yuv420p', ...video, ...audio, ...more, '-f', format, '-'],
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 28 },
  );
  return stdout;
}

/** The tags of picture and sound of such a clip. */
export async function makeTags(options: ClipOptions): Promise<readonly FlvTag[]> {
  const bytes = await makeContainer('flv', options);
  const tags: FlvTag[] = [];
  for (let at = 13; at + 11 <= bytes.length; ) {
    const length = bytes.readUIntBE(at + 1, 3);
    const timeMs = bytes.readUIntBE(at + 4, 3);
    const body = bytes.subarray(at + 11, at + 11 + length);
    if (bytes[at] !== 18) tags.push({ type: bytes.readUInt8(at), timeMs, body });
    at += 11 + length + 4;
  }
  return tags;
}
