import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';

/** The port itself while nobody has it on `host`; otherwise 0, which is any free one. */
export async function preferredPort(
  protocol: 'tcp' | 'udp',
  port: number,
  host: string,
): Promise<number> {
  const isFree = protocol === 'tcp' ? await takesTcp(port, host) : await takesUdp(port, host);
  return isFree ? port : 0;
}

function takesTcp(port: number, host: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function takesUdp(port: number, host: string): Promise<boolean> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, host, () => socket.close(() => resolve(true)));
  });
}
