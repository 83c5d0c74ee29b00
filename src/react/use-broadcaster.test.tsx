import { act, render, renderHook, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BroadcasterOptions, BroadcasterState } from '../core/index.js';
import * as core from '../core/index.js';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import type { FakeDevices } from '../testing/fake-devices.js';
import { FakeTrack, installFakeDevices } from '../testing/fake-devices.js';
import { GOOD_STATS, target } from '../testing/sample-states.js';
import { useBroadcaster } from './use-broadcaster.js';
import { useBroadcasterState } from './use-broadcaster-state.js';

vi.mock('../core/index.js', { spy: true });

function Status() {
  const broadcaster = useBroadcaster({ serverUrl: 'wss://h/a/k' });
  return <>{useBroadcasterState(({ connection }) => connection.status, broadcaster)}</>;
}

function Lost() {
  return <>{useBroadcasterState((state) => state.connection.status)}</>;
}

const settled = () => act(async () => await new Promise((resolve) => setTimeout(resolve, 20)));

describe('useBroadcaster', () => {
  let devices: FakeDevices;
  beforeEach(() => {
    devices = installFakeDevices();
  });
  afterEach(() => {
    devices.restore();
    vi.mocked(core.createBroadcaster).mockReset();
  });

  it('asks the latest renew function, and tells when one comes or goes', async () => {
    const fake = createFakeBroadcaster();
    const created = vi.mocked(core.createBroadcaster).mockReturnValue(fake);
    const { rerender } = renderHook((options: BroadcasterOptions) => useBroadcaster(options), {
      initialProps: { renew: async () => ({ serverUrl: 'wss://h/a/first' }) } as BroadcasterOptions,
    });
    rerender({ renew: async () => ({ serverUrl: 'wss://h/a/second' }) });
    expect(fake.calls).toEqual([]);
    const { renew } = created.mock.calls[0]?.[0] ?? {};
    const { signal } = new AbortController();
    expect(await renew?.({ signal })).toEqual({ serverUrl: 'wss://h/a/second' });
    rerender({});
    expect(fake.calls).toMatchObject([{ method: 'update', args: [{ renew: undefined }] }]);
    await expect(renew?.({ signal })).rejects.toThrow(TypeError);
  });

  it('keeps one broadcaster, and gives changed options on once', async () => {
    const fake = createFakeBroadcaster();
    vi.mocked(core.createBroadcaster).mockReturnValue(fake);
    const { result, rerender } = renderHook(
      (options: BroadcasterOptions) => useBroadcaster(options),
      {
        initialProps: {
          serverUrl: 'wss://h/a',
          camera: { width: 640 },
          iceServers: [],
        } as BroadcasterOptions,
      },
    );
    expect(result.current).toBe(fake);
    for (let times = 0; times < 3; times += 1) {
      rerender({
        serverUrl: 'wss://h/a',
        camera: { width: 640 },
        iceServers: [],
        logger: () => {},
        onPeerConnection: () => {},
      });
    }
    // A logger where there was none is news; another one is not.
    expect(fake.methods).toEqual(['update']);
    rerender({ serverUrl: 'wss://h/b', camera: { width: 640 }, iceServers: [] });
    rerender({ serverUrl: 'wss://h/b', camera: { width: 320 }, iceServers: [] });
    rerender({ serverUrl: 'wss://h/b', camera: { width: 320 }, iceServers: [{ urls: 'stun:x' }] });
    rerender({ serverUrl: 'wss://h/b', camera: { width: 320 }, iceServers: [{ urls: 'stun:x' }] });
    expect(fake.methods).toEqual(Array(4).fill('update'));
    expect(result.current).toBe(fake);
  });

  it('compares options by value, of functions only whether there is one', () => {
    const fake = createFakeBroadcaster();
    vi.mocked(core.createBroadcaster).mockReturnValue(fake);
    const initialProps = {} as BroadcasterOptions;
    const { rerender } = renderHook((options: BroadcasterOptions) => useBroadcaster(options), {
      initialProps,
    });
    const updates = (options: object) => {
      const before = fake.calls.length;
      rerender(options as BroadcasterOptions);
      return fake.calls.length - before;
    };
    expect(updates({ startedAt: new Date(7) })).toBe(1);
    expect(updates({ startedAt: new Date(7) })).toBe(0);
    expect(updates({ startedAt: new Date(8) })).toBe(1);
    expect(updates({ timeoutSeconds: Number.POSITIVE_INFINITY })).toBe(1);
    expect(updates({ timeoutSeconds: Number.POSITIVE_INFINITY })).toBe(0);
    expect(updates({ timeoutSeconds: null })).toBe(1);
    // Misspelt, and written inline.
    expect(updates({ onPeerConection: () => 1 })).toBe(1);
    expect(updates({ onPeerConection: () => 2 })).toBe(0);
    expect(updates({ iceServers: [{ urls: ['stun:a'] }] })).toBe(1);
    expect(updates({ iceServers: [{ urls: ['stun:a'] }] })).toBe(0);
    expect(updates({ iceServers: [{ urls: ['stun:b'] }] })).toBe(1);
  });

  it('notices a change beside what cannot be compared', () => {
    const fake = createFakeBroadcaster();
    vi.mocked(core.createBroadcaster).mockReturnValue(fake);
    const round: Record<string, unknown> = {};
    round['camera'] = round;
    const { rerender } = renderHook((options: object) => useBroadcaster(options), {
      initialProps: { serverUrl: 'wss://h/a', camera: round } as object,
    });
    rerender({ serverUrl: 'wss://h/b', camera: round });
    expect(fake.methods).toEqual(['update']);
    rerender(
      Object.defineProperty({}, 'serverUrl', {
        enumerable: true,
        get() {
          throw new Error('unreadable');
        },
      }),
    );
    expect(fake.methods).toEqual(['update', 'update']);
  });

  it('calls the latest logger, and survives one that is none', () => {
    const fake = createFakeBroadcaster();
    const created = vi.mocked(core.createBroadcaster).mockReturnValue(fake);
    const heard: string[] = [];
    const { rerender } = renderHook((options: BroadcasterOptions) => useBroadcaster(options), {
      initialProps: { logger: () => heard.push('first') } as BroadcasterOptions,
    });
    rerender({ logger: () => heard.push('second') });
    const log = created.mock.calls[0]?.[0]?.logger;
    log?.({ at: 0, level: 'info', message: '' });
    expect(heard).toEqual(['second']);
    rerender({ logger: 7 as unknown as NonNullable<BroadcasterOptions['logger']> });
    expect(() => log?.({ at: 0, level: 'info', message: '' })).not.toThrow();
  });

  it.each([null, undefined, {}, { camera: null }, { serverUrl: 7n }])(
    'does not throw for %o',
    (wrong) => {
      expect(() => renderHook(() => useBroadcaster(wrong as BroadcasterOptions))).not.toThrow();
    },
  );

  it('does not throw for options that refer to themselves', () => {
    const round: Record<string, unknown> = {};
    round['camera'] = round;
    expect(() => renderHook(() => useBroadcaster(round))).not.toThrow();
  });

  it('asks an inline factory once, whatever is rendered, and another one when its key changes', async () => {
    const calls: string[] = [];
    const make = (name: string) => () => {
      calls.push(name);
      return new FakeTrack('video', '') as unknown as MediaStreamTrack;
    };
    const options = (name: string, key: string) => ({
      microphone: false,
      camera: { source: make(name), processor: () => make(`${name} processed`)(), key },
    });
    const { result, rerender, unmount } = renderHook(
      ({ name, key }) => useBroadcaster(options(name, key)),
      { initialProps: { name: 'first', key: 'one' }, wrapper: StrictMode },
    );
    await act(() => result.current.preview());
    const { camera } = result.current.getSnapshot();
    expect(calls).toEqual(['first', 'first processed']);
    for (const name of ['second', 'third', 'fourth']) rerender({ name, key: 'one' });
    await settled();
    expect(result.current.getSnapshot().camera).toBe(camera);
    expect(calls).toHaveLength(2);
    rerender({ name: 'fifth', key: 'two' });
    await waitFor(() => expect(calls.slice(2)).toEqual(['fifth', 'fifth processed']));
    unmount();
    await settled();
    expect(devices.asked).toEqual([]);
  });

  it('notices another track, and a processor that comes or goes, and nothing else', async () => {
    const tracks = [1, 2].map(() => new FakeTrack('video', ''));
    const processed = new FakeTrack('video', '') as unknown as MediaStreamTrack;
    const options = ({ at, works }: { at: number; works: boolean }) =>
      ({
        microphone: false,
        camera: { source: tracks[at], ...(works && { processor: () => processed }) },
      }) as unknown as BroadcasterOptions;
    const { result, rerender, unmount } = renderHook((props) => useBroadcaster(options(props)), {
      initialProps: { at: 0, works: false },
    });
    const sent = () => {
      const { camera } = result.current.getSnapshot();
      return camera.status === 'on' && camera.change === null ? camera.capture.track : null;
    };
    await act(() => result.current.preview());
    expect(sent()).toBe(tracks[0]);
    rerender({ at: 1, works: false });
    await waitFor(() => expect(sent()).toBe(tracks[1]));
    rerender({ at: 1, works: true });
    await waitFor(() => expect(sent()).toBe(processed));
    rerender({ at: 1, works: false });
    await waitFor(() => expect(sent()).toBe(tracks[1]));
    unmount();
    await settled();
    expect(tracks.map(({ readyState }) => readyState)).toEqual(['live', 'live']);
  });

  it('opens one camera under StrictMode, and turns it off on unmount', async () => {
    const { result, unmount } = renderHook(() => useBroadcaster({}), { wrapper: StrictMode });
    expect(devices.asked).toHaveLength(0);
    await settled();
    await act(() => result.current.preview());
    expect(devices.asked).toHaveLength(1);
    expect(devices.live()).toHaveLength(2);
    unmount();
    await settled();
    expect(devices.live()).toHaveLength(0);
  });

  it('is inert on the server', () => {
    expect(renderToString(<Status />)).toBe('idle');
    expect(devices.asked).toHaveLength(0);
  });
});

describe('useBroadcasterState', () => {
  it('renders again only when what it selects changes', () => {
    const fake = createFakeBroadcaster();
    let renders = 0;
    const select = ({ connection }: BroadcasterState) => connection.status;
    const { result } = renderHook(() => {
      renders += 1;
      return useBroadcasterState(select, fake);
    });
    act(() => fake.setState({ stats: GOOD_STATS }));
    expect(renders).toBe(1);
    act(() =>
      fake.setState({
        connection: { status: 'failed', error: new core.BroadcastError('timeout', ''), endedAt: 0 },
      }),
    );
    expect(renders).toBe(2);
    expect(result.current).toBe('failed');
  });

  it('takes a selector that makes a new object each time', () => {
    const fake = createFakeBroadcaster();
    const { result } = renderHook(() =>
      useBroadcasterState(({ target }) => ({ known: target.status === 'set' }), fake),
    );
    expect(result.current).toEqual({ known: false });
    act(() => fake.setState({ target: target() }));
    expect(result.current).toEqual({ known: true });
  });

  it('stops listening when it is unmounted', () => {
    const fake = createFakeBroadcaster();
    const { unmount } = renderHook(() => useBroadcasterState((state) => state, fake), {
      wrapper: StrictMode,
    });
    expect(fake.listeners).toBe(1);
    unmount();
    expect(fake.listeners).toBe(0);
  });

  it('names the parent that is missing', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(() => render(<Lost />)).toThrow(/<Broadcaster\.Root>.*Render it inside/);
    error.mockRestore();
  });
});
