import type { CandidatePair } from 'werift';
import type { Uplink } from '../faults/uplink.js';
import { wouldEndSession } from './forgeable.js';

/** The packets that the transport lets through, both ways. */
export type Gate = 'closed' | 'open' | 'cut' | 'no-stun' | 'no-dtls' | 'no-rtcp';

/** One ICE socket, over UDP or TCP. */
export type IceProtocol = CandidatePair['protocol'];

/** The part of a peer that its guard needs. */
export interface Guarded {
  gate(): Gate;
  /** Called for each packet that came through. */
  heard(): void;
  readonly uplink: Uplink;
  /** Whether a connectivity check is signed with this peer's password (RFC 8445 section 7.3). */
  isSigned(check: Buffer): boolean;
  /** Whether DTLS is up. */
  isSecure(): boolean;
}

type Content = 'stun' | 'dtls' | 'media';

function letsIn(gate: Gate, what: Content): boolean {
  if (gate === 'no-stun') return what !== 'stun';
  if (gate === 'no-dtls') return what !== 'dtls';
  return gate === 'open' || gate === 'no-rtcp';
}

/** All that a publisher is sent as media is RTCP. */
function letsOut(gate: Gate, what: Content): boolean {
  return letsIn(gate, what) && (gate !== 'no-rtcp' || what !== 'media');
}

/**
 * Puts a gate and an ear on one socket, both ways, and an uplink in front of what comes in. Media
 * and DTLS are only taken from addresses that signed a connectivity check before, whoever else finds
 * the port; and once DTLS is up nothing unsigned can end it.
 */
export function guard(
  protocol: IceProtocol,
  { gate, heard, uplink, isSigned, isSecure }: Guarded,
): void {
  const checked = new Set<string>();
  const { onRequestReceived, onDataReceived } = protocol;
  const receiveRequest = onRequestReceived.execute;
  onRequestReceived.execute = (...request) => {
    const [, address, bytes] = request;
    if (!isSigned(bytes)) return;
    uplink.carry(bytes.length, () => {
      if (!letsIn(gate(), 'stun')) return;
      checked.add(address.join());
      heard();
      receiveRequest(...request);
    });
  };
  const receiveData = onDataReceived.execute;
  onDataReceived.execute = (data) => {
    uplink.carry(data.length, () => {
      const kind = dataKind(data);
      if (!letsIn(gate(), kind) || (kind === 'dtls' && isSecure() && wouldEndSession(data))) return;
      heard();
      receiveData(data);
    });
  };
  listenOnlyTo((address) => checked.has(address.join()), protocol);
  const sendStun = protocol.sendStun.bind(protocol);
  protocol.sendStun = async (...message) => {
    if (letsOut(gate(), 'stun')) await sendStun(...message);
  };
  const sendData = protocol.sendData.bind(protocol);
  protocol.sendData = async (data, address) => {
    if (letsOut(gate(), dataKind(data))) await sendData(data, address);
  };
}

type Receive = (data: Buffer, address: readonly [string, number]) => void;

/** Where werift hands over what a socket received, with the address that it forgets behind it. */
interface Receiver {
  /** UDP: the socket. */
  readonly transport?: { onData: Receive };
  /** TCP: one frame. */
  handleFrame?: Receive;
}

function listenOnlyTo(
  isKnown: (address: readonly [string, number]) => boolean,
  protocol: IceProtocol,
): void {
  const receiver = protocol as unknown as Receiver;
  const filtered =
    (receive: Receive): Receive =>
    (data, address) => {
      if (isStun(data) || isKnown(address)) receive(data, address);
    };
  if (receiver.transport !== undefined) {
    receiver.transport.onData = filtered(receiver.transport.onData);
  } else if (receiver.handleFrame !== undefined) {
    receiver.handleFrame = filtered(receiver.handleFrame.bind(receiver));
  }
}

/** First byte 0 to 3 is STUN (RFC 7983 section 7). */
function isStun(data: Buffer): boolean {
  return (data[0] ?? 0) <= 3;
}

/** First byte 20 to 63 is DTLS (RFC 7983 section 7). */
function dataKind(data: Buffer): 'dtls' | 'media' {
  const first = data[0] ?? 0;
  return first >= 20 && first <= 63 ? 'dtls' : 'media';
}
