import { act, render, screen } from '@testing-library/react';
import { createRef } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeBroadcaster } from '../../testing/fake-broadcaster.js';
import { on, stageStates } from '../../testing/sample-states.js';
import { fakeHlsClass } from '../viewer/fake-hls.js';
import type { PlaybackCheckProps } from './playback-check.js';
import { PlaybackCheck } from './playback-check.js';
import { Viewer } from './viewer.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

/** An element whose pictures come when the test says so. */
function screenOf({ reports }: { readonly reports: boolean }) {
  const video = document.createElement('video');
  let time = 0;
  let callbacks: (() => void)[] = [];
  Object.defineProperties(video, {
    paused: { get: () => false, configurable: true },
    currentTime: { get: () => time },
  });
  if (reports) {
    Object.defineProperties(video, {
      requestVideoFrameCallback: { value: (callback: () => void) => callbacks.push(callback) },
      cancelVideoFrameCallback: { value: () => (callbacks = []) },
    });
  }
  return {
    video,
    frame() {
      time += 0.04;
      for (const callback of callbacks.splice(0)) callback();
    },
    get listeners() {
      return callbacks.length;
    },
  };
}

function show(props: Omit<PlaybackCheckProps, 'live'>) {
  const view = render(<PlaybackCheck live {...props} />);
  const part = view.container.firstElementChild as HTMLElement;
  const words = () => part.querySelector('span')?.textContent ?? '';
  const spoken = () => screen.getByRole('status').textContent;
  return { ...view, part, words, spoken };
}

describe.each([
  ['a browser that reports each picture', true],
  ['a browser that only tells the time', false],
] as const)('PlaybackCheck in %s', (_, reports) => {
  const play = (screen: ReturnType<typeof screenOf>, ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      screen.frame();
      pass(50);
    }
  };

  it('tells nothing, seeing and freezing apart, and speaks only as it turns', () => {
    const screen = screenOf({ reports });
    const { part, words, spoken } = show({ video: screen.video, behindSeconds: 4.1 });
    pass(3000);
    expect(words()).toBe('Starting for viewers…');
    expect(part).toHaveAttribute('data-state', 'nothing');
    play(screen, 1000);
    expect(words()).toBe('Viewers see you, 4 s behind');
    expect(spoken()).toBe('Viewers see you');
    pass(1400);
    expect(part).toHaveAttribute('data-state', 'seen');
    pass(500);
    expect(words()).toMatch(/^Frozen for 0:0[12]$/);
    pass(5100);
    expect(words()).toMatch(/^Frozen for 0:0[67]$/);
    expect(spoken()).toBe('Viewers see a frozen picture');
    play(screen, 500);
    expect(part).toHaveAttribute('data-state', 'frozen');
    play(screen, 1000);
    expect(part).toHaveAttribute('data-state', 'seen');
  });

  it('looks at nothing while not live, and lets go of the element', () => {
    const screen = screenOf({ reports });
    const { words, rerender, unmount } = show({ video: screen.video });
    play(screen, 500);
    rerender(<PlaybackCheck video={screen.video} live={false} />);
    expect(words()).toBe('You are not live');
    expect(screen.listeners).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    rerender(<PlaybackCheck video={screen.video} live />);
    unmount();
    expect(screen.listeners).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes no freeze from a page that nobody sees', () => {
    const screen = screenOf({ reports });
    const { part } = show({ video: screen.video });
    play(screen, 500);
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    pass(60_000);
    visibility.mockReturnValue('visible');
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(part).toHaveAttribute('data-state', 'seen');
    pass(2000);
    expect(part).toHaveAttribute('data-state', 'frozen');
  });
});

describe('PlaybackCheck', () => {
  it('says that only this playback is paused', () => {
    const screen = screenOf({ reports: true });
    const { part, words } = show({ video: screen.video });
    screen.frame();
    Object.defineProperty(screen.video, 'paused', { get: () => true });
    pass(3000);
    // It lost its picture, which is nothing that a person does.
    expect(part).toHaveAttribute('data-state', 'frozen');
    Object.defineProperty(screen.video, 'readyState', { value: 4 });
    pass(250);
    expect(part).toHaveAttribute('data-state', 'paused');
    expect(words()).toBe('Paused here. Viewers keep watching');
  });

  it.each([
    ['a number', { behindSeconds: 0.43 }, 'Viewers see you, 0.4 s behind'],
    ['no number', { behindSeconds: null }, 'Viewers see you'],
    ['no date', { playingDate: () => null }, 'Viewers see you'],
    ['nothing', {}, 'Viewers see you'],
    ['a date', { playingDate: () => new Date(Date.now() - 6200) }, 'Viewers see you, 6 s behind'],
  ])('tells how late it is from %s', (_, measured, expected) => {
    const screen = screenOf({ reports: true });
    const { words } = show({ video: screen.video, ...measured });
    screen.frame();
    pass(250);
    expect(words()).toBe(expected);
  });

  it('follows a ref to the element that it holds', () => {
    const ref = createRef<HTMLVideoElement>();
    const { part } = show({ video: ref });
    pass(500);
    expect(part).toHaveAttribute('data-state', 'nothing');
    const screen = screenOf({ reports: true });
    ref.current = screen.video;
    pass(250);
    screen.frame();
    pass(250);
    expect(part).toHaveAttribute('data-state', 'seen');
  });

  it('looks at the viewer around it', async () => {
    const fake = fakeHlsClass();
    vi.spyOn(HTMLMediaElement.prototype, 'load').mockImplementation(() => {});
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('#EXTM3U'));
    const { container } = render(
      <Viewer src="/a.m3u8" loadHls={async () => ({ default: fake.Hls })}>
        <PlaybackCheck live />
      </Viewer>,
    );
    await act(() => vi.advanceTimersByTimeAsync(250));
    const video = container.querySelector('video') as HTMLVideoElement;
    Object.defineProperty(video, 'paused', { value: false });
    const [player] = fake.players;
    if (player !== undefined) player.playingDate = new Date(Date.now() - 3500);
    video.currentTime = 1;
    pass(250);
    expect(screen.getByText('Viewers see you, 4 s behind')).toBeVisible();
  });

  it('compares a date with the clock that it is on', () => {
    const screen = screenOf({ reports: true });
    const clockOffsetMs = 300_000;
    const fake = createFakeBroadcaster({
      ...stageStates(Date.now())['live'],
      stream: { word: 'live', isOurs: true, clockOffsetMs },
    });
    const playingDate = () => new Date(Date.now() + clockOffsetMs - 4_000);
    const { container } = render(
      <PlaybackCheck broadcaster={fake} video={screen.video} playingDate={playingDate} />,
    );
    pass(250);
    screen.frame();
    pass(250);
    expect(container).toHaveTextContent('Viewers see you, 4 s behind');
  });

  it.each([3, -3])('takes a clock that is set by %i hours for no freeze', (hours) => {
    const screen = screenOf({ reports: true });
    const { words } = show({ video: screen.video });
    const flow = () => {
      for (let passed = 0; passed < 2_000; passed += 50) {
        screen.frame();
        pass(50);
        expect(words()).not.toContain('Frozen');
      }
    };
    flow();
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    pass(250);
    flow();
    expect(words()).toBe('Viewers see you');
    vi.setSystemTime(Date.now() - 60_000);
    pass(5_000);
    expect(words()).toMatch(/^Frozen for 0:0[45]$/);
  });

  it('does not take what was sent from here for another source once it has ended', () => {
    const screen = screenOf({ reports: true });
    const fake = createFakeBroadcaster({
      ...stageStates(Date.now())['live'],
      stream: { word: 'live', isOurs: true, clockOffsetMs: 0 },
    });
    const { container } = render(<PlaybackCheck live broadcaster={fake} video={screen.video} />);
    screen.frame();
    pass(250);
    expect(container).toHaveTextContent('Viewers see you');
    act(() => fake.setState({ connection: { status: 'idle', preparation: { phase: 'none' } } }));
    screen.frame();
    pass(250);
    expect(container).toHaveTextContent('You are not live');
    act(() => fake.setState({ stream: { word: 'live', isOurs: false, clockOffsetMs: 0 } }));
    expect(container).toHaveTextContent('This stream is live');
  });

  it('says what the broadcaster knows, and leaves it to the announcer to speak', () => {
    const screen = screenOf({ reports: true });
    const stages = stageStates(Date.now());
    const fake = createFakeBroadcaster({ ...stages['live'] });
    const { container } = render(
      <PlaybackCheck broadcaster={fake} video={screen.video} behindSeconds={4} />,
    );
    const part = container.querySelector('.wb-playback');
    const words = () => part?.textContent;
    const flow = (ms: number) => {
      for (let passed = 0; passed < ms; passed += 50) {
        screen.frame();
        pass(50);
      }
    };
    pass(250);
    expect(words()).toBe('Starting for viewers…');
    flow(1_500);
    expect(words()).toBe('Viewers see you, 4 s behind');
    act(() => fake.setState({ camera: on('camera', { muted: true }) }));
    expect(words()).toBe('No picture to check');
    act(() => fake.setState(stages['reconnecting'] ?? {}));
    expect(words()).toBe('Playing what you sent before the break');
    pass(5_000);
    expect(words()).toMatch(/^Frozen for 0:0[45]$/);
    act(() => fake.setState(stages['live'] ?? {}));
    expect(words()).toBe('Catching up for viewers…');
    flow(1_500);
    expect(words()).toBe('Viewers see you, 4 s behind');
    const idle = { status: 'idle', preparation: { phase: 'none' } } as const;
    act(() => fake.setState({ connection: idle }));
    expect(words()).toBe('You are not live');
    expect(container.querySelector('[role=status]')).toBeNull();
  });
});
