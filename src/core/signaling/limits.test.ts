import { describe, expect, it } from 'vitest';
import type { BroadcastError } from '../errors.js';
import { LIMITS } from './limits.js';
import { parseOmeMessage } from './ome-parse.js';

const candidate = (index: number) => ({
  candidate: `candidate:${index} 1 UDP 50 192.0.2.1 ${10_000 + index} typ host`,
  sdpMLineIndex: 0,
});
const inDescription = (index: number) => `a=${candidate(index).candidate}`;
const many = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => make(index));
const offer = (more: object, sdp = 'v=0\r\n') =>
  JSON.stringify({ command: 'offer', id: 7, sdp: { type: 'offer', sdp }, ...more });
const iceServers = (count: number, urls: unknown = 'stun:192.0.2.1') =>
  many(count, () => ({ urls }));

/** An offer of so many characters. */
const frame = (length: number) =>
  offer({ padding: 'x'.repeat(length - offer({ padding: '' }).length) });

const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);

/** For each limit, the value that just passes and the one that is just too much. */
const EDGES: readonly [name: string, most: string, tooMuch: string][] = [
  [
    'candidates',
    offer({ candidates: many(LIMITS.candidates, candidate) }),
    offer({ candidates: many(LIMITS.candidates + 1, candidate) }),
  ],
  [
    'candidates of any type',
    offer({ candidates: many(LIMITS.candidates, () => 1) }),
    offer({ candidates: many(20_000, () => null) }),
  ],
  [
    'candidates in the description',
    // A name that only looks like one is none.
    offer({}, `s=a=candidate:\r\n${many(LIMITS.candidates, inDescription).join('\r\n')}`),
    offer({ candidates: [candidate(1)] }, `${'a=candidate:1\n'.repeat(LIMITS.candidates)}`),
  ],
  [
    'a candidate',
    offer({ candidates: [{ candidate: 'x'.repeat(LIMITS.candidateChars) }] }),
    offer({ candidates: [{ candidate: 'x'.repeat(LIMITS.candidateChars + 1) }] }),
  ],
  [
    'sections',
    offer({}, `${'m=video 9 X 1\r\na=fmtp:1 param=1\r\n'.repeat(LIMITS.sections)}`),
    offer({}, 'm=video 9 X 1\r'.repeat(LIMITS.sections + 1)),
  ],
  [
    'the description',
    offer({}, 'x'.repeat(LIMITS.sdpChars)),
    offer({}, 'x'.repeat(LIMITS.sdpChars + 1)),
  ],
  [
    'ICE servers',
    offer({ iceServers: iceServers(LIMITS.iceServers) }),
    offer({ ice_servers: iceServers(LIMITS.iceServers + 1) }),
  ],
  [
    'addresses of an ICE server',
    offer({
      iceServers: iceServers(
        1,
        many(LIMITS.iceUrls, () => 'stun:x'),
      ),
    }),
    offer({
      iceServers: iceServers(
        1,
        many(LIMITS.iceUrls + 1, () => 'stun:x'),
      ),
    }),
  ],
  ...['urls', 'username', 'user_name', 'credential'].map((field): (typeof EDGES)[number] => [
    `the ${field} of an ICE server`,
    offer({ iceServers: [{ urls: 'turn:x', [field]: 'x'.repeat(LIMITS.iceChars) }] }),
    offer({ iceServers: [{ urls: 'turn:x', [field]: 'x'.repeat(LIMITS.iceChars + 1) }] }),
  ]),
  ['the frame', frame(LIMITS.frameChars), frame(LIMITS.frameChars + 1)],
];

const thrownBy = (frame: unknown) => {
  try {
    parseOmeMessage(frame);
  } catch (thrown) {
    return thrown as BroadcastError;
  }
  return null;
};

describe('the limits of what a server may send', () => {
  it.each(EDGES)('hold for %s', (_, most, tooMuch) => {
    expect(thrownBy(most)).toBeNull();
    const thrown = thrownBy(tooMuch);
    expect(thrown).toMatchObject({ code: 'protocol-violation' });
    expect(thrown?.message).toMatch(/^The server sent .*far too (long|many)/);
  });

  it.each([
    ['a frame of 60 MB', `"${'x'.repeat(60_000_000)}"`],
    ['lists within lists', deep('[', ']')],
    ['objects within objects', deep('{"a":', '}').slice(0, LIMITS.frameChars)],
    ['bytes', new ArrayBuffer(8)],
    ['a blob', new Blob(['{}'])],
  ])('leave %s a violation, and nothing worse', (_, frame) => {
    const thrown = thrownBy(frame);
    expect(thrown).toMatchObject({ code: 'protocol-violation' });
    expect(thrown).not.toHaveProperty('cause');
  });
});
