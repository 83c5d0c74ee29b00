import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { installFakeDevices } from '../testing/fake-devices.js';
import type { ServerBehaviour } from '../testing/fake-web-socket.js';
import { installFakeWebSocket } from '../testing/fake-web-socket.js';
import { createBroadcaster } from './broadcaster.js';

/** Texts of a server that may hold a secret, or that imitate our own words. */
const WORD = 'zz-server-word-zz';

/** Where a browser throws while it takes what the server sent, repeating it. */
const STEPS = [
  'constructor',
  'setRemoteDescription',
  'createAnswer',
  'setLocalDescription',
  'addIceCandidate',
  'getStats',
  'none',
] as const;

/** A connection that repeats what it was given when it throws, as browsers do. */
function connectionThatThrowsAt(step: (typeof STEPS)[number]) {
  const given: unknown[] = [];
  const attempt = (name: (typeof STEPS)[number], what: unknown) => {
    given.push(what);
    if (step === name) throw new DOMException(`Bad: ${WORD} ${JSON.stringify(given)}`, WORD);
  };
  return class extends EventTarget {
    localDescription = { sdp: '' };
    connectionState = 'failed';
    iceConnectionState = 'failed';
    constructor(configuration: unknown) {
      super();
      attempt('constructor', configuration);
    }
    async setRemoteDescription(description: unknown) {
      attempt('setRemoteDescription', description);
    }
    async createAnswer() {
      attempt('createAnswer', null);
      return { type: 'answer', sdp: `v=0\r\nm=video 9 X 1\r\na=mid:${WORD}\r\n` };
    }
    async setLocalDescription(description: { sdp: string }) {
      attempt('setLocalDescription', description);
      this.localDescription = description;
    }
    async addIceCandidate(candidate: unknown) {
      attempt('addIceCandidate', candidate);
    }
    async getStats() {
      attempt('getStats', null);
      return new Map();
    }
    getTransceivers() {
      return [];
    }
    close() {}
  };
}

const word = fc.constantFrom(WORD, `a ${WORD}\r\nb`, `{"${WORD}"`, `candidate:${WORD}`);
const scalar = fc.oneof(word, fc.integer(), fc.constant(null), fc.boolean());
const offer = fc.record(
  {
    command: fc.constant('offer'),
    id: fc.oneof({ weight: 4, arbitrary: fc.integer() }, scalar),
    sdp: fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('offer'), sdp: word }) },
      scalar,
    ),
    candidates: fc.oneof(
      scalar,
      fc.array(fc.oneof(fc.record({ candidate: word, sdpMid: scalar }), scalar)),
    ),
    iceServers: fc.oneof(
      scalar,
      fc.array(
        fc.oneof(
          fc.record({
            urls: fc.oneof(word, fc.array(scalar)),
            username: scalar,
            credential: scalar,
          }),
          scalar,
        ),
      ),
    ),
    code: scalar,
    error: scalar,
  },
  { requiredKeys: ['command'] },
);
const refusal = fc.record({
  code: fc.constantFrom(400, 401, 403, 404, 409, 500, -1, 1e21),
  error: scalar,
});
const frame = fc.oneof(
  word,
  offer.map((given) => JSON.stringify(given)),
  refusal.map((given) => JSON.stringify(given)),
  fc.record({ command: word }).map((given) => JSON.stringify(given)),
);

const restore: (() => void)[] = [];
afterEach(() => {
  for (const one of restore.splice(0)) one();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('repeats no word of a server in any error, state or line of the log', async () => {
  vi.useFakeTimers();
  const check = async (
    frames: readonly string[],
    step: (typeof STEPS)[number],
    closes: boolean,
  ) => {
    const server: ServerBehaviour = (socket) => {
      for (const one of frames) socket.receive(one);
      if (closes) socket.close();
    };
    const devices = installFakeDevices();
    const sockets = installFakeWebSocket(server);
    vi.stubGlobal('RTCPeerConnection', connectionThatThrowsAt(step));
    const told: unknown[] = [];
    const broadcaster = createBroadcaster({
      serverUrl: 'wss://host/app/key',
      logger: (entry) => void told.push(entry),
    });
    broadcaster.subscribe(() => told.push(broadcaster.getSnapshot().connection));
    const ended = broadcaster.start().catch((thrown: unknown) => told.push(thrown));
    await vi.advanceTimersByTimeAsync(40_000);
    const released = broadcaster.release();
    await vi.advanceTimersByTimeAsync(5_000);
    await Promise.all([ended, released]);
    sockets.restore();
    devices.restore();
    const shown = inspect(told, { depth: null, showHidden: true });
    expect(shown).toContain('BroadcastError');
    expect(shown).not.toContain(WORD);
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...STEPS),
      fc.boolean(),
      check,
    ),
    { numRuns: 150 },
  );
}, 60_000);
