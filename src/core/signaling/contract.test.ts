import { describe, vi } from 'vitest';
import { createFakePeer } from '../../testing/fake-peer.js';
import type { ServerBehaviour } from '../../testing/fake-web-socket.js';
import {
  ANSWERS_PROBES,
  installFakeWebSocket,
  REFUSES_STREAM,
} from '../../testing/fake-web-socket.js';
import type { SignalingStage } from '../../testing/signaling-contract.js';
import { itKeepsTheSignalingContract } from '../../testing/signaling-contract.js';
import { adapterFor } from './adapters.js';

const HINTS = {
  attempt: () => 1,
  mayHoldSession: () => false,
  serverTime: Date.now,
  refreshPreparedAnswers: true,
};

async function openScripted(): Promise<SignalingStage> {
  vi.useFakeTimers();
  let behaviour: ServerBehaviour = ANSWERS_PROBES;
  let isThere = true;
  let hasPath = true;
  const { sockets, restore } = installFakeWebSocket(
    (socket, command) => behaviour(socket, command),
    { opens: () => isThere },
  );
  const published = () =>
    sockets.filter(
      ({ readyState, sent }) =>
        readyState === 1 && sent.some(({ command }) => command === 'answer'),
    );
  return {
    adapter: adapterFor(new URL('wss://host:3334/qlive/secret-key?direction=send'), HINTS),
    createPeer: (iceServers) => createFakePeer(hasPath ? 'CONNECTS' : 'ICE_HANGS', iceServers),
    isPublished: () => published().length > 0,
    async until(condition, what) {
      for (let waited = 0; !condition(); waited += 50) {
        if (waited > 60_000) throw new Error(`Not within a minute: ${what}.`);
        await vi.advanceTimersByTimeAsync(50);
      }
    },
    behave(how) {
      if (how === 'refuse') behaviour = REFUSES_STREAM;
      if (how === 'no-path') hasPath = false;
      if (how === 'go-away') isThere = false;
      if (how === 'end-session') for (const socket of published()) socket.close();
    },
    secret: 'secret-key',
    async close() {
      restore();
      vi.useRealTimers();
    },
  };
}

describe('OvenMediaEngine, scripted', () => itKeepsTheSignalingContract(openScripted));
