import { createServer, type Server, type Socket } from 'node:net';
import type { EncoderPort } from './encoder-port.js';
import { acceptEncoder, type EncoderSession } from './encoder-session.js';
import type { Ffmpeg } from './ffmpeg.js';
import type { IngestContext } from './ingest-context.js';
import { canStart, isStarted } from './live-streams.js';
import type { RtmpConnection, RtmpProtocol } from './rtmp-protocol.js';
import type { StreamRecord } from './stream-record.js';

/** The least that a silent encoder is waited for, however fast the rules' clock runs. */
const MIN_SILENCE_MS = 5000;

/** What an RTMP endpoint works with. */
export interface RtmpEndpointOptions {
  readonly context: IngestContext;
  readonly ffmpeg: Ffmpeg;
  readonly protocol: RtmpProtocol;
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

function serveEncoder(socket: Socket, options: RtmpEndpointOptions): void {
  const { context, ffmpeg, protocol } = options;
  const rtmp = protocol.createConnection();
  let session: EncoderSession | undefined;
  const confirm = rtmp.respondPublish.bind(rtmp);
  // It would say yes before it asks whether.
  rtmp.respondPublish = () => {};
  rtmp.onOutputCallback = (bytes) => {
    if (socket.writable) socket.write(bytes);
  };
  rtmp.onPlayCallback = () => socket.destroy();
  rtmp.onConnectCallback = ({ app, name }) => {
    const stream = app === 'qlive' ? context.registry.byKey(name) : undefined;
    const reason = refusal(stream, context);
    if (stream === undefined || reason !== undefined || session !== undefined) {
      context.events.add('publish-refused', `RTMP encoder refused: ${reason}`, stream?.id);
      refuse(rtmp, socket, reason ?? 'This connection publishes already.');
      return;
    }
    session = acceptEncoder(
      stream,
      {
        transport: 'rtmp',
        format: 'flv',
        disconnect: () => socket.destroy(),
        resume: () => socket.resume(),
      },
      { context, ffmpeg },
    );
    session.write(protocol.createFlvHeader());
    confirm();
  };
  rtmp.onPacketCallback = (packet) => {
    if (session?.write(protocol.createFlvTag(packet)) === false) socket.pause();
  };
  const silenceMs = Math.max(MIN_SILENCE_MS, context.clock.wallMs(context.options.ghostSeconds));
  socket.setTimeout(silenceMs, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('close', () => session?.end());
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

function refuse(rtmp: RtmpConnection, socket: Socket, reason: string): void {
  rtmp.sendStatusMessage(rtmp.streamId, 'error', 'NetStream.Publish.BadName', reason);
  socket.end();
}

function parses(rtmp: RtmpConnection, bytes: Buffer): boolean {
  try {
    return rtmp.parserData(bytes) === null;
  } catch {
    return false;
  }
}
