import type { MediaKind } from './media-packet.js';

/** A track of a Matroska stream (RFC 9559 section 5.1.4.1). */
export interface MatroskaTrack {
  readonly kind: MediaKind;
  /** Such as `V_AV1` (draft-ietf-cellar-codec). */
  readonly codecId: string;
  readonly codecPrivate: Buffer | undefined;
}

/** The beginning of a stream of one track that has no end yet. */
export function matroskaHead({ kind, codecId, codecPrivate }: MatroskaTrack): Buffer {
  const entry = [
    element('d7', unsigned(1)),
    element('73c5', unsigned(1)),
    element('83', unsigned(kind === 'video' ? 1 : 2)),
    element('86', Buffer.from(codecId)),
    ...(codecPrivate === undefined ? [] : [element('63a2', codecPrivate)]),
    ...(kind === 'video'
      ? []
      : [element('e1', element('b5', float(48_000)), element('9f', unsigned(2)))]),
  ];
  return Buffer.concat([
    element('1a45dfa3', element('4282', Buffer.from('matroska')), element('4287', unsigned(4))),
    // The segment's size is not known.
    Buffer.from('1853806701ffffffffffffff', 'hex'),
    // Times are in milliseconds.
    element('1549a966', element('2ad7b1', unsigned(1_000_000))),
    element('1654ae6b', element('ae', ...entry)),
  ]);
}

/** The next frame, in a cluster of its own so that nobody has to wait for another. */
export function matroskaFrame(timeMs: number, isKey: boolean, data: Buffer): Buffer {
  const block = Buffer.from([0x81, 0, 0, isKey ? 0x80 : 0]);
  return element(
    '1f43b675',
    element('e7', unsigned(Math.max(0, timeMs))),
    element('a3', block, data),
  );
}

function element(id: string, ...content: readonly Buffer[]): Buffer {
  const size = content.reduce((sum, { length }) => sum + length, 0);
  const head = Buffer.alloc(id.length / 2 + 8);
  head.write(id, 'hex');
  head.writeBigUInt64BE(0x0100_0000_0000_0000n | BigInt(size), id.length / 2);
  return Buffer.concat([head, ...content]);
}

function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.round(value)));
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
