export type { BroadcasterCall, FakeBroadcaster } from './fake-broadcaster.js';
export { createFakeBroadcaster } from './fake-broadcaster.js';
export type { DeviceBehaviour, FakeDevice, FakeDevices, ScreenBehaviour } from './fake-devices.js';
export { FakeTrack, installFakeDevices } from './fake-devices.js';
export type { FakePage, LockBehaviour } from './fake-page.js';
export { installFakePage } from './fake-page.js';
export type { FakeWebSockets, ServerBehaviour } from './fake-web-socket.js';
export {
  ANSWERS_PROBES,
  DISLIKES_CANDIDATES,
  FakeWebSocket,
  installFakeWebSocket,
  OFFERS,
  REFUSES_ANSWER,
  REFUSES_STREAM,
  SILENT,
  TALKS_NONSENSE,
} from './fake-web-socket.js';
export {
  failed,
  failure,
  fakeTrack,
  GOOD_STATS,
  interruptionOf,
  on,
  SOURCES_ON,
  stageStates,
  statsOf,
  target,
} from './sample-states.js';
