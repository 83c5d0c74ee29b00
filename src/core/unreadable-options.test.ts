import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBroadcaster } from './broadcaster.js';
import type { BroadcasterOptions } from './options.js';

const OPTIONS = {
  serverUrl: true,
  streamKey: true,
  authToken: true,
  simulcast: true,
  scalabilityMode: true,
  startedAt: true,
  streamStatus: true,
  clockOffsetMs: true,
  timeoutSeconds: true,
  camera: true,
  microphone: true,
  screen: true,
  sounds: true,
  returnToDevice: true,
  slate: true,
  videoCodec: true,
  maxVideoKbps: true,
  degradationPreference: true,
  adaptToMachine: true,
  transport: true,
  iceTransportPolicy: true,
  iceServers: true,
  autoPrepare: true,
  refreshPreparedAnswers: true,
  renew: true,
  warnBeforeLeaving: true,
  resumeOnReload: true,
  logger: true,
  onPeerConnection: true,
} satisfies Record<keyof BroadcasterOptions, true>;

const refuse = () => {
  throw new Error('unreadable');
};
/** Has one property, which throws when it is read. */
const throwing = (name: string) =>
  Object.defineProperty({}, name, { enumerable: true, get: refuse });
/** Throws whatever is done with it. */
const hostile = new Proxy(
  {},
  { get: refuse, ownKeys: refuse, getPrototypeOf: refuse, has: refuse },
);
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  vi.spyOn(console, 'warn').mockImplementation((line) => said.push(String(line)));
});
afterEach(() => vi.restoreAllMocks());

/** Makes a broadcaster with these options, uses it, and hands them over again. */
function use(given: unknown): void {
  const options = given as BroadcasterOptions;
  const broadcaster = createBroadcaster(options);
  broadcaster.subscribe(() => {})();
  broadcaster.update(options);
  broadcaster.update({});
  broadcaster.update(options);
  expect(broadcaster.getSnapshot().connection.status).toBe('idle');
}

const WARNING = 'webrtc-broadcaster: The options throw when they are read; the defaults are used.';

it.each(Object.keys(OPTIONS))('says once that %s cannot be read', (name) => {
  use(throwing(name));
  expect(said.filter((line) => line !== WARNING)).toEqual([]);
  for (const value of [hostile, revoked]) use({ [name]: value });
});

it('looks into what holds other options', () => {
  use({ camera: throwing('width') });
  use({ microphone: throwing('deviceId') });
  use({ iceServers: [throwing('urls')] });
  expect(said.filter((line) => line !== WARNING)).toEqual([]);
});

it('takes what is frozen, without a prototype or circular, and a date that is none', () => {
  const circular: Record<string, unknown> = {};
  circular['camera'] = circular;
  for (const options of [Object.freeze({ camera: Object.freeze({ width: 640 }) }), circular]) {
    use(options);
  }
  use(Object.assign(Object.create(null), { timeoutSeconds: 60 }));
  use({ startedAt: new Proxy(new Date(), {}) });
  use(hostile);
  use(revoked);
});
