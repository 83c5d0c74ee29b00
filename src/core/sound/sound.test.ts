import { beforeEach, describe, expect, it } from 'vitest';
import { FakeTrack } from '../../testing/fake-devices.js';
import { createBroadcaster } from '../broadcaster.js';
import type { LogEntry } from '../foundation/logger.js';
import type { BroadcasterOptions } from '../options.js';

const said: string[] = [];
const logger = ({ message }: LogEntry) => said.push(message);
beforeEach(() => {
  said.length = 0;
});

const track = (label = 'song') => new FakeTrack('audio', label) as unknown as MediaStreamTrack;
const broadcasterOf = (sounds: unknown) =>
  createBroadcaster({ logger, sounds } as unknown as BroadcasterOptions);
const soundOf = (broadcaster: ReturnType<typeof createBroadcaster>) =>
  broadcaster.getSnapshot().sound;

describe('the option sounds', () => {
  it('takes tracks and streams, and gives each its gain', () => {
    const [song, guest] = [track('song'), track('guest')];
    const stream = { getAudioTracks: () => [guest] } as unknown as MediaStream;
    const sounds = [
      { id: 'song', track: song, gain: 0.5 },
      { id: 'guest', track: stream },
    ];
    const broadcaster = broadcasterOf(sounds);
    expect(soundOf(broadcaster)).toMatchObject({
      inputs: [
        { id: 'song', track: song },
        { id: 'guest', track: guest },
      ],
      gains: { song: 0.5 },
    });
    // Written anew at each rendering, it is the same list.
    const before = soundOf(broadcaster);
    broadcaster.update({ sounds: sounds.map((sound) => ({ ...sound })) });
    expect(soundOf(broadcaster)).toBe(before);
    broadcaster.update({ sounds: [{ id: 'song', track: song, gain: 0.5 }] });
    expect(soundOf(broadcaster).inputs).toEqual([{ id: 'song', track: song }]);
    broadcaster.update({});
    expect(soundOf(broadcaster).inputs).toEqual([]);
  });

  it('changes a gain only where the option does, so that setGain lasts', () => {
    const song = track();
    const given = (gain: number) => ({ sounds: [{ id: 'song', track: song, gain }] });
    const broadcaster = createBroadcaster(given(0.5));
    broadcaster.setGain('song', 0.25);
    broadcaster.update(given(0.5));
    expect(soundOf(broadcaster).gains).toEqual({ song: 0.25 });
    broadcaster.update(given(2));
    expect(soundOf(broadcaster).gains).toEqual({ song: 2 });
    broadcaster.update(given(1));
    expect(soundOf(broadcaster).gains).toEqual({});
  });

  it.each<[string, unknown, RegExp]>([
    ['no list', { id: 'song' }, /sounds is not a list/],
    ['nothing in the list', [null], /sounds\[0\] needs an id/],
    ['something else in the list', ['song'], /sounds\[0\] needs an id/],
    ['no id', [{ track: track() }], /sounds\[0\] needs an id/],
    ['the id of a source', [{ id: 'microphone', track: track() }], /sounds\[0\] needs an id/],
    ['no track', [{ id: 'song' }], /sounds\[0\] needs an id/],
    ['a picture', [{ id: 'song', track: { kind: 'video' } }], /sounds\[0\] needs an id/],
    [
      'a stream without sound',
      [{ id: 'song', track: { getAudioTracks: () => [] } }],
      /sounds\[0\] needs an id/,
    ],
  ])('says that %s cannot be used, and goes on without it', (_, sounds, complaint) => {
    const broadcaster = broadcasterOf(sounds);
    broadcaster.subscribe(() => {});
    expect(soundOf(broadcaster).inputs).toEqual([]);
    expect(said[0]).toMatch(complaint);
  });

  it('keeps the good ones beside the bad, and the first of two with one id', () => {
    const song = track();
    const broadcaster = broadcasterOf([
      { id: '', track: song },
      { id: 'song', track: song, gain: Number.NaN },
      { id: 'song', track: track('again') },
    ]);
    expect(soundOf(broadcaster)).toMatchObject({
      inputs: [{ id: 'song', track: song }],
      gains: {},
    });
  });

  it('leaves out a track that has ended, without a word', () => {
    const ended = track();
    ended.stop();
    const broadcaster = broadcasterOf([{ id: 'song', track: ended }]);
    broadcaster.subscribe(() => {});
    expect(soundOf(broadcaster).inputs).toEqual([]);
    expect(said).toEqual([]);
  });
});

describe('setGain', () => {
  it.each([Number.NaN, -1, 4.1, Number.POSITIVE_INFINITY, '1', null, undefined, {}])(
    'leaves the gain as it was when it is given %s',
    (gain) => {
      const broadcaster = createBroadcaster({ logger });
      broadcaster.setGain('microphone', 0.5);
      broadcaster.setGain('microphone', gain as number);
      expect(soundOf(broadcaster).gains).toEqual({ microphone: 0.5 });
      expect(said[0]).toMatch(/no number from 0 to 4/);
    },
  );

  it('takes names that every object has', () => {
    const broadcaster = createBroadcaster();
    broadcaster.setGain('constructor', 0.5);
    expect(soundOf(broadcaster).gains).toEqual({ constructor: 0.5 });
    broadcaster.setGain('constructor', 1);
    expect(soundOf(broadcaster).gains).toEqual({});
  });
});
