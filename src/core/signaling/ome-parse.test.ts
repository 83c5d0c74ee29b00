import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BroadcastError } from '../errors.js';
import { parseOmeMessage, selectIceServers } from './ome-parse.js';

const offer = (more: object = {}) => ({
  command: 'offer',
  id: 620435602,
  peer_id: 0,
  code: 200,
  sdp: { type: 'offer', sdp: 'v=0\r\n' },
  candidates: [{ candidate: 'candidate:1 1 UDP 50 127.0.0.1 10000 typ host', sdpMLineIndex: 0 }],
  ...more,
});

const serversOf = (more: object) => {
  const message = parseOmeMessage(JSON.stringify(offer(more)));
  return message.kind === 'offer' ? selectIceServers(message.offer) : null;
};

describe('parseOmeMessage', () => {
  it('reads an offer', () => {
    expect(parseOmeMessage(JSON.stringify(offer()))).toEqual({ kind: 'offer', offer: offer() });
  });

  it('reads a refusal, which carries no command', () => {
    expect(parseOmeMessage('{"code":404,"error":"Cannot create offer"}')).toEqual({
      kind: 'error',
      error: { code: 404, error: 'Cannot create offer' },
    });
  });

  it('ignores commands that do not concern ingest', () => {
    expect(parseOmeMessage('{"command":"request_offer_p2p","id":1}')).toEqual({ kind: 'ignored' });
  });

  it('skips candidates that are none', () => {
    const candidates = [null, 3, {}, { candidate: '' }, { candidate: 'candidate:1' }];
    expect(parseOmeMessage(JSON.stringify(offer({ candidates })))).toMatchObject({
      offer: { candidates: [{ candidate: 'candidate:1' }] },
    });
  });

  it.each([
    ['nothing', undefined],
    ['a binary frame', new ArrayBuffer(1)],
    ['broken JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['an offer without SDP', JSON.stringify(offer({ sdp: null }))],
    ['an offer with an answer in it', JSON.stringify(offer({ sdp: { type: 'answer', sdp: '' } }))],
    ['an offer with a textual id', JSON.stringify(offer({ id: '7' }))],
  ])('refuses %s', (_, data) => {
    expect(() => parseOmeMessage(data)).toThrowError(
      expect.objectContaining({ code: 'protocol-violation' }),
    );
  });

  it('never throws anything but a typed error', () => {
    const mutated = fc.oneof(
      fc.anything(),
      fc.json(),
      fc.record({ command: fc.constant('offer'), id: fc.anything(), sdp: fc.anything() }),
      fc
        .dictionary(
          fc.constantFrom('candidates', 'iceServers', 'ice_servers', 'peer_id'),
          fc.jsonValue(),
        )
        .map((more) => JSON.stringify(offer(more))),
    );
    fc.assert(
      fc.property(mutated, (data) => {
        try {
          const message = parseOmeMessage(data);
          if (message.kind === 'offer') selectIceServers(message.offer);
        } catch (error) {
          expect(error).toBeInstanceOf(BroadcastError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('selectIceServers', () => {
  const urls = ['turn:203.0.113.9:3478?transport=tcp'];

  it('takes the legacy spelling', () => {
    const ice_servers = [{ urls, user_name: 'ome', credential: 'airen' }];
    expect(serversOf({ ice_servers })).toEqual([{ urls, username: 'ome', credential: 'airen' }]);
  });

  it('prefers the standard list, unless it is empty', () => {
    const iceServers = [{ urls, username: 'new', credential: 'c' }];
    const ice_servers = [{ urls, user_name: 'old', credential: 'c' }];
    expect(serversOf({ iceServers, ice_servers })).toMatchObject([{ username: 'new' }]);
    expect(serversOf({ iceServers: [], ice_servers })).toMatchObject([{ username: 'old' }]);
  });

  it('takes empty and missing lists, and servers without credentials', () => {
    expect(serversOf({})).toEqual([]);
    expect(serversOf({ iceServers: [] })).toEqual([]);
    expect(serversOf({ iceServers: [{ urls: 'stun:h' }] })).toEqual([{ urls: ['stun:h'] }]);
  });
});
