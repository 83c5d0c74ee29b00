import { WHIPClient as EyevinnClient } from '@eyevinn/whip-web-client';
import OvenLiveKit from 'ovenlivekit';
import { WHIPClient } from 'whip-whep/whip.js';
import { play } from '../../e2e/pages/playback.js';
import type { Screen } from '../../e2e/pages/screen.js';
import { showOnScreen } from '../../e2e/pages/screen.js';
import { createBroadcaster } from '../../src/core/index.js';

/** One way to publish, reduced to what is compared. */
interface Publisher {
  /** Everything that may happen before the user presses the button. */
  ready(): Promise<void>;
  press(): void;
  /** Every connection made so far; what was prepared may be renewed before the press. */
  connections(): readonly RTCPeerConnection[];
  preview(): MediaStream;
  end(): Promise<void>;
}

/** The names of the ways to publish. */
export type PublisherName = OursName | 'ovenlivekit' | 'whip-whep' | 'eyevinn';

type OursName = 'cold' | 'prepared' | 'stale';

/**
 * One viewer's view: delays in milliseconds, and the width of the first and the last frame in
 * pixels.
 */
export interface Latency {
  readonly delays: readonly number[];
  readonly firstWidth: number;
  readonly lastWidth: number;
}

/** The functions that the benchmark calls in the page; durations are milliseconds. */
export interface Bench {
  /** From the press to the first packet of video that left the browser. */
  pressToMedia(name: PublisherName, url: string): Promise<number>;
  /** Gets ready, waits, presses, and answers with the instant of the press, in epoch milliseconds. */
  pressAfter(name: PublisherName, url: string, waitMs: number): Promise<number>;
  /** Ends what `pressAfter` began. */
  end(): Promise<void>;
  /** The connections that `pressAfter` made and the answers it sent, once its answer is out. */
  conversation(): Promise<Conversation>;
  /** Publishes until a viewer saw so many frames: their picture-to-picture delays, and their width. */
  latency(name: PublisherName, url: string, frames: number): Promise<Latency>;
}

/** The messages between a page and an ingest. Instants are epoch milliseconds. */
export interface Conversation {
  /** Of each offer that was requested; OvenMediaEngine calls its admission webhook for each. */
  readonly offersAskedAt: readonly number[];
  readonly answeredAt: number;
  /** Peer connections made, renewals included. */
  readonly connections: number;
  readonly sockets: number;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

let held: Publisher | undefined;

const sent: { readonly command: string; readonly at: number }[] = [];
let sockets = 0;
window.WebSocket = class extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    sockets += 1;
  }

  override send(data: string) {
    sent.push({ command: (JSON.parse(data) as { command: string }).command, at: Date.now() });
    super.send(data);
  }
};

window.bench = {
  async pressToMedia(name, url) {
    const publisher = create(name, url);
    await publisher.ready();
    const pressedAt = performance.now();
    publisher.press();
    const took = (await firstVideoPacket(publisher)) - pressedAt;
    await publisher.end();
    return took;
  },
  async pressAfter(name, url, waitMs) {
    held = create(name, url);
    await held.ready();
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const pressedAt = Date.now();
    held.press();
    return pressedAt;
  },
  async end() {
    await held?.end();
  },
  async conversation() {
    const instants = (command: string) =>
      sent.filter((one) => one.command === command).map(({ at }) => at);
    await until(() => instants('answer').length > 0);
    return {
      offersAskedAt: instants('request_offer'),
      answeredAt: instants('answer').at(0) ?? Number.NaN,
      connections: held?.connections().length ?? 0,
      sockets,
    };
  },
  async latency(name, url, frames) {
    const publisher = create(name, url);
    await publisher.ready();
    const sent = showOnScreen(publisher.preview());
    publisher.press();
    await firstVideoPacket(publisher);
    const playback = await play(url);
    const seen = showOnScreen(playback.stream);
    await until(() => seen.frames.length > 60 + frames);
    const delays = delaysOf(sent, seen, 60);
    const [firstWidth = 0, lastWidth = 0] = [seen.frames.at(0)?.width, seen.frames.at(-1)?.width];
    for (const screen of [sent, seen]) screen.close();
    playback.close();
    await publisher.end();
    return { delays, firstWidth, lastWidth };
  },
};

function create(name: PublisherName, url: string): Publisher {
  if (name === 'ovenlivekit') return peer(url);
  if (name === 'whip-whep') return whipPeer(publishByWhipWhep(url));
  return name === 'eyevinn' ? whipPeer(publishByEyevinn(url)) : ours(url, name);
}

function ours(serverUrl: string, name: OursName): Publisher {
  const made: RTCPeerConnection[] = [];
  const broadcaster = createBroadcaster({
    serverUrl,
    autoPrepare: false,
    refreshPreparedAnswers: name !== 'stale',
    onPeerConnection: (connection) => made.push(connection),
  });
  return {
    async ready() {
      await broadcaster.preview();
      if (name !== 'cold') await broadcaster.prepare();
    },
    press: () => void broadcaster.start(),
    connections: () => made,
    preview() {
      const { camera } = broadcaster.getSnapshot();
      if (camera.status !== 'on') throw new Error(`The camera is ${camera.status}.`);
      return new MediaStream([camera.capture.track]);
    },
    end: () => broadcaster.release(),
  };
}

function openDevices(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    audio: true,
  });
}

/** Publishes a stream over WHIP, as a client's readme says. */
interface WhipPublishing {
  readonly connections: readonly RTCPeerConnection[];
  publish(stream: MediaStream): Promise<void>;
  end(): Promise<void>;
}

function publishByWhipWhep(url: string): WhipPublishing {
  const client = new WHIPClient();
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  return {
    connections: [connection],
    async publish(stream) {
      for (const track of stream.getTracks()) {
        connection.addTransceiver(track, { direction: 'sendonly' });
      }
      await client.publish(connection, url);
    },
    end: () => client.stop(),
  };
}

function publishByEyevinn(endpoint: string): WhipPublishing {
  const connections: RTCPeerConnection[] = [];
  const client = new EyevinnClient({
    endpoint,
    // Without a list it would ask a public STUN server.
    opts: { iceServers: [] },
    peerConnectionFactory(configuration) {
      const connection = new RTCPeerConnection(configuration);
      connections.push(connection);
      return connection;
    },
  });
  return {
    connections,
    publish: (stream) => client.ingest(stream),
    end: () => client.destroy(),
  };
}

function whipPeer({ connections, publish, end }: WhipPublishing): Publisher {
  let stream = new MediaStream();
  return {
    async ready() {
      stream = await openDevices();
    },
    press: () => void publish(stream),
    connections: () => connections,
    preview: () => new MediaStream(stream.getVideoTracks()),
    async end() {
      await end();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

function peer(serverUrl: string): Publisher {
  const kit = OvenLiveKit.create();
  let stream = new MediaStream();
  return {
    async ready() {
      stream = await openDevices();
      await kit.setMediaStream(stream);
    },
    press: () => kit.startStreaming(`${serverUrl}?direction=send`),
    connections: () => (kit.peerConnection === null ? [] : [kit.peerConnection]),
    preview: () => new MediaStream(stream.getVideoTracks()),
    async end() {
      kit.stopStreaming();
      kit.remove();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

async function firstVideoPacket({ connections }: Publisher): Promise<number> {
  for (;;) {
    for (const connection of connections()) {
      for (const stats of (await connection.getStats()).values()) {
        if (stats.type === 'outbound-rtp' && stats.kind === 'video' && stats.packetsSent > 0) {
          return performance.now();
        }
      }
    }
    await tick();
  }
}

function delaysOf(sent: Screen, seen: Screen, from: number): number[] {
  return seen.frames.slice(from).flatMap(({ number, at }) => {
    if (number === null) return [];
    const original = sent.frames.findLast((frame) => frame.number === number && frame.at <= at);
    return original === undefined ? [] : [at - original.at];
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await tick();
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
