import { createHmac, randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { IngestContext } from '../context/ingest-context.js';
import { isStarted } from '../streams/live-streams.js';
import type { StreamRecord } from '../streams/stream-record.js';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';
import { readSrtTarget } from './encoder-address.js';
import type { EncoderPort } from './encoder-port.js';
import { acceptEncoder, type EncoderSession } from './encoder-session.js';
import {
  formatInductionAnswer,
  formatRefusal,
  formatShutdown,
  parseHandshake,
  type SrtRefusal,
} from './srt-handshake.js';
import { type SrtRelay, startSrtRelay } from './srt-relay.js';
import { createTsEncoderReader } from './ts-encoder-reader.js';

/** How many callers may have said hello and no more. */
const MAX_GREETED = 256;

/** The context of an SRT endpoint. */
export interface SrtEndpointOptions {
  readonly context: IngestContext;
  /** With libsrt. */
  readonly ffmpeg: Ffmpeg;
  /** Address to listen on. */
  readonly address: string;
  /** 0 is any free one. */
  readonly port: number;
}

/** Somebody who was let in. */
interface Caller {
  fromCaller(packet: Buffer): void;
  disconnect(): void;
}

/**
 * SRT at `srt://host:port?streamid=<stream key>`, MPEG-TS in it, for streams that were started.
 * ffmpeg's own listener takes one caller and does not look at the stream id, so this one reads the
 * handshake and gives each caller whose key is right a listener of its own. Rejects when the port
 * is taken.
 */
export async function openSrtEndpoint(options: SrtEndpointOptions): Promise<EncoderPort> {
  const { context, address } = options;
  const secret = randomBytes(16);
  const inductions = new Map<string, Buffer>();
  const callers = new Map<string, Caller>();
  let socket: Socket | undefined;
  let sending = 0;
  let sent: () => void = () => {};
  const cookieOf = (peer: string) =>
    createHmac('sha256', secret).update(peer).digest().readUInt32BE(0);

  const greet = (packet: Buffer, peer: string, answer: (packet: Buffer) => void) => {
    inductions.delete(peer);
    inductions.set(peer, packet);
    const [oldest = ''] = inductions.keys();
    if (inductions.size > MAX_GREETED) inductions.delete(oldest);
    answer(formatInductionAnswer(packet, cookieOf(peer)));
  };
  const conclude = (
    conclusion: Buffer,
    { streamId, socketId }: { readonly streamId: string; readonly socketId: number },
    peer: string,
    answer: (packet: Buffer) => void,
  ) => {
    const induction = inductions.get(peer);
    if (induction === undefined) return;
    const target = readSrtTarget(streamId);
    const stream = target.keys?.map(context.registry.byKey).find((found) => found !== undefined);
    const refusal = target.refusal ?? refusalOf(stream);
    if (stream === undefined || refusal !== undefined) {
      const { why, reason } = refusal ?? NOT_FOUND;
      context.events.add('publish-refused', `SRT encoder refused: ${reason}`, stream?.id);
      return answer(formatRefusal(conclusion, why));
    }
    inductions.delete(peer);
    let answered = false;
    const caller = serveCaller(stream, { induction, conclusion }, options, {
      answer(packet) {
        answered = true;
        answer(packet);
      },
      left() {
        if (callers.get(peer) === caller) callers.delete(peer);
        answer(answered ? formatShutdown(socketId) : formatRefusal(conclusion, 'forbidden'));
      },
    });
    callers.set(peer, caller);
  };
  const receive = (packet: Buffer, { address: from, port }: RemoteInfo) => {
    const peer = `${from} ${port}`;
    const handshake = parseHandshake(packet);
    const answer = (bytes: Buffer) => {
      if (socket === undefined) return;
      sending += 1;
      socket.send(bytes, port, from, () => {
        sending -= 1;
        if (sending === 0) sent();
      });
    };
    const caller = callers.get(peer);
    if (handshake?.type === 'induction') greet(packet, peer, answer);
    else if (caller !== undefined) caller.fromCaller(packet);
    else if (handshake?.type === 'conclusion' && handshake.cookie === cookieOf(peer)) {
      conclude(packet, handshake, peer, answer);
    }
  };
  const listen = async (port: number): Promise<Socket> => {
    const opening = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      opening.once('error', reject);
      opening.bind(port, address, () => {
        opening.off('error', reject);
        resolve();
      });
    });
    opening.on('error', () => {});
    opening.on('message', receive);
    return opening;
  };

  socket = await listen(options.port);
  const { port } = socket.address();
  return {
    port,
    async goDown() {
      for (const caller of [...callers.values()]) caller.disconnect();
      inductions.clear();
      const closing = socket;
      socket = undefined;
      // Callers wait for seconds if they are not told goodbye.
      if (sending > 0) {
        await new Promise<void>((resolve) => {
          sent = resolve;
        });
      }
      if (closing !== undefined) {
        await new Promise<void>((resolve) => closing.close(() => resolve()));
      }
    },
    async comeUp() {
      socket ??= await listen(port);
    },
  };
}

interface Refusal {
  readonly why: SrtRefusal;
  readonly reason: string;
}

const NOT_FOUND: Refusal = { why: 'not-found', reason: 'There is no stream with this key.' };

function refusalOf(stream: StreamRecord | undefined): Refusal | undefined {
  if (stream === undefined) return NOT_FOUND;
  if (!isStarted(stream.life)) {
    const reason = `The stream is ${stream.life.status}: start it first.`;
    return { why: 'forbidden', reason };
  }
  return stream.channel.isFree
    ? undefined
    : { why: 'conflict', reason: 'Somebody publishes to this stream already.' };
}

function serveCaller(
  stream: StreamRecord,
  handshakes: { readonly induction: Buffer; readonly conclusion: Buffer },
  { context, ffmpeg }: SrtEndpointOptions,
  on: { answer(packet: Buffer): void; left(): void },
): Caller {
  let relay: SrtRelay | undefined;
  let over = false;
  const disconnect = () => {
    if (over) return;
    over = true;
    on.left();
    session.end();
    void relay?.close();
  };
  const session: EncoderSession = acceptEncoder(
    stream,
    // SRT has no words for somebody who was let in: the events have them.
    { transport: 'srt', disconnect, refuse: disconnect, resume: () => relay?.resume() },
    { context, ffmpeg },
  );
  const read = createTsEncoderReader({
    unit(unit) {
      if (!session.take(unit)) relay?.pause();
    },
    unreadable: (reason) => session.refuse(reason),
  });
  startSrtRelay(ffmpeg, handshakes, {
    toCaller: on.answer,
    data(bytes) {
      session.heard();
      read(bytes);
    },
    ended: disconnect,
  })
    .then((started) => {
      relay = started;
      if (over) void started.close();
    })
    .catch(disconnect);
  return { fromCaller: (packet: Buffer) => relay?.fromCaller(packet), disconnect };
}
