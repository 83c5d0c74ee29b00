import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AudioBehaviour, FakeAudio } from '../testing/fake-audio.js';
import { installFakeAudio } from '../testing/fake-audio.js';
import { FakeTrack } from '../testing/fake-devices.js';
import type { Connection } from './connection/connection.js';
import { BroadcastError } from './errors.js';
import type { BroadcasterEvent, StampedEvent } from './events.js';
import { runWork } from './foundation/run-work.js';
import { createStore } from './foundation/store.js';
import { loadMixing } from './load-mixing.js';
import { selectDelivery } from './select-delivery.js';
import { selectOutgoing } from './select-outgoing.js';
import { hearingWork, mixWork } from './sound-works.js';
import type { Capture, Source } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { INITIAL_STATE } from './state.js';
import { transition } from './transition.js';

let audio: FakeAudio;
beforeAll(loadMixing);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  audio.restore();
  vi.useRealTimers();
});

const choice = { deviceId: null, muted: false };
const LIVE: Connection = {
  status: 'live',
  since: 0,
  sessionId: 7,
  sent: { video: 'taken', audio: 'taken' },
  recoveringFrom: null,
};
const lost = new BroadcastError('device-lost', 'gone');

const track = (label: string) => new FakeTrack('audio', label);
const asTrack = (fake: FakeTrack) => fake as unknown as MediaStreamTrack;
const microphoneOf = (fake: FakeTrack): Source => ({
  ...choice,
  status: 'on',
  request: 1,
  capture: { track: asTrack(fake), deviceId: 'm', label: fake.label } as unknown as Capture,
  change: null,
  problem: null,
});

/** A live broadcast with this microphone, and its mix. */
function broadcast({
  behaviour = 'RUNS',
  load = loadMixing,
  connection = LIVE,
}: {
  readonly behaviour?: AudioBehaviour;
  readonly load?: typeof loadMixing;
  readonly connection?: Connection;
} = {}) {
  audio = installFakeAudio(behaviour);
  const voice = track('Voice');
  const initial = { ...INITIAL_STATE, connection, microphone: microphoneOf(voice) };
  const store = createStore<BroadcasterState, StampedEvent>(initial, transition);
  let id = 100;
  const dispatch = (event: BroadcasterEvent) => {
    id += 1;
    store.dispatch({ ...event, at: 10_000, id, random: 1 });
  };
  const warned: string[] = [];
  const crashed: unknown[] = [];
  const slot = runWork(
    store,
    () => mixWork({ store, dispatch, log: (_, line) => warned.push(line), load }),
    (thrown) => crashed.push(thrown),
  );
  const sent = () => selectOutgoing(store.getSnapshot()).audio;
  const add = (...songs: readonly FakeTrack[]) =>
    dispatch({
      type: 'sounds-given',
      inputs: songs.map((song) => ({ id: song.label, track: asTrack(song) })),
    });
  return {
    ...{ voice, store, dispatch, warned, crashed, slot, add, sent },
    mix: () => store.getSnapshot().sound.mix,
    sentTrack: () => {
      const media = sent();
      return media.status === 'on' ? (media.track as unknown as FakeTrack) : null;
    },
    settle: (ms = 3_000) => vi.advanceTimersByTimeAsync(ms),
  };
}

describe('the sound that goes out', () => {
  it('is the microphone’s own track, and no context is made, while nothing is mixed in', async () => {
    const { voice, dispatch, sentTrack, settle } = broadcast();
    dispatch({ type: 'source-muted', kind: 'microphone', muted: true });
    dispatch({ type: 'gain-set', input: 'microphone', gain: 1 });
    dispatch({ type: 'gain-set', input: 'nobody', gain: 0.2 });
    await settle();
    expect(sentTrack()).toBe(voice);
    expect(audio.contexts).toEqual([]);
  });

  it('mixes in the sounds of the app, in one track, and lets go of the graph with the last', async () => {
    const { voice, add, sentTrack, settle, slot } = broadcast();
    const [song, guest] = [track('song'), track('guest')];
    add(song);
    // Until the mix has sound, viewers go on hearing the microphone.
    expect(sentTrack()).toBe(voice);
    await settle();
    const mixed = sentTrack();
    expect(mixed).toBe(audio.contexts[0]?.out);
    expect(audio.heard()).toEqual(
      new Map([
        [voice, 1],
        [song, 1],
      ]),
    );
    add(song, guest);
    await settle();
    expect(audio.heard().get(guest)).toBe(1);
    add(guest);
    await settle();
    expect([...audio.heard().keys()]).toEqual([voice, guest]);
    expect(sentTrack()).toBe(mixed);
    add();
    await settle();
    expect(sentTrack()).toBe(voice);
    await slot.drained();
    expect(audio.contexts.map(({ state }) => state)).toEqual(['closed']);
    // The tracks of the app stay the app's, and that of the microphone stays open.
    expect([song, guest, voice].map(({ readyState }) => readyState)).toEqual([
      'live',
      'live',
      'live',
    ]);
    expect(mixed?.readyState).toBe('ended');
  });

  it('mixes the sound of a shared tab with the microphone, and goes on when the tab is closed', async () => {
    const { voice, dispatch, sentTrack, settle } = broadcast();
    const tab = track('Tab');
    const picture = new FakeTrack('video', 'Tab');
    const screen = microphoneOf(picture) as Extract<Source, { status: 'on' }>;
    const capture = { ...screen.capture, sound: asTrack(tab) };
    dispatch({ type: 'gain-set', input: 'screen', gain: 0.5 });
    dispatch({ type: 'share-requested', share: {} });
    dispatch({ type: 'source-opened', kind: 'screen', request: 102, capture, problem: null });
    await settle();
    expect(audio.heard()).toEqual(
      new Map([
        [voice, 1],
        [tab, 0.5],
      ]),
    );
    const mixed = sentTrack();
    expect(mixed).toBe(audio.contexts[0]?.out);
    dispatch({ type: 'sharing-stopped' });
    await settle(500);
    expect([...audio.heard().keys()]).toEqual([voice]);
    await settle();
    expect(sentTrack()).toBe(voice);
  });

  it('follows each gain by a ramp, begins as loud as it was, and ends so', async () => {
    const { voice, dispatch, add, sentTrack, settle } = broadcast();
    dispatch({ type: 'gain-set', input: 'microphone', gain: 0.5 });
    dispatch({ type: 'gain-set', input: 'song', gain: 2 });
    const song = track('song');
    add(song);
    await settle();
    const [voiceGain, songGain] = audio.contexts[0]?.gains ?? [];
    expect([voiceGain?.gain.aims, songGain?.gain.aims]).toEqual([[0.5], [2]]);
    dispatch({ type: 'gain-set', input: 'song', gain: 0 });
    expect(songGain?.gain.aims).toEqual([2, 0]);
    add();
    dispatch({ type: 'gain-set', input: 'microphone', gain: 1 });
    expect(voiceGain?.gain.aims).toEqual([0.5, 1]);
    // The ramp is over before the microphone goes out by itself.
    expect(sentTrack()).not.toBe(voice);
    await settle();
    expect(sentTrack()).toBe(voice);
  });

  it('stays one mix while the microphone is changed, and while it is opened again', async () => {
    const { store, dispatch, add, sentTrack, settle } = broadcast();
    const song = track('song');
    add(song);
    await settle();
    const mixed = sentTrack();
    dispatch({ type: 'source-lost', kind: 'microphone', request: 1, error: lost });
    expect(sentTrack()).toBe(mixed);
    await settle();
    expect([...audio.heard().keys()]).toEqual([song]);
    const { microphone } = store.getSnapshot();
    const request = microphone.status === 'opening' ? microphone.request : 0;
    const other = track('Other');
    const { capture } = microphoneOf(other) as Extract<Source, { status: 'on' }>;
    dispatch({ type: 'source-opened', kind: 'microphone', request, capture, problem: null });
    await settle();
    expect(audio.heard()).toEqual(
      new Map([
        [song, 1],
        [other, 1],
      ]),
    );
    expect(sentTrack()).toBe(mixed);
  });

  it('is silence once the last microphone is lost while live, and says that it is missing', async () => {
    const { dispatch, sent, sentTrack, settle, store } = broadcast();
    dispatch({ type: 'source-lost', kind: 'microphone', request: 1, error: lost });
    await settle();
    expect(sentTrack()).toBe(audio.contexts[0]?.out);
    expect(audio.heard().size).toBe(0);
    expect(sent()).toMatchObject({ status: 'on', lost });
    expect(selectDelivery(store.getSnapshot()).sound).toBe('lost');
  });

  it('is silence once the app takes its microphone away while live', async () => {
    const { dispatch, sent, settle } = broadcast();
    dispatch({ type: 'source-allowed', kind: 'microphone', allowed: false });
    await settle();
    expect(sent()).toMatchObject({ status: 'on', muted: true, lost: null });
  });

  it('makes no silence where no sound was agreed on, and none outside a broadcast', async () => {
    const connection = { ...LIVE, sent: { video: 'taken', audio: 'left-out' } } as const;
    const { dispatch, settle } = broadcast({ connection });
    dispatch({ type: 'source-allowed', kind: 'microphone', allowed: false });
    await settle();
    dispatch({ type: 'stop-requested' });
    await settle();
    expect(audio.contexts).toEqual([]);
  });

  it('is muted only while nothing else is heard', async () => {
    const { dispatch, add, sent, settle } = broadcast();
    dispatch({ type: 'source-muted', kind: 'microphone', muted: true });
    dispatch({ type: 'gain-set', input: 'microphone', gain: 2 });
    await settle();
    expect(sent()).toMatchObject({ status: 'on', muted: true });
    add(track('song'));
    expect(sent()).toMatchObject({ status: 'on', muted: false });
  });

  it('leaves out a track of the app that ends, or ended before', async () => {
    const { add, settle, mix, store, sentTrack, voice } = broadcast();
    const song = track('song');
    add(song);
    await settle();
    expect(mix().status).toBe('on');
    song.unplug();
    expect(store.getSnapshot().sound.inputs).toEqual([]);
    await settle();
    expect(sentTrack()).toBe(voice);
    const past = track('past');
    past.stop();
    add(past);
    await settle();
    expect(store.getSnapshot().sound.inputs).toEqual([]);
    expect(sentTrack()).toBe(voice);
  });

  it('ends at once when everything is released', async () => {
    const { add, dispatch, settle, slot } = broadcast();
    add(track('song'));
    await settle();
    dispatch({ type: 'release-requested' });
    await slot.drained();
    expect(audio.contexts.map(({ state }) => state)).toEqual(['closed']);
  });
});

describe('a browser that holds the sound back', () => {
  it.each(['WAITS_FOR_GESTURE', 'INTERRUPTED'] as const)(
    'and %s leaves the microphone on its own, says so, and is asked again',
    async (behaviour) => {
      const { voice, add, mix, sentTrack, settle } = broadcast({ behaviour });
      add(track('song'));
      await settle();
      expect(mix()).toEqual({ status: 'suspended' });
      expect(sentTrack()).toBe(voice);
      audio.behave('RUNS');
      audio.gesture();
      await settle();
      expect(mix().status).toBe('on');
      expect(sentTrack()).toBe(audio.contexts[0]?.out);
    },
  );

  it('in the middle of a mix goes back to the microphone at once, and mixes again after it', async () => {
    const { voice, add, sentTrack, settle } = broadcast();
    add(track('song'));
    await settle();
    audio.behave('INTERRUPTED');
    audio.contexts[0]?.become('interrupted');
    expect(sentTrack()).toBe(voice);
    audio.behave('RUNS');
    audio.gesture();
    await settle();
    expect(sentTrack()).toBe(audio.contexts[0]?.out);
  });

  it('and says that it runs is not believed, once no sound moves on', async () => {
    const { voice, add, mix, sentTrack, settle } = broadcast();
    add(track('song'));
    await settle();
    audio.behave('STANDS_STILL');
    await settle(5_000);
    expect(mix()).toEqual({ status: 'suspended' });
    expect(sentTrack()).toBe(voice);
    audio.behave('RUNS');
    await settle();
    expect(sentTrack()).toBe(audio.contexts[0]?.out);
  });
});

describe('a browser that cannot mix', () => {
  it.each([['MISSING'], ['REFUSES'], ['REFUSES_TRACKS']] as const)(
    'because Web Audio %s leaves the microphone on its own, with the error in the state',
    async (behaviour) => {
      const { voice, add, mix, sentTrack, settle, warned, crashed, slot } = broadcast({
        behaviour,
      });
      add(track('song'));
      await settle();
      expect(mix()).toMatchObject({ status: 'failed', error: { code: 'unsupported' } });
      expect(sentTrack()).toBe(voice);
      expect(warned).toHaveLength(1);
      expect(crashed).toEqual([]);
      expect(audio.contexts.every(({ state }) => state === 'closed')).toBe(true);
      // The next wish is a new try.
      add();
      await settle();
      expect(mix()).toEqual({ status: 'straight' });
      await slot.drained();
    },
  );

  it('because a file of the kit is gone goes on with the microphone', async () => {
    const load = vi.fn(loadMixing);
    load.mockRejectedValueOnce(new BroadcastError('unreachable', 'gone'));
    const { voice, add, mix, sentTrack, settle } = broadcast({ load });
    add(track('song'));
    await settle();
    expect(mix()).toMatchObject({ status: 'failed', error: { code: 'unreachable' } });
    expect(sentTrack()).toBe(voice);
    add();
    add(track('song'));
    await settle();
    expect(mix().status).toBe('on');
  });

  it('refuses one sound of the app goes on without that one', async () => {
    const { voice, add, mix, store, settle, warned } = broadcast();
    add(track('song'));
    await settle();
    audio.behave('REFUSES_TRACKS');
    const song = store.getSnapshot().sound.inputs[0]?.track as unknown as FakeTrack;
    add(song, track('guest'));
    expect(store.getSnapshot().sound.inputs.map(({ id }) => id)).toEqual(['song']);
    expect(warned).toEqual(['The browser cannot mix in the sound guest.']);
    expect(mix().status).toBe('on');
    expect([...audio.heard().keys()]).toEqual([voice, song]);
  });
});

describe('a microphone that is listened to', () => {
  async function listening(voice: FakeTrack, behaviour: AudioBehaviour = 'RUNS') {
    audio = installFakeAudio(behaviour);
    await Promise.all([import('./sound/watch-sound.js'), import('./sound/level-worklet-url.js')]);
    const initial = { ...INITIAL_STATE, microphone: microphoneOf(voice) };
    const store = createStore<BroadcasterState, StampedEvent>(initial, transition);
    const dispatch = (event: BroadcasterEvent) =>
      store.dispatch({ ...event, at: 10_000, id: 101, random: 1 });
    const crashed: unknown[] = [];
    const slot = runWork(
      store,
      () => hearingWork({ store, dispatch }, () => ({})),
      (thrown) => crashed.push(thrown),
    );
    const hear = async (amplitude: number, ms: number) => {
      for (let at = 0; at < ms; at += 100) {
        audio.measure(amplitude);
        await vi.advanceTimersByTimeAsync(100);
      }
    };
    return {
      ...{ store, dispatch, crashed, slot, hear },
      warning: () => store.getSnapshot().sound.warning,
      watch: (isWatched: boolean) => dispatch({ type: 'sound-watched', isWatched }),
      mute: (muted: boolean) => dispatch({ type: 'source-muted', kind: 'microphone', muted }),
    };
  }

  it('costs nothing until anybody watches, and after that', async () => {
    const { watch, mute, hear, slot } = await listening(track('Voice'));
    mute(false);
    await hear(0, 6_000);
    expect(audio.contexts).toEqual([]);
    watch(true);
    await hear(0, 100);
    expect(audio.contexts.map(({ state }) => state)).toEqual(['running']);
    watch(false);
    await slot.drained();
    await vi.advanceTimersByTimeAsync(60);
    expect(audio.contexts.map(({ state }) => state)).toEqual(['closed']);
  });

  it('is told of as silent, and no longer once it is heard, muted, or not watched', async () => {
    const { watch, mute, hear, warning, store } = await listening(new FakeTrack('audio', 'Voice'));
    watch(true);
    await hear(0, 6_000);
    expect(warning()).toBe('silent');
    const before = store.getSnapshot();
    await hear(0, 3_000);
    // The snapshot changes with the warning, not with each moment that is measured.
    expect(store.getSnapshot()).toBe(before);
    await hear(0.1, 200);
    expect(warning()).toBe(null);
    await hear(0, 6_000);
    mute(true);
    expect(warning()).toBe(null);
    mute(false);
    await hear(0, 6_000);
    expect(warning()).toBe('silent');
    watch(false);
    expect(warning()).toBe(null);
  });

  it('is heard through a clone while it is muted, which is stopped with that', async () => {
    const voice = new FakeTrack('audio', 'Voice');
    const { watch, mute, hear, warning } = await listening(voice);
    voice.enabled = false;
    mute(true);
    watch(true);
    await hear(0.1, 1_500);
    expect(warning()).toBe('speaking-while-muted');
    expect(voice.clones).toMatchObject([{ enabled: true, readyState: 'live' }]);
    expect(voice.enabled).toBe(false);
    mute(false);
    expect(warning()).toBe(null);
    await hear(0.1, 200);
    expect(voice.clones).toMatchObject([{ readyState: 'ended' }]);
    expect(voice.readyState).toBe('live');
  });

  it.each([
    ['cannot clone a track', () => Object.assign(track('Voice'), { clone: undefined }), 'RUNS'],
    ['has no Web Audio', () => new FakeTrack('audio', 'Voice'), 'MISSING'],
    ['gives no context', () => new FakeTrack('audio', 'Voice'), 'REFUSES'],
  ] as const)('by a browser that %s is warned of nothing', async (_, make, behaviour) => {
    const voice = make();
    const { watch, mute, hear, warning, crashed } = await listening(voice, behaviour);
    mute(true);
    watch(true);
    await hear(0.1, 2_000);
    expect(warning()).toBe(null);
    expect(crashed).toEqual([]);
    if (voice instanceof FakeTrack) {
      expect(voice.clones.every(({ readyState }) => readyState === 'ended')).toBe(true);
    }
  });
});
