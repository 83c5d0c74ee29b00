import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import type { BroadcasterInstance } from './broadcaster.js';
import { createBroadcaster } from './broadcaster.js';
import type { BroadcasterOptions } from './options.js';
import { selectOutgoing } from './select-outgoing.js';
import { canShareScreen } from './sources/screen-options.js';

let devices: FakeDevices;
let broadcaster: BroadcasterInstance;
let made: BroadcasterInstance[] = [];

beforeEach(() => {
  devices = installFakeDevices();
  broadcaster = createBroadcaster();
  made = [broadcaster];
});
afterEach(async () => {
  await Promise.all(made.map((one) => one.release()));
  expect(devices.live(), 'nothing is shared any more').toEqual([]);
  vi.unstubAllGlobals();
  devices.restore();
});

const screen = () => broadcaster.getSnapshot().screen;
const pictureOf = () => {
  const { video } = selectOutgoing(broadcaster.getSnapshot());
  return video.status === 'on' ? video : video.status;
};
/** Lets everything that needs no time happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
const labels = () => devices.live().map(({ label }) => label);
const make = (options: BroadcasterOptions) => {
  broadcaster = createBroadcaster({ logger: () => {}, ...options });
  made.push(broadcaster);
};

describe('a screen', () => {
  it('goes out in place of the camera, and the camera again when sharing stops', async () => {
    await broadcaster.preview();
    expect(pictureOf()).toMatchObject({ label: 'Fake camera', isMirrored: true });
    await broadcaster.shareScreen();
    const { capture } = screen() as Extract<ReturnType<typeof screen>, { status: 'on' }>;
    expect(capture).toMatchObject({ label: '', deviceId: '', track: { contentHint: 'detail' } });
    expect(capture.sound).toMatchObject({ kind: 'audio', readyState: 'live' });
    expect(pictureOf()).toMatchObject({ track: capture.track, isMirrored: false });
    expect(broadcaster.getSnapshot().camera.status, 'the camera stays open').toBe('on');
    broadcaster.stopSharing();
    expect(pictureOf()).toMatchObject({ label: 'Fake camera' });
    await settle();
    expect(labels()).toEqual(['Fake camera', 'Fake microphone']);
  });

  it('ends with the browser’s own button, and is never opened again by itself', async () => {
    await broadcaster.preview();
    await broadcaster.shareScreen();
    devices.stopSharing();
    await settle();
    expect(screen()).toEqual({ status: 'off', deviceId: null, muted: false });
    expect(pictureOf()).toMatchObject({ label: 'Fake camera' });
    expect(devices.askedScreens).toHaveLength(1);
  });

  it('goes on without its sound when only that ends', async () => {
    await broadcaster.shareScreen();
    devices
      .live()
      .find(({ kind }) => kind === 'audio')
      ?.unplug();
    expect(screen()).toMatchObject({ status: 'on', capture: { sound: null } });
  });

  it('can come without sound', async () => {
    devices.behaveOnSharing('SHARED_WITHOUT_SOUND');
    await broadcaster.shareScreen();
    expect(screen()).toMatchObject({ status: 'on', capture: { sound: null } });
  });

  it('is shared before anything else is open, and opens nothing else', async () => {
    await broadcaster.shareScreen();
    expect(broadcaster.getSnapshot()).toMatchObject({
      camera: { status: 'off' },
      microphone: { status: 'off' },
    });
  });

  it('is no device: a choice of devices and the list of them leave it alone', async () => {
    await broadcaster.shareScreen();
    const before = screen();
    broadcaster.select('screen' as never, 'camera-1');
    devices.list([]);
    await settle();
    expect(screen()).toBe(before);
  });

  it('is hidden with its sound, and the next one is seen', async () => {
    await broadcaster.shareScreen();
    broadcaster.mute('screen');
    expect(devices.live().map(({ enabled }) => enabled)).toEqual([false, false]);
    broadcaster.unmute('screen');
    expect(devices.live().map(({ enabled }) => enabled)).toEqual([true, true]);
    broadcaster.mute('screen');
    broadcaster.stopSharing();
    await broadcaster.shareScreen();
    expect(screen()).toMatchObject({ status: 'on', muted: false });
  });
});

describe('another screen', () => {
  it('replaces the one that is shared, which goes on until then', async () => {
    await broadcaster.shareScreen();
    const [first] = devices.live();
    const release = devices.hold();
    const shared = broadcaster.shareScreen();
    await settle();
    expect(first?.readyState).toBe('live');
    expect(pictureOf()).toMatchObject({ track: first });
    release();
    await shared;
    expect(first?.readyState).toBe('ended');
    expect(devices.live()).toHaveLength(2);
    expect(screen()).toMatchObject({ status: 'on', change: null, problem: null });
  });

  it('that is not chosen leaves the one that is shared', async () => {
    await broadcaster.shareScreen();
    const before = devices.live();
    devices.behaveOnSharing('DISMISSED');
    await expect(broadcaster.shareScreen()).rejects.toMatchObject({ code: 'permission-dismissed' });
    expect(devices.live()).toEqual(before);
    expect(screen()).toMatchObject({ status: 'on', problem: { code: 'permission-dismissed' } });
    devices.behaveOnSharing('SHARED');
    await broadcaster.shareScreen();
    expect(screen()).toMatchObject({ status: 'on', problem: null });
  });

  it('is still asked for when the one that is shared ends meanwhile', async () => {
    await broadcaster.preview();
    await broadcaster.shareScreen();
    const release = devices.hold();
    const shared = broadcaster.shareScreen();
    await settle();
    devices.stopSharing();
    await settle();
    expect(screen().status).toBe('opening');
    expect(pictureOf(), 'not the screen that ended').toMatchObject({ label: 'Fake camera' });
    release();
    await shared;
    expect(screen().status).toBe('on');
  });
});

describe('the browser’s dialogue', () => {
  it.each([
    ['DISMISSED', 'permission-dismissed', /closed without a choice/],
    ['DENIED', 'permission-denied', /site settings/],
    ['DENIED_BY_SYSTEM', 'permission-denied-by-system', /privacy settings/],
    ['WITHOUT_A_PRESS', 'permission-denied', /right after a press/],
    ['UNREADABLE', 'device-in-use', /Try again/],
    ['UNSUPPORTED', 'unsupported', /phone/],
  ] as const)('that is %s leaves the camera on, and says why', async (behaviour, code, words) => {
    await broadcaster.preview();
    devices.behaveOnSharing(behaviour);
    await expect(broadcaster.shareScreen()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
    expect(screen()).toMatchObject({ status: 'failed', error: { code } });
    expect(pictureOf()).toMatchObject({ label: 'Fake camera' });
    devices.behaveOnSharing('SHARED');
    await broadcaster.shareScreen();
    expect(screen().status, 'a second press asks again').toBe('on');
  });

  it('that a permissions policy forbids is explained, with what to put into the frame', async () => {
    const featurePolicy = { allowsFeature: (feature: string) => feature !== 'display-capture' };
    vi.stubGlobal('document', { featurePolicy });
    devices.behaveOnSharing('DISMISSED');
    await expect(broadcaster.shareScreen()).rejects.toMatchObject({
      code: 'permission-denied-by-policy',
      message: expect.stringContaining('allow display-capture'),
    });
  });

  it('is open once, however often it is asked for', async () => {
    const release = devices.hold();
    const both = [broadcaster.shareScreen(), broadcaster.shareScreen()];
    await settle();
    expect(devices.askedScreens).toHaveLength(1);
    release();
    await Promise.all(both);
    expect(devices.live()).toHaveLength(2);
  });

  it.each([
    ['stopSharing', () => broadcaster.stopSharing()],
    ['stop', () => broadcaster.stop()],
    ['release', () => broadcaster.release()],
  ] as const)('that is answered after %s() leaves nothing open', async (_, end) => {
    const release = devices.hold();
    const shared = expect(broadcaster.shareScreen()).rejects.toMatchObject({ name: 'AbortError' });
    await settle();
    await end();
    await shared;
    release();
    await settle();
    expect(devices.tracks.length).toBeGreaterThan(0);
    expect(devices.live()).toEqual([]);
  });

  it('is asked again without options where the browser dislikes one', async () => {
    devices.behaveOnSharing('FUSSY');
    await broadcaster.shareScreen({ displaySurface: 'window' });
    expect(devices.askedScreens.at(-1)).toEqual({ video: true, audio: true });
    expect(screen().status).toBe('on');
  });
});

describe('a screen that is shared', () => {
  it.each([
    ['stop', () => broadcaster.stop()],
    ['release', () => broadcaster.release()],
  ] as const)('ends with %s()', async (_, end) => {
    await broadcaster.shareScreen();
    await end();
    await settle();
    expect(devices.live()).toEqual([]);
    expect(screen().status).toBe('off');
  });

  it('ends when the page may share none any more, and none is shared then', async () => {
    await broadcaster.shareScreen();
    broadcaster.update({ screen: false });
    await settle();
    expect(devices.live()).toEqual([]);
    await expect(broadcaster.shareScreen()).rejects.toMatchObject({ code: 'invalid-options' });
    broadcaster.update({});
    await broadcaster.shareScreen();
    expect(screen().status).toBe('on');
  });
});

describe('the options of a screen', () => {
  it('limit its size, clean no sound, and keep this page’s own sound out', async () => {
    await broadcaster.shareScreen();
    expect(devices.askedScreens).toEqual([
      {
        video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 30 } },
        audio: {
          echoCancellation: false,
          noiseSuppression: false,
          autoGainControl: false,
          restrictOwnAudio: true,
          suppressLocalAudioPlayback: false,
        },
        systemAudio: 'include',
        surfaceSwitching: 'include',
        preferCurrentTab: false,
      },
    ]);
  });

  it('are those of the broadcaster, and of the call before them', async () => {
    make({ screen: { content: 'motion', displaySurface: 'window', audio: false, width: 2560 } });
    await broadcaster.shareScreen({
      content: 'text',
      monitorTypeSurfaces: 'exclude',
      selfBrowserSurface: 'include',
      windowAudio: 'window',
    });
    expect(devices.live()).toMatchObject([{ kind: 'video', contentHint: 'text' }]);
    expect(devices.askedScreens).toMatchObject([
      {
        video: { displaySurface: 'window', width: { max: 2560 } },
        audio: false,
        systemAudio: 'exclude',
        monitorTypeSurfaces: 'exclude',
        selfBrowserSurface: 'include',
        windowAudio: 'window',
      },
    ]);
  });

  it('leave this page’s sound in where this tab is meant', async () => {
    await broadcaster.shareScreen({ preferCurrentTab: true, suppressLocalAudioPlayback: true });
    expect(devices.askedScreens).toMatchObject([
      {
        preferCurrentTab: true,
        audio: { restrictOwnAudio: false, suppressLocalAudioPlayback: true },
      },
    ]);
  });

  it('limit nothing in Safari, which would cut the picture off', async () => {
    Object.assign(navigator, { vendor: 'Apple Computer, Inc.' });
    await broadcaster.shareScreen({ width: 1280 });
    expect(devices.askedScreens).toMatchObject([{ video: {} }]);
    expect(devices.askedScreens[0]?.video).toEqual({});
  });

  it('say who gets the focus, where the browser has a controller for it', async () => {
    await broadcaster.shareScreen({ focusBehavior: 'focus-capturing-application' });
    expect(devices.askedScreens[0]).not.toHaveProperty('controller');
    const setFocusBehavior = vi.fn();
    class CaptureController {
      setFocusBehavior = setFocusBehavior;
    }
    vi.stubGlobal('CaptureController', CaptureController);
    await broadcaster.shareScreen({ focusBehavior: 'focus-capturing-application' });
    expect(devices.askedScreens[1]).toMatchObject({ controller: { setFocusBehavior } });
    expect(setFocusBehavior).toHaveBeenCalledWith('focus-capturing-application');
  });

  it.each([
    [{ content: 'film' }, 'screen.content is not'],
    [{ displaySurface: 'tab' }, 'screen.displaySurface is not'],
    [{ width: -1 }, 'screen.width is not'],
    [{ audio: 'yes' }, 'screen.audio is not'],
    [{ focusBehavior: 1 }, 'screen.focusBehavior is not'],
    [{ surfaceSwitchin: 'include' }, 'Did you mean screen.surfaceSwitching'],
  ])('%j is complained of, and left at its default', async (wrong, words) => {
    const said: string[] = [];
    make({ logger: ({ message }) => said.push(message) });
    await broadcaster.shareScreen(wrong as never);
    expect(said.join('\n')).toContain(words);
    expect(screen().status).toBe('on');
    const options: BroadcasterOptions = { screen: wrong as never };
    make({ ...options, logger: ({ message }) => said.push(message) });
    await broadcaster.shareScreen();
    expect(said.filter((line) => line.includes(words))).toHaveLength(2);
    expect(screen().status).toBe('on');
  });

  it.each([null, 7, 'window', []])('may be anything, such as %j', async (odd) => {
    make({});
    await broadcaster.shareScreen(odd as never);
    expect(screen().status).toBe('on');
  });

  it('may throw when they are read', async () => {
    make({});
    const unreadable = {
      get content(): never {
        throw new Error('Not yet.');
      },
    };
    await broadcaster.shareScreen(unreadable);
    expect(screen().status).toBe('on');
  });
});

describe('a browser', () => {
  it.each([
    ['', 'SHARED', true],
    ['', 'UNSUPPORTED', false],
    ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'SHARED', false],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 'SHARED', false],
  ] as const)('called %j that is %s can share: %j', (userAgent, behaviour, expected) => {
    Object.assign(navigator, { userAgent });
    devices.behaveOnSharing(behaviour);
    expect(canShareScreen()).toBe(expected);
  });

  it('without media devices cannot share', async () => {
    devices.restore();
    expect(canShareScreen()).toBe(false);
    vi.stubGlobal('isSecureContext', false);
    await expect(broadcaster.shareScreen()).rejects.toMatchObject({ code: 'insecure-context' });
    vi.stubGlobal('isSecureContext', true);
    await expect(broadcaster.shareScreen()).rejects.toMatchObject({ code: 'unsupported' });
  });
});
