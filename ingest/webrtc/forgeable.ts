const HANDSHAKE = 22;
const ALERT = 21;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 13;

/**
 * Whether a datagram holds a DTLS record that nobody signed and that would end or begin anew a
 * session that is up: an alert or a ClientHello of epoch 0 (RFC 6347 sections 4.1.2.7 and 4.2.8).
 * The rest of a handshake in the clear is let through: a client repeats it until it has our answer.
 */
export function wouldEndSession(datagram: Buffer): boolean {
  for (let at = 0; at + RECORD_HEADER < datagram.length; ) {
    const type = datagram.readUInt8(at);
    const epoch = datagram.readUInt16BE(at + 3);
    const length = datagram.readUInt16BE(at + 11);
    const isHello = type === HANDSHAKE && datagram.readUInt8(at + RECORD_HEADER) === CLIENT_HELLO;
    if (epoch === 0 && (type === ALERT || isHello)) return true;
    at += RECORD_HEADER + length;
  }
  return false;
}
