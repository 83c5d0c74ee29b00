import { describe, expect, it } from 'vitest';
import { selectSessionId } from './connection/connection.js';
import { BroadcastError } from './errors.js';
import type { BroadcasterEvent } from './events.js';
import type { Quality } from './quality/quality.js';
import { encodingWish } from './quality/quality-steps.js';
import { selectHealth } from './select-delivery.js';
import type { Capture, Source } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { INITIAL_STATE } from './state.js';
import type { StatsSample } from './stats/sample.js';
import { transition } from './transition.js';

const SENT = { video: 'taken', audio: 'taken' } as const;

const capture = { track: {}, label: 'x', facing: 'user', picture: null } as unknown as Capture;
const ON: Source = {
  status: 'on',
  deviceId: null,
  muted: false,
  request: 1,
  capture,
  change: null,
  problem: null,
};

const READY: BroadcasterState = {
  ...INITIAL_STATE,
  camera: ON,
  microphone: { status: 'excluded', deviceId: null, muted: false },
  target: {
    status: 'set',
    stream: 1,
    revision: 1,
    startedAt: null,
    timeoutSeconds: 120,
    preparing: 'on-request',
    isRenewable: false,
    problem: null,
  },
};

let stamps = 100;
const through = (start: BroadcasterState, ...events: readonly BroadcasterEvent[]) =>
  events.reduce((now, event) => {
    stamps += 1;
    return transition(now, { ...event, at: 10_000, id: stamps, random: 1 });
  }, start);

const sessionOf = (state: BroadcasterState) => selectSessionId(state.connection) ?? 0;

const goneLive = (start: BroadcasterState = READY) => {
  const connecting = through(start, { type: 'start-requested' });
  return through(connecting, {
    type: 'session-live',
    sessionId: sessionOf(connecting),
    sent: SENT,
  });
};

const interrupted = (live: BroadcasterState) =>
  through(live, {
    type: 'session-ended',
    sessionId: sessionOf(live),
    error: new BroadcastError('media-lost', 'The path was lost.'),
  });

const sampled = (at: number, more: Partial<StatsSample> = {}) =>
  ({ type: 'stats-sampled', sample: { at, intervalMs: 1_000, ...more } }) as const;

describe('the samples', () => {
  it('of five minutes are kept, each with what was sent for picture and sound', () => {
    let now = goneLive({ ...READY, camera: { ...ON, muted: true } });
    for (let second = 1; second <= 400; second += 1) now = through(now, sampled(second * 1_000));
    const { stats } = now;
    if (stats.status !== 'sampled') throw new Error('Nothing was sampled.');
    expect(stats.history).toHaveLength(300);
    expect(stats.history.at(-1)).toBe(stats.sample);
    expect(stats.sample).toMatchObject({ at: 400_000, picture: 'muted', sound: 'none' });
  });

  it('say what goes out for the picture and the sound', () => {
    const sampleOf = (camera: Source, microphone: Source) => {
      const { stats } = through(goneLive({ ...READY, camera, microphone }), sampled(1_000));
      return stats.status === 'sampled' ? [stats.sample.picture, stats.sample.sound] : [];
    };
    const muted: Source = { ...ON, muted: true };
    expect(sampleOf(ON, ON)).toEqual(['shown', 'heard']);
    expect(sampleOf(ON, muted)).toEqual(['shown', 'muted']);
    expect(sampleOf(READY.microphone, ON)).toEqual(['none', 'heard']);
  });

  it('are taken while live, and at no other time', () => {
    for (const state of [
      READY,
      through(READY, { type: 'start-requested' }),
      interrupted(goneLive()),
    ]) {
      expect(through(state, sampled(1_000))).toBe(state);
    }
  });

  it('tell of now until no more come', () => {
    const live = through(goneLive(), sampled(1_000), sampled(2_000));
    const paused = through(live, { type: 'stats-paused' });
    expect(paused.stats).toEqual({ ...live.stats, isCurrent: false });
    expect(through(paused, { type: 'stats-paused' })).toBe(paused);
    expect(through(paused, sampled(3_000)).stats).toMatchObject({
      isCurrent: true,
      history: [{ at: 1_000 }, { at: 2_000 }, { at: 3_000 }],
    });
    expect(through(READY, { type: 'stats-paused' })).toBe(READY);
  });

  it('begin anew when their clock went back', () => {
    const now = through(goneLive(), sampled(9_000), sampled(5));
    expect(now.stats).toMatchObject({ history: [{ at: 5 }] });
  });

  it('are kept over an interruption, which is a freeze, and let go of at the end', () => {
    const live = through(goneLive(), sampled(1_000));
    const cut = interrupted(live);
    expect(cut.connection.status).toBe('reconnecting');
    expect(cut.stats).toEqual({ ...live.stats, isCurrent: false });
    expect(selectHealth(cut)).toEqual({ level: 'stalled', reasons: ['no-answer'] });
    expect(through(cut, { type: 'stop-requested' }).stats.status).toBe('unknown');
  });
});

describe('the quality', () => {
  it('begins at full size with each session, and without steps with each broadcast', () => {
    const live = goneLive();
    expect(live.quality).toMatchObject({ liveSince: 10_000, stepsDown: 0, isRampedUp: false });
    const rampedUp: Quality = { ...live.quality, isRampedUp: true, stepsDown: 1 };
    const cut = interrupted({ ...live, quality: rampedUp });
    expect(cut.quality).toMatchObject({ liveSince: null, stepsDown: 1, isRampedUp: false });
    // A prepared session sets up its encoder long before the button is pressed.
    const stopped = through({ ...live, quality: rampedUp }, { type: 'stop-requested' });
    expect(encodingWish(stopped.quality)).toEqual(encodingWish(READY.quality));
  });

  it('counts from the moment of going live, and keeps the pressure of the machine', () => {
    const live = through(goneLive(), { type: 'pressure-changed', pressure: 'serious' });
    expect(live.quality).toEqual({ ...goneLive().quality, pressure: 'serious' });
    const later = transition(live, { type: 'stats-paused', at: 99_000, id: 1, random: 1 });
    expect(later.quality).toBe(live.quality);
    const cut = interrupted(live);
    expect(through(cut, { type: 'pressure-changed', pressure: 'fair' }).quality).toEqual({
      ...cut.quality,
      pressure: 'fair',
    });
  });

  it('forgets with the broadcast what the machine was seen to do', () => {
    const live = goneLive();
    const encoderLoad = { ...live.quality.encoderLoad, overloaded: 2 };
    for (const worn of [{}, { encoderLoad }, { stepsDown: 1 }]) {
      const stopped = through(
        { ...live, quality: { ...live.quality, ...worn } },
        { type: 'stop-requested' },
      );
      expect(stopped.quality).toEqual(READY.quality);
      const before = { ...READY, quality: { ...READY.quality, ...worn } };
      expect(through(before, { type: 'preview-requested' }).quality).toEqual(READY.quality);
    }
  });

  it('stays what it was while a session heals', () => {
    const live = goneLive();
    const rampedUp: BroadcasterState = { ...live, quality: { ...live.quality, isRampedUp: true } };
    const sessionId = sessionOf(live);
    const held = through(rampedUp, { type: 'session-silent', sessionId, forMs: 1_000 });
    expect(held.connection.status).toBe('reconnecting');
    const healed = through(held, { type: 'session-alive', sessionId, sent: SENT });
    expect(healed.connection.status).toBe('live');
    expect(healed.quality).toBe(rampedUp.quality);
  });

  it('is what the verdict measures by', () => {
    const live = goneLive();
    const verdict = (quality: Partial<Quality>, sample: Partial<StatsSample>) =>
      selectHealth(
        [1, 2, 3, 4, 5].reduce((state, second) => through(state, sampled(second * 1_000, sample)), {
          ...live,
          quality: { ...live.quality, ...quality },
        }),
      );
    const starting = { targetBitsPerSecond: 2_000_000, videoBitsPerSecond: 2_000_000 };
    const asked = { ...live.quality.asked, maxVideoKbps: 5_000 };
    const wished = { asked, ofCamera: asked };
    expect(verdict(wished, starting).level).toBe('excellent');
    expect(verdict({ ...wished, isRampedUp: true }, starting).reasons).toEqual(['network-slow']);
    const relieved = { framesPerSecond: 15, sourceFramesPerSecond: 15 };
    expect(verdict({ stepsDown: 3 }, relieved).reasons).toEqual(['cpu']);
  });

  it('forgets its steps when the app asks for another way of giving way, or for none', () => {
    const live = goneLive();
    const down: Quality = { ...live.quality, stepsDown: 2 };
    const asking = (asked: Partial<Quality['asked']>) =>
      through(
        { ...live, quality: down },
        {
          type: 'quality-asked',
          ofCamera: { ...down.asked, ...asked },
          ofScreen: down.ofScreen,
        },
      ).quality.stepsDown;
    expect(asking({ maxVideoKbps: 900 })).toBe(2);
    expect(asking({ adaptToMachine: false })).toBe(0);
    expect(asking({ degradationPreference: 'maintain-framerate' })).toBe(0);
  });
});

describe('the quality of a screen', () => {
  const picture = { width: 1920, height: 1080, frameRate: 30 };
  const share = (
    start: BroadcasterState,
    screen: Partial<Capture> = { picture, content: 'detail' },
  ) => {
    const asked = through(start, { type: 'share-requested', share: {} });
    const request = asked.screen.status === 'opening' ? asked.screen.request : 0;
    const opened = { ...capture, sound: null, ...screen };
    return through(asked, {
      type: 'source-opened',
      kind: 'screen',
      request,
      capture: opened,
      problem: null,
    });
  };

  it('is what its size is worth, and keeps its lines, until the camera goes out again', () => {
    const live = goneLive();
    const shared = share({ ...live, quality: { ...live.quality, stepsDown: 2 } });
    expect(shared.quality).toMatchObject({
      asked: { maxVideoKbps: 5_000, frameRate: 30, degradationPreference: 'maintain-resolution' },
      stepsDown: 0,
    });
    expect(through(shared, { type: 'sharing-stopped' }).quality.asked).toBe(live.quality.asked);
    expect(share(live, { content: 'motion', picture }).quality.asked).toMatchObject({
      degradationPreference: 'balanced',
    });
    const unknown = share(live, { content: 'text', picture: null });
    expect(unknown.quality.asked).toMatchObject({ maxVideoKbps: 5_000, frameRate: 30 });
  });

  it('is what the app asks for, also while it is shared', () => {
    const shared = share(goneLive());
    const asked = through(shared, {
      type: 'quality-asked',
      ofCamera: shared.quality.ofCamera,
      ofScreen: { maxVideoKbps: 900, degradationPreference: 'maintain-framerate' },
    });
    expect(asked.quality.asked).toMatchObject({
      maxVideoKbps: 900,
      degradationPreference: 'maintain-framerate',
    });
  });

  it('is not bad because nothing moves on it', () => {
    const still: Partial<StatsSample> = {
      framesPerSecond: 0,
      sourceFramesPerSecond: 0,
      videoBitsPerSecond: 0,
    };
    const verdict = (start: BroadcasterState, sample: Partial<StatsSample>) =>
      selectHealth(
        Array.from({ length: 12 }, (_, second) => sampled((second + 1) * 1_000, sample)).reduce(
          (state, event) => through(state, event),
          start,
        ),
      );
    expect(verdict(goneLive(), still).reasons).toContain('no-picture');
    expect(verdict(share(goneLive()), still).reasons).toEqual([]);
    // Something moves on this one, and none of it is sent.
    const stuck = { ...still, sourceFramesPerSecond: 30 };
    expect(verdict(share(goneLive()), stuck).reasons).toEqual(['no-picture']);
  });
});
