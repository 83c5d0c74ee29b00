import type { Packages } from './packages.js';
import type { Uplink } from './uplink.js';

/** What the transport lets through, both ways. */
export type Gate = 'closed' | 'open' | 'cut' | 'no-stun' | 'no-dtls';

/** One ICE socket, over UDP or TCP. */
export type IceProtocol = InstanceType<Packages['werift']['CandidatePair']>['protocol'];

function passes(gate: Gate, what: 'stun' | 'dtls' | 'media'): boolean {
  if (gate === 'no-stun') return what !== 'stun';
  if (gate === 'no-dtls') return what !== 'dtls';
  return gate === 'open';
}

/**
 * Puts a gate and an ear on one socket, both ways, and an uplink in front of what comes in. `heard`
 * is called for what came through.
 */
export function guard(
  protocol: IceProtocol,
  { gate, heard, uplink }: { gate(): Gate; heard(): void; readonly uplink: Uplink },
): void {
  const lets = (what: 'stun' | 'dtls' | 'media') => passes(gate(), what);
  const { onRequestReceived, onDataReceived } = protocol;
  const receiveRequest = onRequestReceived.execute;
  onRequestReceived.execute = (...request) => {
    const [, , bytes] = request;
    uplink.carry(bytes.length, () => {
      if (!lets('stun')) return;
      heard();
      receiveRequest(...request);
    });
  };
  const receiveData = onDataReceived.execute;
  onDataReceived.execute = (data) => {
    uplink.carry(data.length, () => {
      if (!lets(dataKind(data))) return;
      heard();
      receiveData(data);
    });
  };
  const sendStun = protocol.sendStun.bind(protocol);
  protocol.sendStun = async (...message) => {
    if (lets('stun')) await sendStun(...message);
  };
  const sendData = protocol.sendData.bind(protocol);
  protocol.sendData = async (data, address) => {
    if (lets(dataKind(data))) await sendData(data, address);
  };
}

/** First byte 20 to 63 is DTLS (RFC 7983 section 7). */
function dataKind(data: Buffer): 'dtls' | 'media' {
  const first = data[0] ?? 0;
  return first >= 20 && first <= 63 ? 'dtls' : 'media';
}
