import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevices } from '../../testing/fake-devices.js';
import { FakeTrack, installFakeDevices } from '../../testing/fake-devices.js';
import type { BroadcasterInstance } from '../broadcaster.js';
import { createBroadcaster } from '../broadcaster.js';
import type { LogEntry } from '../foundation/logger.js';
import type { BroadcasterOptions } from '../options.js';
import { selectOutgoing } from '../select-outgoing.js';
import type { PictureRequest, ProcessorContext } from './supply.js';

const KINDS = ['camera', 'microphone'] as const;
type Kind = (typeof KINDS)[number];

let devices: FakeDevices;
let broadcaster: BroadcasterInstance;
let log: LogEntry[];

// Loading it takes real time.
beforeAll(() => import('./open-supplied.js'));
beforeEach(() => {
  vi.useFakeTimers();
  devices = installFakeDevices();
  log = [];
});
afterEach(async () => {
  await broadcaster?.release();
  expect(devices.live(), 'no light stays on').toEqual([]);
  devices.restore();
  vi.useRealTimers();
});

const pass = (ms = 1_500) => vi.advanceTimersByTimeAsync(ms);
const media = (kind: Kind) => (kind === 'camera' ? 'video' : 'audio');
const other = (kind: Kind) => (kind === 'camera' ? 'audio' : 'video');
const fake = (kind: Kind) =>
  new FakeTrack(media(kind), 'a name that the browser made up', 'made-up');
const streamOf = (...tracks: FakeTrack[]) => ({ getTracks: () => tracks });

/** Options that only a page without types can give too. */
function optionsOf(kind: Kind, supplied: object): BroadcasterOptions {
  const without = kind === 'camera' ? 'microphone' : 'camera';
  const logger = (entry: LogEntry) => log.push(entry);
  return { autoPrepare: false, logger, [without]: false, [kind]: supplied };
}
const open = async (kind: Kind, supplied: object) => {
  broadcaster = createBroadcaster(optionsOf(kind, supplied));
  broadcaster.preview().catch(() => {});
  await pass();
};
const update = async (kind: Kind, supplied: object, ms = 1_500) => {
  broadcaster.update(optionsOf(kind, supplied));
  await pass(ms);
};
const source = (kind: Kind) => broadcaster.getSnapshot()[kind];
const sent = (kind: Kind) => {
  const outgoing = selectOutgoing(broadcaster.getSnapshot())[media(kind)];
  return outgoing.status === 'on' ? outgoing.track : null;
};
const on = (track: unknown) => ({ status: 'on', change: null, capture: { track }, problem: null });

describe.each(KINDS)('a track of the app’s own as the %s', (kind) => {
  it.each([
    ['a track', (track: FakeTrack) => track],
    ['a stream', (track: FakeTrack) => streamOf(new FakeTrack(other(kind), ''), track)],
  ])('goes out as %s, without any device, and is given back as it was', async (_, give) => {
    const track = fake(kind);
    await open(kind, { source: give(track) });
    expect(source(kind)).toMatchObject(on(track));
    expect(source(kind)).toMatchObject({ capture: { supplied: 'given', deviceId: '', label: '' } });
    expect(selectOutgoing(broadcaster.getSnapshot())[media(kind)]).toMatchObject({
      isMirrored: false,
    });
    broadcaster.mute(kind);
    expect(track.enabled).toBe(false);
    await broadcaster.release();
    expect(track).toMatchObject({ readyState: 'live', enabled: true, contentHint: '' });
    expect(devices.asked).toEqual([]);
  });

  it('keeps the hint that the app gave it', async () => {
    const track = fake(kind);
    track.contentHint = 'text';
    await open(kind, { source: track });
    expect(track.contentHint).toBe('text');
  });

  it.each([
    ['has ended', () => Object.assign(fake(kind), { readyState: 'ended' })],
    ['is of the other kind', () => new FakeTrack(other(kind), '')],
    ['is a stream without tracks', () => streamOf()],
    [
      'is a stream of ended tracks',
      () => streamOf(Object.assign(fake(kind), { readyState: 'ended' })),
    ],
    ['is a number', () => 42],
    ['is a text', () => 'camera'],
    ['is an object', () => ({})],
    ['is false', () => false],
    [
      'throws when it is read',
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('No.');
            },
          },
        ),
    ],
  ])('that %s opens no device in its place', async (_, give) => {
    await open(kind, { source: give() });
    expect(source(kind)).toMatchObject({ status: 'failed', error: { code: 'app-source-failed' } });
    expect(devices.asked).toEqual([]);
  });

  it('of which nothing can be used leaves what was open as it was', async () => {
    await open(kind, {});
    const before = sent(kind);
    await update(kind, { source: streamOf() });
    expect(source(kind)).toMatchObject({ ...on(before), problem: { code: 'app-source-failed' } });
    expect(log).toContainEqual(expect.objectContaining({ level: 'warn' }));
    const track = fake(kind);
    await update(kind, { source: track });
    expect(source(kind)).toMatchObject(on(track));
  });

  it('takes the place of the device and gives it back', async () => {
    await open(kind, {});
    const track = fake(kind);
    await update(kind, { source: track });
    expect(source(kind)).toMatchObject(on(track));
    expect(devices.live()).toEqual([]);
    await update(kind, {});
    expect(source(kind)).toMatchObject({ status: 'on', change: null, problem: null });
    expect(devices.live()).toEqual([sent(kind)]);
    expect(track.readyState).toBe('live');
  });

  it('goes out until the device that is to replace it is there, and after it failed', async () => {
    const track = fake(kind);
    await open(kind, { source: track });
    devices.behave('DENIED', 'DENIED');
    await update(kind, {});
    expect(source(kind)).toMatchObject({ ...on(track), problem: { code: 'permission-denied' } });
    broadcaster.select(kind, null);
    expect(source(kind), 'once that is read').toMatchObject(on(track));
  });

  it('does not change with the devices of the machine', async () => {
    const track = fake(kind);
    await open(kind, { source: track });
    devices.list([{ kind, deviceId: 'another', label: 'Another' }]);
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    broadcaster.select(kind, 'another');
    await pass();
    expect(source(kind)).toMatchObject({ ...on(track), deviceId: 'another' });
    await update(kind, {});
    expect(source(kind)).toMatchObject({ capture: { deviceId: 'another' } });
  });

  it.each([
    ['the browser', (track: FakeTrack) => track.unplug()],
    ['the app itself, of which no event tells', (track: FakeTrack) => track.stop()],
  ])('that is ended by %s has failed, and opens no device', async (_, end) => {
    const track = fake(kind);
    await open(kind, { source: track });
    end(track);
    await pass();
    expect(source(kind)).toMatchObject({ status: 'failed', error: { code: 'app-source-failed' } });
    expect(devices.asked).toEqual([]);
    const next = fake(kind);
    await update(kind, { source: next });
    expect(source(kind)).toMatchObject(on(next));
  });

  it('is followed by the next one of its stream', async () => {
    const [first, second] = [fake(kind), fake(kind)];
    await open(kind, { source: streamOf(first, second) });
    expect(sent(kind)).toBe(first);
    first.stop();
    await pass();
    expect(sent(kind)).toBe(second);
  });
});

describe.each(KINDS)('a factory for the %s', (kind) => {
  const made: { readonly track: FakeTrack; readonly signal: AbortSignal }[] = [];
  const factory = vi.fn((request: PictureRequest) => {
    const track = fake(kind);
    made.push({ track, signal: request.signal });
    return track as unknown as MediaStreamTrack;
  });
  beforeEach(() => {
    made.length = 0;
    factory.mockClear();
  });

  it('is told what is wanted, and what it made is stopped', async () => {
    await open(kind, { source: factory, width: 640, height: 360, frameRate: 15, content: 'music' });
    const preset =
      kind === 'camera' ? { width: 640, height: 360, frameRate: 15 } : { content: 'music' };
    expect(factory.mock.calls).toEqual([[{ ...preset, signal: expect.any(AbortSignal) }]]);
    expect(source(kind)).toMatchObject({ capture: { supplied: 'made', track: made[0]?.track } });
    await broadcaster.release();
    expect(made[0]).toMatchObject({ track: { readyState: 'ended' }, signal: { aborted: true } });
  });

  it('is left alone while nothing that it depends on changes', async () => {
    await open(kind, { source: factory });
    await update(kind, { source: factory });
    broadcaster.mute(kind);
    broadcaster.unmute(kind);
    await broadcaster.preview();
    await pass(60_000);
    expect(factory).toHaveBeenCalledTimes(1);
  });

  it('is asked again when another picture or sound is wanted, and the first goes on until then', async () => {
    await open(kind, { source: factory });
    await update(kind, { source: factory, width: 640, content: 'music' });
    expect(factory).toHaveBeenCalledTimes(2);
    expect(source(kind)).toMatchObject(on(made[1]?.track));
    expect(made.map(({ track }) => track.readyState)).toEqual(['ended', 'live']);
    expect(made.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it('may return the same track again', async () => {
    const track = fake(kind);
    const same = () => track;
    await open(kind, { source: same });
    await update(kind, { source: same, width: 640, content: 'music' });
    expect(track.readyState).toBe('live');
    await broadcaster.release();
    expect(track.readyState).toBe('ended');
  });

  it('may return a stream, of which all tracks are stopped', async () => {
    const tracks = [new FakeTrack(other(kind), ''), fake(kind)];
    await open(kind, { source: async () => streamOf(...tracks) });
    expect(sent(kind)).toBe(tracks[1]);
    await broadcaster.release();
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('No.');
      },
    ],
    ['rejects', () => Promise.reject(new Error('No.'))],
    ['rejects with nothing', () => Promise.reject()],
    ['returns nothing', () => undefined],
    ['returns an ended track', () => Object.assign(fake(kind), { readyState: 'ended' })],
    ['returns a track of the other kind', () => new FakeTrack(other(kind), '')],
    ['never answers', () => new Promise(() => {})],
  ])('that %s leaves what was open as it was, and fails where nothing was', async (_, bad) => {
    await open(kind, {});
    const before = sent(kind);
    await update(kind, { source: bad }, 11_000);
    expect(source(kind)).toMatchObject({ ...on(before), problem: { code: 'app-source-failed' } });
    await broadcaster.release();
    broadcaster.preview().catch(() => {});
    await pass(11_000);
    expect(source(kind)).toMatchObject({ status: 'failed', error: { code: 'app-source-failed' } });
  });

  it('that answers too late, or to nobody, is told so, and its track is stopped', async () => {
    const late = fake(kind);
    let answer: (track: FakeTrack) => void = () => {};
    let told: AbortSignal | undefined;
    const slow = ({ signal }: PictureRequest) => {
      told = signal;
      return new Promise((resolve) => {
        answer = resolve;
      });
    };
    await open(kind, { source: slow });
    await broadcaster.release();
    expect(told?.aborted).toBe(true);
    answer(late);
    await pass();
    expect(late.readyState).toBe('ended');
  });

  it('is asked again when its track ends, but not for ever', async () => {
    await open(kind, { source: factory });
    await pass(5_000);
    made[0]?.track.unplug();
    await pass();
    expect(sent(kind)).toBe(made[1]?.track);
    // From now on each lasts but a moment.
    factory.mockImplementation(() => {
      const track = fake(kind);
      setTimeout(() => track.unplug(), 100);
      return track as unknown as MediaStreamTrack;
    });
    made[1]?.track.unplug();
    await pass(20_000);
    expect(source(kind)).toMatchObject({ status: 'failed', error: { code: 'app-source-failed' } });
    expect(factory.mock.calls.length).toBeLessThan(10);
  });
});

describe.each(KINDS)('a processor for the %s', (kind) => {
  const runs: { input: FakeTrack; output: FakeTrack; context: ProcessorContext }[] = [];
  const processor = vi.fn((input: MediaStreamTrack, context: ProcessorContext) => {
    const output = fake(kind);
    runs.push({ input: input as unknown as FakeTrack, output, context });
    return output as unknown as MediaStreamTrack;
  });
  const raw = () => devices.tracks.at(-1);
  beforeEach(() => {
    runs.length = 0;
    processor.mockClear();
  });

  it('makes the track that goes out; the device stays beside it', async () => {
    await open(kind, { processor });
    const [run] = runs;
    expect(source(kind)).toMatchObject(on(run?.output));
    expect(source(kind)).toMatchObject({ capture: { raw: raw(), deviceId: `${kind}-1` } });
    expect(run?.context).toEqual({ kind, signal: expect.any(AbortSignal) });
    // It cannot end what the kit falls back on.
    expect(run?.input).not.toBe(raw());
    await broadcaster.release();
    expect(run).toMatchObject({
      output: { readyState: 'ended' },
      context: { signal: { aborted: true } },
    });
  });

  it('can be put on, changed and taken off, and the device is not opened again for it', async () => {
    await open(kind, {});
    const device = sent(kind);
    await update(kind, { processor });
    expect(source(kind)).toMatchObject(on(runs[0]?.output));
    const second = fake(kind);
    await update(kind, { processor: async () => second });
    expect(source(kind)).toMatchObject(on(second));
    expect(runs[0]).toMatchObject({
      output: { readyState: 'ended' },
      context: { signal: { aborted: true } },
    });
    await update(kind, {});
    expect(source(kind)).toMatchObject(on(device));
    expect(second.readyState).toBe('ended');
    expect(device?.readyState).toBe('live');
    expect(devices.asked).toHaveLength(1);
    expect(devices.live()).toEqual([device]);
  });

  it('with another key is another one', async () => {
    await open(kind, { processor, key: 1 });
    await update(kind, { processor, key: 2 });
    expect(sent(kind)).toBe(runs[1]?.output);
    expect(devices.asked).toHaveLength(1);
  });

  it('is not there, and a key for it opens nothing again', async () => {
    await open(kind, { key: 1 });
    await update(kind, { key: 2 });
    expect(devices.asked).toHaveLength(1);
  });

  it('works on what the app supplies too', async () => {
    const track = fake(kind);
    await open(kind, { source: track, processor });
    expect(sent(kind)).toBe(runs[0]?.output);
    await update(kind, { source: track });
    expect(sent(kind)).toBe(track);
    expect(track.clones.every(({ readyState }) => readyState === 'ended')).toBe(true);
  });

  it('does not ask a factory again when it is put on', async () => {
    const factory = vi.fn(() => fake(kind));
    await open(kind, { source: factory });
    await update(kind, { source: factory, processor });
    await update(kind, { source: factory });
    expect(factory).toHaveBeenCalledTimes(1);
    expect(sent(kind)).toBe(factory.mock.results[0]?.value);
    await broadcaster.release();
    expect(factory.mock.results[0]?.value.readyState).toBe('ended');
  });

  it('runs anew for another device, and the first goes on until then', async () => {
    devices.list(
      [1, 2].map((number) => ({ kind, deviceId: `${kind}-${number}`, label: `${number}` })),
    );
    await open(kind, { processor });
    broadcaster.select(kind, `${kind}-2`);
    await pass();
    expect(source(kind)).toMatchObject({ ...on(runs[1]?.output), deviceId: `${kind}-2` });
    expect(runs.map(({ context }) => context.signal.aborted)).toEqual([true, false]);
    expect(runs.map(({ output }) => output.readyState)).toEqual(['ended', 'live']);
  });

  it('gets sound and picture while muted, and what it makes of them does not go out', async () => {
    await open(kind, {});
    broadcaster.mute(kind);
    await update(kind, { processor });
    expect(runs[0]).toMatchObject({ input: { enabled: true }, output: { enabled: false } });
    await update(kind, {});
    expect(sent(kind)?.enabled).toBe(false);
    broadcaster.unmute(kind);
    expect(sent(kind)?.enabled).toBe(true);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('No.');
      },
    ],
    ['rejects', () => Promise.reject(new Error('No.'))],
    ['returns nothing', () => undefined],
    ['returns an ended track', () => Object.assign(fake(kind), { readyState: 'ended' })],
    ['returns a track of the other kind', () => new FakeTrack(other(kind), '')],
    ['never answers', () => new Promise(() => {})],
    [
      'ends what it was given, and fails',
      (track: MediaStreamTrack) => {
        track.stop();
        throw new Error('No.');
      },
    ],
  ])('that %s leaves the device as it is, and says so', async (_, bad) => {
    await open(kind, { processor: bad });
    await pass(11_000);
    expect(source(kind)).toMatchObject({ ...on(raw()), problem: { code: 'processor-failed' } });
    expect(source(kind)).not.toHaveProperty('capture.raw');
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(devices.live()).toEqual([raw()]);
  });

  it('that ends its track falls back on the device, and stays off until it changes', async () => {
    await open(kind, { processor });
    runs[0]?.output.unplug();
    await pass();
    expect(source(kind)).toMatchObject({ ...on(raw()), problem: { code: 'processor-failed' } });
    expect(runs[0]?.context.signal.aborted).toBe(true);
    await pass(60_000);
    expect(processor).toHaveBeenCalledTimes(1);
    await update(kind, { processor, key: 'again' });
    expect(source(kind)).toMatchObject(on(runs[1]?.output));
  });

  it('goes with the device that is lost, and comes with the next', async () => {
    await open(kind, { processor });
    await pass(5_000);
    devices.tracks.at(-1)?.unplug();
    await pass();
    expect(source(kind)).toMatchObject({ status: 'on', capture: { track: runs[1]?.output } });
    expect(source(kind)).toMatchObject({ problem: { code: 'device-lost' } });
    expect(runs[0]?.context.signal.aborted).toBe(true);
  });

  it('that answers after its source was turned off has its track stopped', async () => {
    const late = fake(kind);
    let answer: (track: FakeTrack) => void = () => {};
    const slow = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await open(kind, { processor: slow });
    await broadcaster.release();
    answer(late);
    await pass();
    expect(late.readyState).toBe('ended');
  });

  it('that is no function is complained of', async () => {
    await open(kind, { processor: 'blur' });
    expect(source(kind)).toMatchObject(on(raw()));
    expect(log).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining(`${kind}.processor`) }),
    );
  });
});
