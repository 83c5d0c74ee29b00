import { describe, vi } from 'vitest';
import type { FakePeer } from '../../testing/fake-peer.js';
import { createFakePeer } from '../../testing/fake-peer.js';
import type { ServerBehaviour } from '../../testing/fake-web-socket.js';
import {
  ANSWERS_PROBES,
  installFakeWebSocket,
  REFUSES_STREAM,
} from '../../testing/fake-web-socket.js';
import { installFakeWhip, refused } from '../../testing/fake-whip.js';
import type { SignalingStage } from '../../testing/signaling-contract.js';
import { itKeepsTheSignalingContract } from '../../testing/signaling-contract.js';
import { adapterFor } from './adapters.js';
import { parseIngestUrl } from './ingest-url.js';

const HINTS = {
  attempt: () => 1,
  mayHoldSession: () => false,
  serverTime: Date.now,
  authToken: null,
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
    until,
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

async function openScriptedWhip(): Promise<SignalingStage> {
  const url = parseIngestUrl({ serverUrl: 'https://host/whip/secret-key' });
  const adapter = adapterFor(url, { ...HINTS, authToken: 'secret-key' });
  // Loading takes time of a real clock.
  await adapter.load?.(new AbortController().signal);
  vi.useFakeTimers();
  let isThere = true;
  let hasPath = true;
  const server = installFakeWhip(() => isThere);
  const peers: FakePeer[] = [];
  return {
    adapter,
    createPeer(iceServers) {
      const peer = createFakePeer(hasPath ? 'CONNECTS' : 'ICE_HANGS', iceServers);
      peers.push(peer);
      return peer;
    },
    isPublished: () => isThere && server.sessions.size > 0,
    until,
    behave(how) {
      if (how === 'refuse') server.behave('POST', refused(404, 'No stream secret-key here'));
      if (how === 'no-path') hasPath = false;
      if (how === 'go-away') isThere = false;
      if (how === 'end-session') {
        server.drop();
        for (const peer of peers) peer.closeByServer();
      }
    },
    secret: 'secret-key',
    async close() {
      server.restore();
      vi.useRealTimers();
    },
  };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !condition(); waited += 50) {
    if (waited > 60_000) throw new Error(`Not within a minute: ${what}.`);
    await vi.advanceTimersByTimeAsync(50);
  }
}

describe('OvenMediaEngine, scripted', () => itKeepsTheSignalingContract(openScripted));
describe('WHIP, scripted', () => itKeepsTheSignalingContract(openScriptedWhip));
