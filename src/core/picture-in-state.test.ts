import { describe, expect, it } from 'vitest';
import type { Connection } from './connection/connection.js';
import { BroadcastError } from './errors.js';
import type { BroadcasterEvent } from './events.js';
import type { Picture } from './picture/picture.js';
import { selectDelivery } from './select-delivery.js';
import { captureOf, selectOutgoing, slateCause, wantsDrawing } from './select-outgoing.js';
import type { Source } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { INITIAL_STATE } from './state.js';
import { transition } from './transition.js';

const SIZE = { width: 1280, height: 720, frameRate: 30 };
const choice = { deviceId: 'c1', muted: false };
const camera: Extract<Source, { status: 'on' }> = {
  ...choice,
  status: 'on',
  request: 1,
  capture: {
    track: { kind: 'video' } as MediaStreamTrack,
    deviceId: 'c1',
    label: 'Camera',
    facing: 'user',
    picture: SIZE,
    sound: null,
  },
  change: null,
  problem: null,
};
const off: Source = { ...choice, status: 'off' };
const lost = new BroadcastError('device-lost', 'gone');
const failed: Source = { ...choice, status: 'failed', error: lost };
const unsupported = new BroadcastError('unsupported', 'no canvas');
const live: Connection = {
  status: 'live',
  since: 0,
  sessionId: 7,
  sent: { video: 'taken', audio: 'taken' },
  recoveringFrom: null,
};
const slateTrack = { kind: 'video', id: 'drawn' } as MediaStreamTrack;

const picture = (change: Partial<Picture>): BroadcasterEvent => ({
  type: 'picture-changed',
  change,
});
const drawn = picture({
  drawing: { status: 'on', track: slateTrack, picture: { ...SIZE, frameRate: 5 } },
});
const cannotDraw = picture({ drawing: { status: 'failed', error: unsupported } });
const mute = (muted: boolean): BroadcasterEvent => ({
  type: 'source-muted',
  kind: 'camera',
  muted,
});

let stamps = 100;
const through = (start: BroadcasterState, ...events: readonly BroadcasterEvent[]) =>
  events.reduce((now, event) => {
    stamps += 1;
    return transition(now, { ...event, at: 10_000, id: stamps, random: 1 });
  }, start);

/** A broadcaster whose camera has been on for a while. */
const shown = (more: Partial<BroadcasterState> = {}): BroadcasterState =>
  through({ ...INITIAL_STATE, camera, ...more }, { type: 'network-online' });

const videoOf = (state: BroadcasterState) => selectOutgoing(state).video;

describe('a camera that is muted', () => {
  it('goes on as black until the slate is drawn, and is closed then', () => {
    const muted = through(shown({ connection: live }), mute(true));
    expect(muted.camera).toMatchObject({ status: 'on', muted: true });
    expect(wantsDrawing(muted)).toBe(true);
    expect(videoOf(muted)).toMatchObject({ status: 'on', muted: true, slateFor: null });
    const slate = through(muted, drawn);
    expect(slate.camera).toEqual({ status: 'paused', deviceId: 'c1', muted: true });
    expect(videoOf(slate)).toMatchObject({ track: slateTrack, muted: true, slateFor: 'muted' });
    expect(slate.connection).toBe(live);
    expect(selectDelivery(slate).picture).toBe('muted');
  });

  it('opens the same camera again, while the slate goes on', () => {
    const opening = through(shown({ connection: live }), mute(true), drawn, mute(false));
    expect(opening.camera).toMatchObject({ status: 'opening', deviceId: 'c1', muted: false });
    expect(videoOf(opening)).toMatchObject({ track: slateTrack, slateFor: 'opening' });
    const request = opening.camera.status === 'opening' ? opening.camera.request : 0;
    const { capture } = camera;
    const opened = through(opening, {
      type: 'source-opened',
      kind: 'camera',
      request,
      capture,
      problem: null,
    });
    expect(videoOf(opened)).toMatchObject({ track: capture.track, slateFor: null });
    expect(opened.picture.drawing.status).toBe('unused');
    expect(wantsDrawing(opened)).toBe(false);
  });

  it('leaves the slate in place where it cannot be opened again, and says why', () => {
    const opening = through(shown({ connection: live }), mute(true), drawn, mute(false));
    const request = opening.camera.status === 'opening' ? opening.camera.request : 0;
    const denied = new BroadcastError('permission-denied', 'no');
    const refused = through(opening, {
      type: 'source-failed',
      kind: 'camera',
      request,
      error: denied,
    });
    expect(refused.camera).toMatchObject({ status: 'failed', error: denied });
    expect(videoOf(refused)).toMatchObject({ track: slateTrack, slateFor: 'failed' });
    expect(selectDelivery(refused)).toMatchObject({
      picture: 'lost',
      health: { level: 'poor', reasons: ['camera-lost'] },
    });
  });

  it('stays open and black where nothing can be drawn, and tries again at the next wish', () => {
    const black = through(shown({ connection: live }), mute(true), cannotDraw);
    expect(black.camera).toMatchObject({ status: 'on', muted: true });
    expect(wantsDrawing(black)).toBe(false);
    expect(videoOf(black)).toMatchObject({ status: 'on', muted: true, slateFor: null });
    const again = through(black, mute(false), mute(true));
    expect(wantsDrawing(again)).toBe(true);
  });

  it.each([
    ['before it was ever opened', off, { type: 'preview-requested' }],
    [
      'where it is opened just now',
      { ...off, status: 'opening', request: 1, after: null },
      mute(true),
    ],
    [
      'where it was lost',
      { ...camera, muted: true },
      { type: 'source-lost', kind: 'camera', request: 1, error: lost },
    ],
  ] as readonly [string, Source, BroadcasterEvent][])('is not opened %s', (_, before, event) => {
    const state = through({ ...INITIAL_STATE, camera: { ...before, muted: true } }, event);
    expect(state.camera).toEqual({ status: 'paused', deviceId: 'c1', muted: true });
    expect(captureOf(selectOutgoing(state))).toBe('opening');
    expect(videoOf(through(state, drawn))).toMatchObject({ status: 'on', slateFor: 'muted' });
    // A camera that was off is not switched on for want of a slate.
    const without = through(state, cannotDraw);
    expect(without.camera.status).toBe('paused');
    expect(videoOf(without)).toEqual({ status: 'failed', error: unsupported });
  });

  it('keeps a device that is chosen meanwhile for when it opens again', () => {
    const paused = through(shown(), mute(true), drawn);
    const chosen = through(paused, { type: 'source-selected', kind: 'camera', deviceId: 'c2' });
    expect(chosen.camera).toEqual({ status: 'paused', deviceId: 'c2', muted: true });
    expect(through(chosen, mute(false)).camera).toMatchObject({
      status: 'opening',
      deviceId: 'c2',
    });
  });

  it('is off once all is released, and draws nothing', () => {
    const released = through(shown({ connection: live }), mute(true), drawn, {
      type: 'release-requested',
    });
    expect(released.camera).toEqual({ status: 'off', deviceId: 'c1', muted: true });
    expect(released.picture).toMatchObject({ last: null, drawing: { status: 'unused' } });
    expect(wantsDrawing(released)).toBe(false);
  });
});

describe('a camera that is gone', () => {
  it.each<[string, Source, Connection, ReturnType<typeof slateCause>]>([
    ['failed while live', failed, live, 'failed'],
    [
      'is opened again while live',
      { ...off, status: 'opening', request: 2, after: lost },
      live,
      'opening',
    ],
    ['was taken away by the app', { ...off, status: 'excluded' }, live, 'excluded'],
    ['failed before the start', failed, INITIAL_STATE.connection, null],
  ])('has a slate in its place where it %s', (_, source, connection, cause) => {
    const before = { ...shown(), connection, camera: source };
    expect(slateCause(before)).toBe(cause);
    expect(wantsDrawing(before)).toBe(cause !== null);
    // Until it is drawn, a session waits for it instead of going without a picture.
    if (cause !== null) expect(videoOf(before).status).toBe('opening');
    const after = through(before, drawn);
    expect(videoOf(after).status).toBe(cause === null ? 'failed' : 'on');
    expect(after.connection).toBe(connection);
  });

  it('has a slate in its place while the system holds it, in a broadcast only', () => {
    const interrupted = { since: 0, cause: 'held' } as const;
    const held = { ...shown(), camera: { ...camera, interrupted } };
    expect(wantsDrawing(held)).toBe(false);
    const slate = through({ ...held, connection: live }, drawn);
    expect(videoOf(slate)).toMatchObject({ track: slateTrack, slateFor: 'failed' });
    expect(selectDelivery(slate).picture).toBe('lost');
    const resumed = through(slate, { type: 'source-resumed', kind: 'camera', request: 1 });
    expect(videoOf(resumed)).toMatchObject({ track: camera.capture.track, slateFor: null });
  });

  it('leaves a broadcast that never had a picture without one', () => {
    const soundAlone = { ...INITIAL_STATE, camera: failed, connection: live };
    expect(wantsDrawing(soundAlone)).toBe(false);
    expect(videoOf(soundAlone).status).toBe('failed');
  });
});

describe('a scene', () => {
  const scene = { layout: 'camera' } as const;

  it('is drawn in place of the camera, as the same object until something changes', () => {
    const set = through(shown(), picture({ scene }));
    expect(wantsDrawing(set)).toBe(true);
    expect(videoOf(set)).toMatchObject({ track: expect.not.objectContaining(slateTrack) });
    const on = through(set, drawn);
    const video = videoOf(on);
    expect(video).toMatchObject({ track: slateTrack, muted: false, slateFor: null });
    expect(videoOf({ ...on, stats: { status: 'unknown' } })).toBe(video);
    expect(selectDelivery({ ...on, connection: live }).picture).toBe('whole');
    const cleared = through(on, picture({ scene: null }));
    expect(cleared.picture.drawing.status).toBe('unused');
    expect(videoOf(cleared)).toMatchObject({
      track: on.camera.status === 'on' && on.camera.capture.track,
    });
  });

  it('closes a camera that is muted at once, for its slate is drawn already', () => {
    const muted = through(shown(), picture({ scene }), drawn, mute(true));
    expect(muted.camera.status).toBe('paused');
    expect(videoOf(muted)).toMatchObject({ track: slateTrack, slateFor: 'muted' });
  });

  it('leaves the camera as it is where it cannot be drawn', () => {
    const without = through(shown(), picture({ scene }), cannotDraw);
    expect(videoOf(without)).toMatchObject({ status: 'on', slateFor: null, muted: false });
  });

  it('draws nothing while no source is open', () => {
    expect(wantsDrawing(through(INITIAL_STATE, picture({ scene })))).toBe(false);
  });
});
