import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPeer } from './peer.js';

/** A connection of the browser that finds no path. */
class LostConnection extends EventTarget {
  connectionState = 'new';
  iceConnectionState = 'new';
  fail() {
    this.connectionState = 'failed';
    this.dispatchEvent(new Event('connectionstatechange'));
  }
  close() {}
}

afterEach(() => vi.unstubAllGlobals());

describe('a path that is not found', () => {
  it.each([
    ['a credential that has expired', 401, /relay \(TURN\) refused the credential/],
    ['a credential that is not its own', 441, /relay \(TURN\) refused the credential/],
    ['a relay that does not answer', 701, /A firewall may block it: try another network\.$/],
    ['nothing but a way round', 701, /try another network, or a bridge\.$/, 'a bridge'],
  ] as const)('is told for what it is: %s', async (_, errorCode, words, detour?: string) => {
    const connection = new LostConnection();
    vi.stubGlobal('RTCPeerConnection', function connect() {
      return connection;
    });
    const peer = createPeer({
      iceServers: [{ urls: 'turn:relay.example', username: 'until-then', credential: 'secret' }],
      iceTransportPolicy: 'relay',
      bundlePolicy: 'balanced',
      simulcast: false,
      scalabilityMode: null,
      feed: { current: () => ({ video: 'absent', audio: 'absent' }), subscribe: () => () => {} },
      videoCodec: 'h264',
      sound: 'speech',
      encoding: {
        current: () => ({}) as never,
        subscribe: () => () => {},
      },
      detour,
      onPeerConnection: () => {},
    });
    const connected = peer.connected(new AbortController().signal);
    connected.catch(() => {});
    connection.dispatchEvent(Object.assign(new Event('icecandidateerror'), { errorCode }));
    connection.fail();
    await expect(connected).rejects.toMatchObject({
      code: 'negotiation-failed',
      message: expect.stringMatching(words),
    });
    await expect(connected).rejects.toMatchObject({
      message: expect.not.stringMatching(/secret|until-then/),
    });
    peer.close();
  });
});
