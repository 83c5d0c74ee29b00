import { describe, expect, it } from 'vitest';
import { readAnswer } from './sdp.js';

const head = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0'];
const textOf = (...lines: readonly string[]) => `${[...head, ...lines].join('\r\n')}\r\n`;

describe('readAnswer', () => {
  it('reads kind, payload types in their order, and direction of each m-line', () => {
    const answer = textOf(
      'm=video 9 UDP/TLS/RTP/SAVPF 98 99 96',
      'a=sendonly',
      'm=audio 9 UDP/TLS/RTP/SAVPF 110',
      'a=inactive',
    );
    expect(readAnswer(answer)).toEqual([
      { kind: 'video', payloadTypes: [98, 99, 96], direction: 'sendonly' },
      { kind: 'audio', payloadTypes: [110], direction: 'inactive' },
    ]);
  });

  it('takes an m-line without a direction for sendrecv (RFC 8866 section 6.7)', () => {
    const [media] = readAnswer(textOf('m=video 9 UDP/TLS/RTP/SAVPF 98'));
    expect(media?.direction).toBe('sendrecv');
  });

  it('finds no m-line in nonsense, and refuses one that is broken', () => {
    expect(readAnswer('nonsense')).toEqual([]);
    expect(() => readAnswer(textOf('m=video'))).toThrow();
  });
});
