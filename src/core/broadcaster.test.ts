import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DeviceBehaviour, FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import { createBroadcaster } from './broadcaster.js';
// Loaded ahead: these tests don't wait for files.
import './source-watch.js';
import { BroadcastError } from './errors.js';
import type { LogEntry } from './foundation/logger.js';
import type { BroadcasterOptions } from './options.js';
import type { MicrophoneOptions } from './sources/constraints.js';

let devices: FakeDevices | null = null;
afterEach(() => {
  devices?.restore();
  devices = null;
});

const withDevices = (camera?: DeviceBehaviour, microphone?: DeviceBehaviour) => {
  devices = installFakeDevices(camera, microphone);
  return devices;
};

const stateOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (thrown: unknown) => (thrown instanceof BroadcastError ? thrown.code : nameOf(thrown)),
  );

const nameOf = (thrown: unknown) => (thrown instanceof DOMException ? thrown.name : thrown);

describe('createBroadcaster', () => {
  it('is inert: it touches nothing of the browser until it is used', () => {
    const { asked } = withDevices();
    const broadcaster = createBroadcaster({ serverUrl: 'wss://h/a/s' });
    expect(asked).toEqual([]);
    expect(broadcaster.getSnapshot()).toBe(broadcaster.getSnapshot());
    expect(broadcaster.getSnapshot().connection.status).toBe('idle');
  });

  it('asks for camera and microphone together, once', async () => {
    const { asked } = withDevices();
    const broadcaster = createBroadcaster();
    await Promise.all([broadcaster.preview(), broadcaster.preview()]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      video: { width: { ideal: 1280 }, height: { ideal: 720 } },
      audio: { echoCancellation: true },
    });
    const { camera, microphone } = broadcaster.getSnapshot();
    expect([camera.status, microphone.status]).toEqual(['on', 'on']);
    await broadcaster.release();
  });

  it('lists the devices with a name each', async () => {
    withDevices();
    const broadcaster = createBroadcaster();
    await broadcaster.preview();
    await vi.waitFor(() =>
      expect(broadcaster.getSnapshot().devices).toEqual({
        status: 'listed',
        cameras: [{ deviceId: 'camera-1', label: 'Fake camera', isDefault: true }],
        microphones: [{ deviceId: 'microphone-1', label: 'Microphone 1', isDefault: true }],
        speakers: [],
      }),
    );
    await broadcaster.release();
  });

  it('turns every light off on release, and can be used again', async () => {
    const { live } = withDevices();
    const broadcaster = createBroadcaster();
    for (let round = 0; round < 3; round += 1) {
      await broadcaster.preview();
      expect(live()).toHaveLength(2);
      await broadcaster.release();
      expect(live()).toHaveLength(0);
    }
  });

  it('stops a device that opens after it was released', async () => {
    const { hold, live, tracks } = withDevices();
    const open = hold();
    const broadcaster = createBroadcaster();
    const previewed = broadcaster.preview();
    await vi.waitFor(() => expect(devices?.asked).toHaveLength(1));
    const released = broadcaster.release();
    open();
    await Promise.all([previewed, released]);
    await vi.waitFor(() => expect(tracks).toHaveLength(2));
    expect(live()).toHaveLength(0);
  });

  it('opens one set of devices through a mount, an unmount and a mount again', async () => {
    const { live } = withDevices();
    const broadcaster = createBroadcaster();
    void broadcaster.preview();
    void broadcaster.release();
    await broadcaster.preview();
    expect(live()).toHaveLength(2);
    await broadcaster.release();
    expect(live()).toHaveLength(0);
  });

  it('uses the microphone alone where there is no camera', async () => {
    withDevices('MISSING');
    const broadcaster = createBroadcaster();
    await broadcaster.preview();
    const { camera, microphone } = broadcaster.getSnapshot();
    expect(camera).toMatchObject({ status: 'failed', error: { code: 'device-not-found' } });
    expect(microphone.status).toBe('on');
    await broadcaster.release();
  });

  it.each([
    ['DENIED', 'permission-denied'],
    ['DISMISSED', 'permission-dismissed'],
    ['MISSING', 'device-not-found'],
    ['IN_USE', 'device-in-use'],
    ['UNFIT', 'constraints-not-met'],
    ['DENIED_BY_SYSTEM', 'permission-denied-by-system'],
    ['HIDDEN_BY_SYSTEM', 'permission-denied-by-system'],
  ] as const)('names what %s means', async (behaviour, code) => {
    vi.useFakeTimers();
    withDevices(behaviour, behaviour);
    const broadcaster = createBroadcaster();
    const previewed = stateOf(broadcaster.preview());
    await vi.advanceTimersByTimeAsync(3_500);
    vi.useRealTimers();
    expect(await previewed).toBe(code);
    expect(broadcaster.getSnapshot().camera).toMatchObject({ status: 'failed', error: { code } });
  });

  it('asks only once when the user refuses', async () => {
    const { asked } = withDevices('DENIED', 'DENIED');
    await stateOf(createBroadcaster().preview());
    expect(asked).toHaveLength(1);
  });

  it('says so where the page is not secure, or the browser too old', async () => {
    vi.stubGlobal('isSecureContext', false);
    expect(await stateOf(createBroadcaster().preview())).toBe('insecure-context');
    vi.unstubAllGlobals();
    expect(await stateOf(createBroadcaster().preview())).toBe('unsupported');
  });

  it('replaces a device that is pulled out, and opens none for a camera that is muted', async () => {
    const { tracks, live } = withDevices();
    const broadcaster = createBroadcaster();
    await broadcaster.preview();
    tracks[0]?.unplug();
    await vi.waitFor(() => expect(tracks).toHaveLength(3));
    await vi.waitFor(() => expect(broadcaster.getSnapshot().camera.status).toBe('on'));
    broadcaster.mute('camera');
    expect(tracks[2]?.enabled).toBe(false);
    tracks[2]?.unplug();
    await vi.waitFor(() => expect(broadcaster.getSnapshot().camera.status).toBe('paused'));
    expect(live().map(({ kind }) => kind)).toEqual(['audio']);
    broadcaster.unmute('camera');
    await vi.waitFor(() => expect(broadcaster.getSnapshot().camera.status).toBe('on'));
    expect(tracks[3]?.enabled).toBe(true);
    await broadcaster.release();
    expect(live()).toEqual([]);
  });

  it('opens the chosen device before it closes the old one', async () => {
    const { asked, live } = withDevices();
    const broadcaster = createBroadcaster();
    await broadcaster.preview();
    broadcaster.select('camera', 'camera-2');
    expect(broadcaster.getSnapshot().camera).toMatchObject({ status: 'on', deviceId: 'camera-2' });
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(live()).toHaveLength(2);
    const isOpen = { status: 'on', change: null, capture: { deviceId: 'camera-2' } };
    await vi.waitFor(() => expect(broadcaster.getSnapshot().camera).toMatchObject(isOpen));
    expect(asked[1]).toMatchObject({ video: { deviceId: { exact: 'camera-2' } }, audio: false });
    expect(live()).toHaveLength(2);
    await broadcaster.release();
  });

  it('leaves out what the app excluded', async () => {
    const { asked } = withDevices();
    const broadcaster = createBroadcaster({ camera: false });
    await broadcaster.preview();
    expect(asked).toMatchObject([{ video: false }]);
    expect(broadcaster.getSnapshot().camera.status).toBe('excluded');
    broadcaster.update({ camera: true });
    expect(broadcaster.getSnapshot().camera.status).toBe('off');
    await broadcaster.release();
  });

  it('fails a start that has nowhere to go, and one that has nothing to send', async () => {
    withDevices();
    expect(await stateOf(createBroadcaster().start())).toBe('invalid-options');
    expect(await stateOf(createBroadcaster({ serverUrl: 'x' }).start())).toBe('invalid-options');
    expect(await stateOf(createBroadcaster({ serverUrl: 'ftp://h/a/b' }).start())).toBe(
      'invalid-options',
    );
    const mute = { serverUrl: 'wss://h/a/s', camera: false, microphone: false };
    expect(await stateOf(createBroadcaster(mute).start())).toBe('invalid-options');
  });

  it('says that it was stopped to whoever waits for the start', async () => {
    const { hold } = withDevices();
    const open = hold();
    const broadcaster = createBroadcaster({ serverUrl: 'wss://h/a/s' });
    const started = broadcaster.start();
    await broadcaster.stop();
    expect(await stateOf(started)).toBe('AbortError');
    open();
    await broadcaster.release();
  });

  it.each([
    null,
    undefined,
    7,
    'x',
    [],
    { serverUrl: 7, streamKey: {}, startedAt: 'soon', timeoutSeconds: -1 },
    { camera: { deviceId: 5, width: Number.NaN, height: '720', frameRate: -1, content: 'film' } },
    { camera: { facing: 'left', deviceId: {} }, microphone: { deviceId: [], content: 7 } },
    { microphone: { echoCancellation: 'yes', noiseSuppression: 1, autoGainControl: null } },
    { camera: 'yes', microphone: 7, videoCodec: 'av2', maxVideoKbps: Number.NaN },
    { iceServers: 'stun:x', transport: 'pigeon', logger: 'console', onPeerConnection: 1 },
  ])('takes %o for options without throwing', (options) => {
    const broadcaster = createBroadcaster(options as BroadcasterOptions);
    expect(broadcaster.getSnapshot().connection.status).toBe('idle');
    expect(() => broadcaster.update(options as BroadcasterOptions)).not.toThrow();
  });

  it('says of a transport that an address does not let it ask for that it has no effect', () => {
    const problemOf = (serverUrl: string, transport: 'auto' | 'udp' | 'tcp') => {
      const { target } = createBroadcaster({ serverUrl, transport }).getSnapshot();
      return target.status === 'set' ? (target.problem?.message ?? null) : 'not set';
    };
    const signed = 'wss://h/a/secret-key?direction=send&policy=x&signature=y';
    expect(problemOf(signed, 'tcp')).toContain('transport=tcp');
    expect(problemOf(signed, 'tcp')).not.toContain('secret-key');
    expect(problemOf('wss://h/a/s?transport=udp', 'tcp')).toContain('no effect');
    expect(problemOf(`${signed}&transport=TCP`, 'tcp')).toBeNull();
    expect(problemOf('wss://h/a/s', 'tcp')).toBeNull();
    expect(problemOf(signed, 'auto')).toBeNull();
  });

  it('keeps the first option that could not be used, and goes on with its default', () => {
    const serverUrl = 'wss://h/a/s';
    const broadcaster = createBroadcaster({ serverUrl, startedAt: 'soon' });
    const problem = { code: 'invalid-options', message: expect.stringContaining('startedAt') };
    expect(broadcaster.getSnapshot().target).toMatchObject({ status: 'set', problem });
    broadcaster.update({ serverUrl, startedAt: 7 });
    expect(broadcaster.getSnapshot().target).toMatchObject({ startedAt: 7, problem: null });
  });

  it.each([
    ['camera', { deviceId: 5 }, 'camera.deviceId'],
    ['camera', { width: Number.NaN }, 'camera.width'],
    ['camera', { height: Number.POSITIVE_INFINITY }, 'camera.height'],
    ['camera', { frameRate: '30' }, 'camera.frameRate'],
    ['camera', { content: 'film' }, 'camera.content'],
    ['camera', { facing: 'left' }, 'camera.facing'],
    ['microphone', { deviceId: {} }, 'microphone.deviceId'],
    ['microphone', { content: 'noise' }, 'microphone.content'],
    ['microphone', { echoCancellation: 'yes' }, 'microphone.echoCancellation'],
    ['microphone', { noiseSuppression: 1 }, 'microphone.noiseSuppression'],
    ['microphone', { autoGainControl: {} }, 'microphone.autoGainControl'],
  ] as const)('complains of the %s %o, and opens it without', async (kind, wish, named) => {
    const { asked } = withDevices();
    const usual = createBroadcaster();
    await usual.preview();
    await usual.release();
    const options = { serverUrl: 'wss://h/a/s', autoPrepare: false, [kind]: wish };
    const broadcaster = createBroadcaster(options as BroadcasterOptions);
    const problem = { code: 'invalid-options', message: expect.stringContaining(named) };
    expect(broadcaster.getSnapshot().target).toMatchObject({ problem });
    await broadcaster.preview();
    expect(asked[1]).toEqual(asked[0]);
    await broadcaster.release();
  });

  it('asks for what the picture is worth, unless told otherwise, also from then on', () => {
    const asked = (options: BroadcasterOptions) =>
      createBroadcaster(options).getSnapshot().quality.asked;
    expect(asked({})).toEqual({
      maxVideoKbps: 2_500,
      frameRate: 30,
      degradationPreference: 'balanced',
      adaptToMachine: true,
    });
    expect(asked({ camera: { width: 1920, height: 1080, frameRate: 60 } })).toMatchObject({
      maxVideoKbps: 7_500,
      frameRate: 60,
    });
    const broadcaster = createBroadcaster({ maxVideoKbps: 4_000 });
    expect(broadcaster.getSnapshot().quality.asked.maxVideoKbps).toBe(4_000);
    broadcaster.update({ maxVideoKbps: 900, degradationPreference: 'maintain-framerate' });
    expect(broadcaster.getSnapshot().quality.asked).toMatchObject({
      maxVideoKbps: 900,
      degradationPreference: 'maintain-framerate',
    });
  });

  it('keeps the lines of a picture with detail, unless told otherwise', async () => {
    const { tracks } = withDevices();
    const camera = { content: 'detail' } as const;
    const broadcaster = createBroadcaster({ camera });
    const preference = () => broadcaster.getSnapshot().quality.asked.degradationPreference;
    expect(preference()).toBe('maintain-resolution');
    await broadcaster.preview();
    expect(tracks[0]?.contentHint).toBe('detail');
    broadcaster.update({ camera, degradationPreference: 'balanced' });
    expect(preference()).toBe('balanced');
    await broadcaster.release();
  });

  it.each<[MicrophoneOptions, MediaTrackConstraints]>([
    [
      {},
      {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        channelCount: { ideal: 1 },
      },
    ],
    [
      { content: 'speech', noiseSuppression: false },
      { echoCancellation: true, noiseSuppression: false, autoGainControl: true },
    ],
    [
      { content: 'music', echoCancellation: true },
      { echoCancellation: true, noiseSuppression: false, autoGainControl: false },
    ],
  ])(
    'asks of a microphone for %o what that content needs, and what the app says before that',
    async (microphone, wanted) => {
      const { asked } = withDevices();
      const broadcaster = createBroadcaster({ microphone });
      await broadcaster.preview();
      expect(asked[0]?.audio).toMatchObject(wanted);
      await broadcaster.release();
    },
  );

  it('leaves music as it is, and tells each track what it holds', async () => {
    const { asked, tracks } = withDevices();
    const broadcaster = createBroadcaster({ microphone: { content: 'music' } });
    await broadcaster.preview();
    expect(asked[0]?.audio).toMatchObject({
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      channelCount: { ideal: 2 },
    });
    expect(tracks.map(({ kind, contentHint }) => [kind, contentHint])).toEqual([
      ['video', 'motion'],
      ['audio', 'music'],
    ]);
    await broadcaster.release();
  });

  it('logs in sentences, and never a key', async () => {
    withDevices('DENIED', 'DENIED');
    const entries: LogEntry[] = [];
    const broadcaster = createBroadcaster({
      serverUrl: 'wss://host:3334/qlive/secret-key',
      startedAt: 'soon',
      logger: (entry) => entries.push(entry),
    });
    await stateOf(broadcaster.start());
    const messages = entries.map(({ message }) => message);
    expect(messages).toContain(
      'The option startedAt is not a date; the countdown cannot be shown.',
    );
    expect(messages.join('\n')).toContain('Failed (permission-denied)');
    expect(JSON.stringify(entries)).not.toContain('secret-key');
  });

  it('survives a logger that throws', async () => {
    withDevices();
    const logger = () => {
      throw new Error('The logger is broken.');
    };
    const broadcaster = createBroadcaster({ logger });
    await broadcaster.preview();
    await broadcaster.release();
    expect(devices?.live()).toEqual([]);
  });
});
