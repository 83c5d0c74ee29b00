import OvenLiveKit from 'ovenlivekit';
import { createBroadcaster } from '../../src/core/index.js';

/** The kits that are compared. */
export type RecoveryName = 'ours' | 'ovenlivekit';

/** The functions that the benchmark calls in the page. */
export interface Recovery {
  /** Publishes; resolves once it says that it is live. */
  goLive(name: RecoveryName, url: string): Promise<void>;
  /** Epoch ms at which it first said, since this instant, that something is wrong; `null` if it did not. */
  noticedAt(since: number): number | null;
  end(): Promise<void>;
}

declare global {
  interface Window {
    recovery: Recovery;
  }
}

let alarms: number[] = [];
let end = async () => {};

window.recovery = {
  async goLive(name, url) {
    alarms = [];
    end = name === 'ours' ? await ours(url) : await peer(url);
  },
  noticedAt: (since) => alarms.find((at) => at >= since) ?? null,
  end: () => end(),
};

async function ours(serverUrl: string): Promise<() => Promise<void>> {
  const broadcaster = createBroadcaster({ serverUrl });
  broadcaster.subscribe(() => {
    const { status } = broadcaster.getSnapshot().connection;
    if (status === 'reconnecting' || status === 'failed') alarms.push(Date.now());
  });
  await broadcaster.start();
  return () => broadcaster.release();
}

async function peer(url: string): Promise<() => Promise<void>> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    audio: true,
  });
  const alarm = () => void alarms.push(Date.now());
  let connected = () => {};
  const live = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const kit = OvenLiveKit.create({
    callbacks: {
      connected,
      error: alarm,
      connectionClosed: alarm,
      iceStateChange(state: string) {
        if (state === 'disconnected' || state === 'failed') alarm();
      },
    },
  });
  await kit.setMediaStream(stream);
  kit.startStreaming(`${url}?direction=send`);
  await live;
  return async () => {
    kit.stopStreaming();
    kit.remove();
    for (const track of stream.getTracks()) track.stop();
  };
}
