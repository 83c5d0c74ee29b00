import { afterEach, describe, expect, it, vi } from 'vitest';
import { FAKE_ANSWER, FAKE_OFFER } from '../../testing/fake-whip.js';
import type { Offering } from './offering.js';
import type { PeerSettings } from './peer.js';
import { createPeer } from './peer.js';

interface Added {
  readonly kind: string;
  readonly init: RTCRtpTransceiverInit;
}

/** A connection of the browser that only records; `refuses` says which encodings it does not know. */
class Recorded extends EventTarget {
  connectionState = 'new';
  iceConnectionState = 'new';
  readonly added: Added[] = [];
  readonly done: string[] = [];
  readonly transceivers: object[] = [];
  servers: RTCIceServer[] = [];
  answer = '';
  refuses: (init: RTCRtpTransceiverInit) => boolean = () => false;
  addTransceiver(source: string | { readonly kind: string }, init: RTCRtpTransceiverInit) {
    if (this.refuses(init)) throw new DOMException('no', 'OperationError');
    const kind = typeof source === 'string' ? source : source.kind;
    this.added.push({ kind, init });
    const encodings = (init.sendEncodings ?? [{}]).map((encoding) => ({ ...encoding }));
    const made = {
      direction: init.direction,
      receiver: { track: { kind } },
      sender: {
        track: null,
        transport: null,
        replaceTrack: async () => {},
        getParameters: () => ({ encodings }),
        setParameters: async () => {},
      },
      setCodecPreferences: () => {},
    };
    this.transceivers.push(made);
    return made;
  }
  getTransceivers() {
    return this.transceivers;
  }
  getSenders() {
    return this.transceivers.map((one) => (one as { sender: object }).sender);
  }
  async createOffer(options?: RTCOfferOptions) {
    this.done.push(options?.iceRestart ? 'offer again' : 'offer');
    return { type: 'offer', sdp: FAKE_OFFER.replaceAll('a=rtcp-mux-only\r\n', '') };
  }
  getConfiguration() {
    return {};
  }
  setConfiguration({ iceServers = [] }: RTCConfiguration) {
    if (iceServers.some(({ urls }) => String(urls).includes('refused'))) throw new Error('no');
    this.servers = iceServers;
    this.done.push('servers');
  }
  async setLocalDescription() {
    this.done.push('local');
  }
  async setRemoteDescription({ sdp }: { readonly sdp: string }) {
    this.answer = sdp;
    this.done.push('remote');
  }
  close() {}
}

afterEach(() => vi.unstubAllGlobals());

async function offered(wishes: Partial<PeerSettings> = {}, pc = new Recorded()) {
  vi.stubGlobal('RTCPeerConnection', function connect() {
    return pc;
  });
  vi.stubGlobal('MediaStream', class {});
  const peer = createPeer({
    iceServers: [{ urls: 'stun:own.example' }],
    iceTransportPolicy: 'all',
    bundlePolicy: 'max-bundle',
    simulcast: false,
    scalabilityMode: null,
    feed: { current: () => ({ video: null, audio: null }), subscribe: () => () => {} },
    videoCodec: 'h264',
    sound: 'speech',
    encoding: {
      current: () => ({
        maxVideoKbps: 2_500,
        scaleDownBy: 1,
        maxFramesPerSecond: null,
        degradationPreference: 'balanced',
      }),
      subscribe: () => () => {},
    },
    detour: undefined,
    onPeerConnection: () => {},
    ...wishes,
  });
  const offering: Offering = await peer.offer();
  return { peer, pc, offering };
}

describe('an offer', () => {
  it('sends one sound and one picture of one stream, and receives nothing', async () => {
    const { pc, offering } = await offered();
    expect(pc.added.map(({ kind }) => kind)).toEqual(['audio', 'video']);
    expect(pc.added.map(({ init }) => init.direction)).toEqual(['sendonly', 'sendonly']);
    const [first, second] = pc.added.map(({ init }) => init.streams);
    expect(first).toHaveLength(1);
    expect(second).toEqual(first);
    expect(offering.sdp.match(/a=rtcp-mux-only\r\n/g)).toHaveLength(2);
    expect(pc.done).toEqual(['offer']);
  });

  it('has a port in every section, because servers take 0 for a refusal', async () => {
    const pc = new Recorded();
    // As Firefox writes it.
    const written = FAKE_OFFER.replace('m=video 9', 'm=video 0').replace(
      'a=mid:1',
      'a=bundle-only\r\na=mid:1',
    );
    pc.createOffer = async () => ({ type: 'offer', sdp: written });
    const { offering } = await offered({}, pc);
    expect(offering.sdp.match(/^m=\w+ \d+/gm)).toEqual(['m=audio 9', 'm=video 9']);
    expect(offering.sdp.replaceAll(/^m=.*\r\n/gm, '')).toBe(written.replaceAll(/^m=.*\r\n/gm, ''));
  });

  it('leaves out a kind that is not sent, which has to be offered anew once it is', async () => {
    let video: 'absent' | MediaStreamTrack = 'absent';
    const feed = { current: () => ({ video, audio: null }), subscribe: () => () => {} };
    const { pc, peer } = await offered({ feed });
    expect(pc.added.map(({ kind }) => kind)).toEqual(['audio']);
    expect(peer.needsRenegotiation()).toBe(false);
    video = {} as MediaStreamTrack;
    expect(peer.needsRenegotiation()).toBe(true);
  });

  it('has three sizes of the picture, the largest first, where they are asked for', async () => {
    const { pc } = await offered({ simulcast: true, scalabilityMode: 'L1T2' });
    expect(pc.added[0]?.init.sendEncodings).toBeUndefined();
    expect(pc.added[1]?.init.sendEncodings).toEqual([
      { rid: 'h', scaleResolutionDownBy: 1, scalabilityMode: 'L1T2' },
      { rid: 'm', scaleResolutionDownBy: 2, scalabilityMode: 'L1T2' },
      { rid: 'l', scaleResolutionDownBy: 4, scalabilityMode: 'L1T2' },
    ]);
  });

  it('goes on without layers, and without sizes, that the browser does not know', async () => {
    const noLayers = new Recorded();
    noLayers.refuses = ({ sendEncodings = [] }) =>
      sendEncodings.some((one) => 'scalabilityMode' in one);
    const { pc } = await offered({ simulcast: true, scalabilityMode: 'L9T9' }, noLayers);
    expect(pc.added[1]?.init.sendEncodings).toHaveLength(3);
    const plain = new Recorded();
    plain.refuses = ({ sendEncodings }) => sendEncodings !== undefined;
    await offered({ simulcast: true }, plain);
    expect(plain.added[1]?.init.sendEncodings).toBeUndefined();
  });
});

describe('an answer to an offer', () => {
  it('is taken after the servers that came with it, and with our wishes in it', async () => {
    const { pc, offering, peer } = await offered();
    await offering.takeAnswer(FAKE_ANSWER, [
      { urls: 'stun:refused' },
      { urls: 'stun:theirs.example' },
    ]);
    expect(pc.servers).toEqual([{ urls: 'stun:own.example' }, { urls: 'stun:theirs.example' }]);
    expect(pc.done.slice(-2)).toEqual(['local', 'remote']);
    expect(pc.done.lastIndexOf('servers')).toBeLessThan(pc.done.indexOf('local'));
    expect(pc.answer).toContain('x-google-start-bitrate=2000');
    expect(pc.answer).toContain('maxaveragebitrate=48000');
    expect(peer.sent()).toEqual({ video: 'taken', audio: 'taken' });
  });

  it('keeps the order of the codecs, of which the server may read the first alone', async () => {
    const { pc, offering } = await offered({ videoCodec: 'h264' });
    const both = FAKE_ANSWER.replace(
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'm=video 9 UDP/TLS/RTP/SAVPF 97 96',
    ).replace('a=rtpmap:96', 'a=rtpmap:97 VP8/90000\r\na=rtpmap:96');
    await offering.takeAnswer(both, []);
    expect(pc.answer).toContain('m=video 9 UDP/TLS/RTP/SAVPF 97 96\r\n');
  });

  it('may refuse the picture, but not both', async () => {
    const half = await offered();
    await half.offering.takeAnswer(FAKE_ANSWER.replace('m=video 9', 'm=video 0'), []);
    expect(half.peer.sent()).toEqual({ video: 'refused', audio: 'taken' });
    const none = await offered();
    const refused = FAKE_ANSWER.replaceAll('a=recvonly', 'a=inactive');
    await expect(none.offering.takeAnswer(refused, [])).rejects.toMatchObject({
      code: 'no-common-codec',
    });
  });

  it('that the browser cannot use is told without its words', async () => {
    const { pc, offering } = await offered();
    pc.setRemoteDescription = () =>
      Promise.reject(new DOMException('secret', 'InvalidAccessError'));
    await expect(offering.takeAnswer(FAKE_ANSWER, [])).rejects.toMatchObject({
      code: 'negotiation-failed',
      cause: expect.objectContaining({
        name: 'InvalidAccessError',
        message: expect.not.stringContaining('secret'),
      }),
    });
  });
});

describe('a restart of ICE', () => {
  it('sets nothing before its answer is taken', async () => {
    const { pc, offering } = await offered();
    await offering.takeAnswer(FAKE_ANSWER, []);
    const { length } = pc.done;
    const restart = await offering.restart();
    expect(pc.done.slice(length)).toEqual(['offer again']);
    await restart.takeAnswer(FAKE_ANSWER);
    expect(pc.done.slice(length)).toEqual(['offer again', 'local', 'remote']);
  });
});
