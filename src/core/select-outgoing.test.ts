import { describe, expect, it } from 'vitest';
import { BroadcastError } from './errors.js';
import type { Outgoing } from './select-outgoing.js';
import { captureOf, failureOf, isSendable, selectOutgoing } from './select-outgoing.js';
import type { Capture, Source } from './sources/source.js';
import { MEDIA_OF, SOURCE_KINDS } from './sources/source.js';
import { INITIAL_STATE } from './state.js';

const choice = { deviceId: null, muted: false };
const off: Source = { ...choice, status: 'off' };
const excluded: Source = { ...choice, status: 'excluded' };
const opening: Source = { ...choice, status: 'opening', request: 1, after: null };
const error = new BroadcastError('device-not-found', 'none');
const failed: Source = { ...choice, status: 'failed', error };
const open = (capture: Partial<Capture> = {}, muted = false): Source => ({
  ...choice,
  muted,
  status: 'on',
  request: 1,
  capture: {
    track: { kind: 'video' } as MediaStreamTrack,
    sound: null,
    deviceId: 'device',
    label: 'Device',
    facing: 'unknown',
    picture: null,
    ...capture,
  },
  change: null,
  problem: null,
});

const outgoing = (camera: Source, microphone: Source) =>
  selectOutgoing({ ...INITIAL_STATE, camera, microphone });

describe('the outgoing media', () => {
  it('has a place for the media of every kind of source', () => {
    expect(SOURCE_KINDS).toEqual(['screen', 'camera', 'microphone']);
    for (const kind of SOURCE_KINDS) {
      const source = open();
      const sent = selectOutgoing({ ...INITIAL_STATE, [kind]: source })[MEDIA_OF[kind]];
      expect(sent).toMatchObject({ status: 'on', label: 'Device' });
    }
  });

  it('is the track of an open source, with what a preview has to know of it', () => {
    const picture = { width: 1280, height: 720, frameRate: 30 };
    const source = open({ picture, facing: 'environment' }, true);
    expect(outgoing(source, off).video).toMatchObject({ muted: true, picture, isMirrored: false });
    expect(outgoing(open(), off).video).toMatchObject({ muted: false, isMirrored: true });
    expect(outgoing(off, open()).audio).toMatchObject({ isMirrored: false });
  });

  it('is the screen before the camera while one is shared, never mirrored, and nothing else of it', () => {
    const shared = open({ label: '', content: 'text', facing: 'user' });
    const of = (screen: Source, camera: Source) =>
      selectOutgoing({ ...INITIAL_STATE, screen, camera }).video;
    expect(of(shared, open())).toMatchObject({ label: '', screen: 'text', isMirrored: false });
    for (const screen of [off, excluded, failed, opening]) {
      expect(of(screen, open())).toMatchObject({ label: 'Device', screen: null });
    }
    for (const screen of [off, failed]) {
      expect(of(screen, excluded).status).toBe('excluded');
    }
    for (const screen of [off, excluded, failed, opening]) {
      for (const camera of [off, failed, opening]) {
        expect(of(screen, camera).status).toBe(camera.status);
      }
    }
    expect(of(opening, excluded).status, 'it may come soon').toBe('opening');
  });

  it('is the same object as long as its source is, whatever else changes', () => {
    const source = open();
    expect(outgoing(source, off).video).toBe(outgoing(source, failed).video);
    expect(outgoing({ ...source, muted: true }, off).video).not.toBe(outgoing(source, off).video);
  });

  it.each<[string, Source, Source, ReturnType<typeof captureOf>, Outgoing['video']['status']]>([
    ['nothing was asked for', off, off, 'off', 'off'],
    ['both are excluded', excluded, excluded, 'off', 'excluded'],
    ['one opens and one is open', opening, open(), 'opening', 'opening'],
    ['one failed and one opens', failed, opening, 'opening', 'failed'],
    ['one failed and one is open', failed, open(), 'some', 'failed'],
    ['one failed and one is excluded', failed, excluded, 'failed', 'failed'],
  ])('says how capturing stands where %s', (_, camera, microphone, capture, video) => {
    const sent = outgoing(camera, microphone);
    expect(captureOf(sent)).toBe(capture);
    expect(sent.video.status).toBe(video);
    expect(isSendable(sent.video)).toBe(video === 'on' || video === 'opening');
    expect(failureOf(sent)).toBe(video === 'failed' ? error : null);
  });

  it('names the failure of the picture before that of the sound', () => {
    const other = new BroadcastError('permission-denied', 'no');
    const sound: Source = { ...choice, status: 'failed', error: other };
    expect(failureOf(outgoing(failed, sound))).toBe(error);
    expect(failureOf(outgoing(open(), sound))).toBe(other);
  });
});
