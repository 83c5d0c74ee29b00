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

const withSdp = (sdp: object) => JSON.stringify(offer({ sdp }));

const serversOf = (more: object) => {
  const message = parseOmeMessage(JSON.stringify(offer(more)));
  return message.kind === 'offer' ? selectIceServers(message.offer) : null;
};

describe('parseOmeMessage', () => {
  it('reads an offer', () => {
    expect(parseOmeMessage(JSON.stringify(offer()))).toStrictEqual({
      kind: 'offer',
      offer: offer(),
    });
  });

  it('keeps the number of the peer, and takes 0 where there is none', () => {
    const peerOf = (peer_id: unknown) => parseOmeMessage(JSON.stringify(offer({ peer_id })));
    expect(peerOf(5)).toMatchObject({ offer: { peer_id: 5 } });
    for (const none of [undefined, null, '5', 1.5]) {
      expect(peerOf(none)).toMatchObject({ offer: { peer_id: 0 } });
    }
  });

  it('reads a refusal, which carries no command', () => {
    expect(parseOmeMessage('{"code":404,"error":"Cannot create offer"}')).toEqual({
      kind: 'error',
      error: { code: 404, error: 'Cannot create offer' },
    });
  });

  it('reads a refusal that gives no reason', () => {
    for (const frame of ['{"code":500}', '{"code":500,"error":null}', '{"code":500,"error":7}']) {
      expect(parseOmeMessage(frame)).toEqual({ kind: 'error', error: { code: 500, error: '' } });
    }
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
    ['nothing', undefined, 'a frame that is not text'],
    ['a binary frame', new ArrayBuffer(1), 'a frame that is not text'],
    ['broken JSON', '{', 'a frame that is not JSON'],
    ['a list', '[]', 'not a JSON object'],
    ['null', 'null', 'not a JSON object'],
    ['an empty object', '{}', 'neither a command nor an error'],
    ['a textual code', '{"code":"404"}', 'neither a command nor an error'],
    ['an offer without SDP', JSON.stringify(offer({ sdp: null })), 'without an SDP offer'],
    ['an offer with an answer in it', withSdp({ type: 'answer', sdp: '' }), 'without an SDP offer'],
    ['an offer whose SDP is no text', withSdp({ type: 'offer', sdp: 7 }), 'without an SDP offer'],
    ['an offer with a textual id', JSON.stringify(offer({ id: '7' })), 'without an integer id'],
    ['an offer with a broken id', JSON.stringify(offer({ id: 1.5 })), 'without an integer id'],
  ])('refuses %s, and says so', (_, data, said) => {
    const refused = { code: 'protocol-violation', message: expect.stringContaining(said) };
    expect(() => parseOmeMessage(data)).toThrowError(expect.objectContaining(refused));
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
    expect(serversOf({ ice_servers })).toStrictEqual([
      { urls, username: 'ome', credential: 'airen' },
    ]);
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
    expect(serversOf({ iceServers: [{ urls: 'stun:h' }] })).toStrictEqual([{ urls: ['stun:h'] }]);
  });

  it('leaves out what a browser would refuse to open a connection with', () => {
    const iceServers = [
      null,
      'stun:h',
      {},
      { urls: [] },
      { urls: 7 },
      { urls: ['stun:a', 7, null, 'stun:b'], username: 7, credential: null },
    ];
    expect(serversOf({ iceServers })).toStrictEqual([{ urls: ['stun:a', 'stun:b'] }]);
  });

  it('takes what is no list for none', () => {
    const ice_servers = [{ urls: 'stun:h' }];
    expect(serversOf({ iceServers: { urls }, ice_servers })).toEqual([{ urls: ['stun:h'] }]);
    expect(serversOf({ iceServers: 'stun:far-more-than-sixteen-letters' })).toEqual([]);
  });
});
