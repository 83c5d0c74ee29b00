import { createSocket, type Socket } from 'node:dgram';
import type { Ffmpeg } from '../transcoding/ffmpeg.js';
import { parseHandshake, withCookie } from './srt-handshake.js';

/** How often the induction is sent until the listener answers, in milliseconds. */
const INDUCTION_MS = 50;
/** A listener that nobody reaches gives up, in microseconds. */
const LISTEN_US = 10_000_000;

/** One caller's way to an SRT listener of its own, in ffmpeg. */
export interface SrtRelay {
  /** Takes a packet of the caller's. */
  fromCaller(packet: Buffer): void;
  /** The caller's stream is not read while paused. */
  pause(): void;
  resume(): void;
  /** Resolves when the process is gone. May be called again. */
  close(): Promise<void>;
}

/** The events of a relay. */
export interface SrtRelayListener {
  toCaller(packet: Buffer): void;
  /** Takes the payload, in order and repaired. */
  data(bytes: Buffer): void;
  /** The listener is gone: the caller left, or was not heard for 5 s. */
  ended(): void;
}

/**
 * Starts a listener for the caller who sent these two handshakes. It takes part in the listener's
 * induction on the caller's behalf, and shows it the caller's conclusion with the cookie it wants;
 * from then on every packet goes through as it is.
 */
export async function startSrtRelay(
  ffmpeg: Ffmpeg,
  handshakes: { readonly induction: Buffer; readonly conclusion: Buffer },
  listener: SrtRelayListener,
): Promise<SrtRelay> {
  const port = await freePort();
  const url = `srt://127.0.0.1:${port}?mode=listener&listen_timeout=${LISTEN_US}`;
  const child = ffmpeg.start([
    ...['-v', 'error', '-f', 'data', '-i', url, '-map', '0', '-c', 'copy'],
    ...['-flush_packets', '1', '-f', 'data', 'pipe:1'],
  ]);
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let open = true;
  let connected = false;
  const send = (packet: Buffer) => {
    if (open) socket.send(packet, port, '127.0.0.1', () => {});
  };
  const asking = setInterval(() => send(handshakes.induction), INDUCTION_MS);
  const stop = () => {
    if (!open) return;
    open = false;
    clearInterval(asking);
    socket.close();
  };
  socket.on('error', () => {});
  socket.on('message', (packet) => {
    const handshake = connected ? undefined : parseHandshake(packet);
    if (handshake?.type === 'induction') {
      clearInterval(asking);
      send(withCookie(handshakes.conclusion, handshake.cookie));
      return;
    }
    if (handshake !== undefined) connected = true;
    listener.toCaller(packet);
  });
  child.stdout.on('data', (bytes: Buffer) => listener.data(bytes));
  void child.ended.then(() => {
    stop();
    listener.ended();
  });
  return {
    fromCaller(packet) {
      // It repeats its conclusion until it is answered.
      if (parseHandshake(packet) === undefined) send(packet);
    },
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    async close() {
      stop();
      await child.kill();
    },
  };
}

/** One that was free a moment ago: ffmpeg cannot say which one it took. */
async function freePort(): Promise<number> {
  const probe: Socket = createSocket('udp4');
  await new Promise<void>((resolve) => probe.bind(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return port;
}
