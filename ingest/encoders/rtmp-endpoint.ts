import { createServer, type Server, type Socket } from 'node:net';
import type { IngestContext } from '../context/ingest-context.js';
import { canStart, isStarted } from '../streams/live-streams.js';
import type { StreamRecord } from '../streams/stream-record.js';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';
import { readRtmpTarget } from './encoder-address.js';
import type { EncoderPort } from './encoder-port.js';
import { acceptEncoder, type EncoderSession } from './encoder-session.js';
import { createFlvReader } from './flv-reader.js';
import { openRtmpConnection, type RtmpConnection } from './rtmp-protocol.js';

/** The least that a silent encoder is waited for, however fast the rules' clock runs. */
const MIN_SILENCE_MS = 5000;
/** Within so long a connection has to ask to publish. */
const HANDSHAKE_MS = 10_000;
/** How long the words of a refusal may take to their reader. */
const FAREWELL_MS = 1000;
/** How many connections may be there that do not publish. */
const MAX_WAITING = 64;

/** The context of an RTMP endpoint. */
export interface RtmpEndpointOptions {
  readonly context: IngestContext;
  readonly ffmpeg: Ffmpeg;
  /** Address to listen on. */
  readonly address: string;
  /** 0 is any free one. */
  readonly port: number;
}

/**
 * RTMP at `rtmp://host:port/qlive`, the stream key as the stream's name. Like the real service it
 * starts a stream that was not started. Rejects when the port is taken.
 */
export async function openRtmpEndpoint(options: RtmpEndpointOptions): Promise<EncoderPort> {
  const sockets = new Set<Socket>();
  const listen = (port: number): Promise<Server> => {
    const server = createServer((socket) => {
      const publishers = options.context.registry.all().filter(publishesOverRtmp).length;
      if (sockets.size - publishers >= MAX_WAITING) return void socket.destroy();
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      serveEncoder(socket, options);
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, options.address, () => {
        server.off('error', reject);
        resolve(server);
      });
    });
  };
  let server: Server | undefined = await listen(options.port);
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port;
  return {
    port,
    async goDown() {
      const closing = server;
      server = undefined;
      for (const socket of sockets) socket.destroy();
      if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
    },
    async comeUp() {
      server ??= await listen(port);
    },
  };
}

function publishesOverRtmp({ channel }: StreamRecord): boolean {
  return channel.publisher?.session.transport === 'rtmp';
}

function serveEncoder(socket: Socket, options: RtmpEndpointOptions): void {
  const { context, ffmpeg } = options;
  let session: EncoderSession | undefined;
  const refuse = (code: string, reason: string) => {
    rtmp.refuse(code, reason);
    socket.end();
    // Whoever does not hang up after that is not waited for.
    setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
  };
  const read = createFlvReader({
    unit(unit) {
      if (session?.take(unit) === false) socket.pause();
    },
    unreadable: (reason) => session?.refuse(reason),
  });
  const rtmp = openRtmpConnection({
    send(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    play: () => refuse('NetStream.Play.Failed', 'This port takes publishers alone.'),
    publish(said) {
      const target = readRtmpTarget(said);
      const stream = target.keys?.map(context.registry.byKey).find((found) => found !== undefined);
      const reason =
        session === undefined
          ? (target.refusal?.reason ?? refusal(stream, context))
          : 'This connection publishes already.';
      if (stream === undefined || reason !== undefined) {
        context.events.add('publish-refused', `RTMP encoder refused: ${reason}`, stream?.id);
        refuse('NetStream.Publish.BadName', reason ?? '');
        return;
      }
      clearTimeout(patience);
      session = acceptEncoder(
        stream,
        {
          transport: 'rtmp',
          disconnect: () => socket.destroySoon(),
          refuse: (why) => refuse('NetStream.Failed', why),
          resume: () => socket.resume(),
        },
        { context, ffmpeg },
      );
      rtmp.accept();
    },
    media(message) {
      session?.heard();
      read(message);
    },
  });
  const patience = setTimeout(() => socket.destroy(), HANDSHAKE_MS);
  const silenceMs = Math.max(MIN_SILENCE_MS, context.clock.wallMs(context.options.ghostSeconds));
  socket.setTimeout(silenceMs, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(patience);
    session?.end();
  });
  socket.on('data', (bytes) => {
    if (!parses(rtmp, bytes)) socket.destroy();
  });
}

/** Why this stream cannot be published to; starts it, if that is all that is missing. */
function refusal(stream: StreamRecord | undefined, { registry }: IngestContext) {
  if (stream === undefined) return 'There is no stream with this key.';
  if (!stream.channel.isFree) return 'Somebody publishes to this stream already.';
  if (canStart(stream.life)) registry.start(stream);
  return isStarted(stream.life) ? undefined : `The stream is ${stream.life.status}.`;
}

function parses(rtmp: RtmpConnection, bytes: Buffer): boolean {
  try {
    rtmp.parse(bytes);
    return true;
  } catch {
    return false;
  }
}
