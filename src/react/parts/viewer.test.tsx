import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MESSAGES } from '../messages.js';
import type { HlsLibrary } from '../play-hls.js';
import { GlassCheck } from './glass-check.js';
import { Viewer } from './viewer.js';

type Listener = (event: string, data: object) => void;

/** hls.js without media: it records what it is asked, and fails on command. */
class FakeHls {
  static readonly made: FakeHls[] = [];
  static isSupported = () => true;
  readonly calls: string[] = [];
  readonly #listeners = new Map<string, Listener>();
  playingDate: Date | null = null;

  constructor() {
    FakeHls.made.push(this);
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, listener);
  }

  emit(event: string, data: object = {}): void {
    this.#listeners.get(event)?.(event, data);
  }

  loadSource = (url: string) => void this.calls.push(`loadSource ${url}`);
  attachMedia = () => void this.calls.push('attachMedia');
  startLoad = () => void this.calls.push('startLoad');
  recoverMediaError = () => void this.calls.push('recoverMediaError');
  destroy = () => void this.calls.push('destroy');
}
const loadHls = async () => ({ default: FakeHls satisfies HlsLibrary });
const MISSING = { fatal: true, type: 'networkError' };

const settle = (ms = 0) => act(() => vi.advanceTimersByTimeAsync(ms));
const video = () => screen.getByLabelText<HTMLVideoElement>(MESSAGES.viewer);
const stateOf = (container: HTMLElement) =>
  container.querySelector('.wb-viewer')?.getAttribute('data-state');

beforeEach(() => {
  vi.useFakeTimers();
  FakeHls.made.length = 0;
  vi.spyOn(HTMLMediaElement.prototype, 'load').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('Viewer', () => {
  it('loads nothing without a playlist', async () => {
    const load = vi.fn(loadHls);
    const { container } = render(<Viewer src={null} loadHls={load} />);
    await settle();
    expect(load).not.toHaveBeenCalled();
    expect(stateOf(container)).toBe('off');
    expect(screen.getByText(MESSAGES.viewerOff)).toBeVisible();
  });

  it('waits for a playlist that is not there yet, further and further apart', async () => {
    const { container } = render(<Viewer src="/a.m3u8" loadHls={loadHls} />);
    await settle();
    const [hls] = FakeHls.made;
    expect(hls?.calls).toEqual(['attachMedia', 'loadSource /a.m3u8']);
    for (const delayMs of [1_000, 1_500, 2_250]) {
      hls?.emit('hlsError', MISSING);
      hls?.emit('hlsError', MISSING);
      await settle(delayMs - 1);
      const before = hls?.calls.length;
      await settle(1);
      expect(hls?.calls.length).toBe((before ?? 0) + 1);
    }
    expect(new Set(hls?.calls.slice(1))).toEqual(new Set(['loadSource /a.m3u8']));
    expect(stateOf(container)).toBe('waiting');
  });

  it('goes on by itself after a gap, a broken picture and an end', async () => {
    const { container } = render(<Viewer src="/a.m3u8" loadHls={loadHls} />);
    await settle();
    const [hls] = FakeHls.made;
    hls?.emit('hlsManifestParsed');
    act(() => video().dispatchEvent(new Event('playing')));
    expect(stateOf(container)).toBe('playing');
    act(() => hls?.emit('hlsError', MISSING));
    expect(stateOf(container)).toBe('stalled');
    await settle(1_000);
    expect(hls?.calls.at(-1)).toBe('startLoad');
    act(() => hls?.emit('hlsError', { fatal: true, type: 'mediaError' }));
    await settle(1_500);
    expect(hls?.calls.at(-1)).toBe('recoverMediaError');
    act(() => video().dispatchEvent(new Event('ended')));
    await settle(5_000);
    expect(hls?.calls.at(-1)).toBe('loadSource /a.m3u8');
    act(() => hls?.emit('hlsError', { fatal: false, type: 'networkError' }));
    await settle(5_000);
    expect(FakeHls.made).toHaveLength(1);
  });

  it('ends with its part, and with its playlist', async () => {
    const { rerender, unmount } = render(<Viewer src="/a.m3u8" loadHls={loadHls} />);
    await settle();
    rerender(<Viewer src="/b.m3u8" loadHls={loadHls} />);
    await settle();
    expect(FakeHls.made.map(({ calls }) => calls.at(-1))).toEqual([
      'destroy',
      'loadSource /b.m3u8',
    ]);
    FakeHls.made[1]?.emit('hlsError', MISSING);
    unmount();
    await settle(10_000);
    expect(FakeHls.made[1]?.calls.at(-1)).toBe('destroy');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets the browser play where there is no library, or where it cannot be loaded', async () => {
    vi.spyOn(HTMLMediaElement.prototype, 'canPlayType').mockReturnValue('maybe');
    const missing = () => Promise.reject(new Error('The chunk is gone.'));
    for (const load of [undefined, missing]) {
      const { unmount } = render(<Viewer src="/a.m3u8" loadHls={load} />);
      await settle();
      expect(video().src).toContain('/a.m3u8');
      video().removeAttribute('src');
      video().dispatchEvent(new Event('error'));
      await settle(1_000);
      expect(video().src).toContain('/a.m3u8');
      unmount();
    }
  });

  it('says so where nothing can play it', async () => {
    vi.spyOn(HTMLMediaElement.prototype, 'canPlayType').mockReturnValue('');
    render(<Viewer src="/a.m3u8" />);
    await settle();
    expect(screen.getByText(MESSAGES.viewerUnsupported)).toBeVisible();
  });
});

describe('GlassCheck', () => {
  it('says what the viewer around it shows, and announces each change once', async () => {
    const view = (live: boolean) => (
      <Viewer src="/a.m3u8" loadHls={loadHls}>
        <GlassCheck live={live} />
      </Viewer>
    );
    const { rerender } = render(view(false));
    await settle();
    expect(screen.getByRole('status')).toHaveTextContent(MESSAGES.glassOff);
    rerender(view(true));
    await settle(500);
    expect(screen.getByRole('status')).toHaveTextContent(MESSAGES.glassNothing);
    const [hls] = FakeHls.made;
    if (hls !== undefined) hls.playingDate = new Date(Date.now() - 2_500);
    video().dispatchEvent(new Event('timeupdate'));
    await settle(500);
    expect(screen.getByText('Viewers see you, 3.0 s behind')).toBeVisible();
    await settle(2_500);
    expect(screen.getByText('Frozen for 0:03')).toBeVisible();
    expect(screen.getByRole('status')).toHaveTextContent(MESSAGES.sayFrozen);
  });
});
