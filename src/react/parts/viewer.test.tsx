import { act, render, screen } from '@testing-library/react';
import RealHls from 'hls.js';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeHls } from '../viewer/fake-hls.js';
import { fakeHlsClass } from '../viewer/fake-hls.js';
import type { LoadHls } from '../viewer/hls-player.js';
import type { ViewerProps } from './viewer.js';
import { Viewer } from './viewer.js';

const SRC = 'https://play.invalid/playlist.m3u8';
const LIVE = '#EXTM3U\n#EXTINF:1,\nseg0.mp4\n';
const OVER = `${LIVE}#EXT-X-ENDLIST\n`;

/**
 * The answer of the playlist's server: a playlist, nothing yet, or no answer that scripts may read.
 */
let served: Readonly<Record<string, string | 404 | 'opaque'>>;
let looks: number;

beforeEach(() => {
  vi.useFakeTimers();
  served = { [SRC]: LIVE };
  looks = 0;
  vi.spyOn(HTMLMediaElement.prototype, 'load').mockImplementation(() => {});
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
    looks += 1;
    const answer = served[String(url)] ?? 404;
    if (answer === 'opaque') throw new TypeError('Failed to fetch');
    return answer === 404 ? new Response('', { status: 404 }) : new Response(answer);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pass = (ms = 0) => act(() => vi.advanceTimersByTimeAsync(ms));
const browserPlaysHls = () =>
  vi.spyOn(HTMLMediaElement.prototype, 'canPlayType').mockReturnValue('maybe');

async function show(props: Partial<ViewerProps> = {}) {
  const fake = fakeHlsClass();
  const loadHls: LoadHls = async () => ({ default: fake.Hls });
  const view = render(<Viewer src={SRC} loadHls={loadHls} {...props} />);
  await pass();
  const stage = view.container.firstElementChild as HTMLElement;
  const video = stage.querySelector('video') as HTMLVideoElement;
  const fire = (name: string) => act(() => void video.dispatchEvent(new Event(name)));
  const player = (): FakeHls => {
    const last = fake.players.at(-1);
    if (last === undefined) throw new Error('No player was made.');
    return last;
  };
  return { ...view, fake, loadHls, stage, video, fire, player };
}

describe('the speaker of a viewer', () => {
  const plays = (setSinkId: unknown) =>
    Object.assign(HTMLMediaElement.prototype, { setSinkId, sinkId: '' });
  afterEach(() => {
    Reflect.deleteProperty(HTMLMediaElement.prototype, 'setSinkId');
    Reflect.deleteProperty(HTMLMediaElement.prototype, 'sinkId');
  });

  it('is the one that was chosen', async () => {
    const setSinkId = vi.fn(async () => {});
    plays(setSinkId);
    await show({ speakerId: 'desk' });
    expect(setSinkId.mock.calls).toEqual([['desk']]);
  });

  it('is the system’s own where that one is gone', async () => {
    const setSinkId = vi.fn(async (id: string) => {
      if (id !== '') throw new DOMException('Gone.', 'NotFoundError');
    });
    plays(setSinkId);
    await show({ speakerId: 'gone' });
    expect(setSinkId.mock.calls).toEqual([['gone'], ['']]);
  });

  it('is the system’s own where the browser lets no page choose', async () => {
    const { video } = await show({ speakerId: 'desk' });
    expect(video).toBeTruthy();
    expect(video.setSinkId).toBeUndefined();
  });
});

describe('Viewer', () => {
  it('takes the class that hls.js exports', async () => {
    const loadHls: LoadHls = () => import('hls.js');
    expect((await loadHls()).default).toBe(RealHls);
    expect(RealHls.Events.ERROR).toBe('hlsError');
    expect(RealHls.ErrorTypes).toMatchObject({
      NETWORK_ERROR: 'networkError',
      MEDIA_ERROR: 'mediaError',
    });
  });

  it('waits for the first picture, then plays silently, close to live', async () => {
    const onStateChange = vi.fn();
    const { stage, video, fire, player } = await show({ onStateChange });
    expect(stage).toHaveAttribute('data-state', 'waiting');
    expect(stage).toHaveTextContent('Waiting for the first picture');
    expect(video.muted).toBe(true);
    expect(player().calls).toEqual(['attach', `load ${SRC}`]);
    fire('playing');
    expect(stage).toHaveAttribute('data-state', 'playing');
    expect(stage).toHaveTextContent('');
    expect(onStateChange.mock.calls).toEqual([['waiting'], ['playing']]);
  });

  it('looks for a playlist that is not there yet, less and less often', async () => {
    served = {};
    const { fake } = await show();
    const seen = [looks];
    for (const second of [1, 2, 4, 5, 5]) {
      await pass(second * 1000 - 1);
      seen.push(looks);
      await pass(1);
    }
    expect(seen).toEqual([1, 1, 2, 3, 4, 5]);
    expect(fake.players).toEqual([]);
    served = { [SRC]: LIVE };
    await pass(5000);
    expect(fake.players).toHaveLength(1);
  });

  it('knows nothing to wait for without an address', async () => {
    const { stage, rerender, loadHls } = await show({ src: null });
    expect(stage).toHaveAttribute('data-state', 'off');
    expect(stage).toHaveTextContent('Nothing to watch yet');
    expect(looks).toBe(0);
    rerender(<Viewer src={SRC} loadHls={loadHls} />);
    await pass();
    expect(looks).toBe(1);
  });

  it('says that the next picture does not come, but nothing of a short wait', async () => {
    const { stage, fire } = await show();
    fire('waiting');
    await pass(2000);
    expect(stage).toHaveAttribute('data-state', 'waiting');
    fire('playing');
    fire('waiting');
    await pass(600);
    fire('playing');
    await pass(600);
    expect(stage).toHaveAttribute('data-state', 'playing');
    fire('waiting');
    await pass(700);
    expect(stage).toHaveAttribute('data-state', 'stalled');
    expect(stage).toHaveTextContent('Waiting for the next picture');
    fire('playing');
    expect(stage).toHaveAttribute('data-state', 'playing');
  });

  it('mends what hls.js reports as fatal, and leaves it the rest', async () => {
    const { fake, player } = await show();
    player().stumble('networkError');
    expect(player().calls).toHaveLength(2);
    player().fail('networkError', 'levelLoadError');
    player().fail('mediaError', 'bufferAppendError');
    expect(player().calls.slice(2)).toEqual(['startLoad', 'recoverMediaError']);
    expect(fake.players).toHaveLength(1);
  });

  it.each([
    ['the playlist itself', ['networkError', 'manifestLoadError']],
    ['what cannot be mended', ['muxError', 'remuxAllocError']],
  ] as const)('begins anew for %s, later each time', async (_, [type, details]) => {
    const { fake, player } = await show();
    const made: number[] = [];
    for (const wait of [1000, 2000, 4000, 5000, 5000]) {
      player().fail(type, details);
      expect(player().calls).toHaveLength(2);
      await pass(wait - 1);
      made.push(fake.players.length);
      expect(player().isDestroyed).toBe(true);
      await pass(1);
    }
    expect(made).toEqual([1, 2, 3, 4, 5]);
    expect(fake.players).toHaveLength(6);
  });

  it('begins anew when mending does not help', async () => {
    const { fake, player } = await show();
    for (let count = 0; count < 4; count += 1) player().fail('mediaError');
    expect(fake.players[0]?.calls.slice(2)).toEqual(Array(3).fill('recoverMediaError'));
    await pass(1000);
    expect(fake.players.map(({ isDestroyed }) => isDestroyed)).toEqual([true, false]);
  });

  it('waits after an end until the broadcast goes on', async () => {
    const { fake, fire, stage } = await show();
    fire('playing');
    served = { [SRC]: OVER };
    fire('ended');
    await pass(30_000);
    expect(stage).toHaveTextContent('Waiting for the first picture');
    expect(fake.players).toHaveLength(1);
    served = { [SRC]: LIVE };
    await pass(5000);
    expect(fake.players).toHaveLength(2);
  });

  it('notices an end that the player does not tell', async () => {
    const { fake, video, stage, fire } = await show();
    vi.spyOn(video, 'paused', 'get').mockReturnValue(false);
    fire('playing');
    await pass(20_000);
    expect(fake.players[0]?.isDestroyed).toBe(false);
    served = { [SRC]: OVER };
    await pass(6000);
    expect(fake.players[0]?.isDestroyed).toBe(true);
    expect(stage).toHaveAttribute('data-state', 'waiting');
  });

  it('asks the playlist of a variant whether the broadcast is over', async () => {
    const variant = 'https://play.invalid/v/720.m3u8';
    const main = '#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\nv/720.m3u8\r\n';
    served = { [SRC]: main, [variant]: LIVE };
    const { fake, fire } = await show();
    expect(fake.players).toHaveLength(1);
    served = { [SRC]: main, [variant]: OVER };
    fire('ended');
    await pass(20_000);
    expect(fake.players).toHaveLength(1);
  });

  it('plays on where newer pictures are, when it stands for long', async () => {
    const { video, player } = await show();
    vi.spyOn(video, 'paused', 'get').mockReturnValue(false);
    player().liveSyncPosition = 40;
    await pass(6000);
    expect(video.currentTime).toBe(40);
  });

  it('closes all with its component, and with another address', async () => {
    const { fake, rerender, loadHls, unmount, fire, stage } = await show();
    fire('playing');
    const other = 'https://play.invalid/other.m3u8';
    served = { [SRC]: LIVE, [other]: LIVE };
    rerender(<Viewer src={other} loadHls={loadHls} />);
    expect(stage).toHaveAttribute('data-state', 'waiting');
    await pass();
    expect(fake.players.map(({ isDestroyed }) => isDestroyed)).toEqual([true, false]);
    expect(fake.players[1]?.calls).toContain(`load ${other}`);
    unmount();
    await pass();
    expect(fake.players.every(({ isDestroyed }) => isDestroyed)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps one player for a new function each render, and in StrictMode', async () => {
    const fake = fakeHlsClass();
    const page = () => (
      <StrictMode>
        <Viewer src={SRC} loadHls={async () => ({ default: fake.Hls })} onStateChange={() => {}} />
      </StrictMode>
    );
    const { rerender } = render(page());
    await pass();
    rerender(page());
    await pass();
    expect(fake.players.filter(({ isDestroyed }) => !isDestroyed)).toHaveLength(1);
    expect(fake.players).toHaveLength(1);
  });

  it('leaves HLS to the browser where the app brings no hls.js', async () => {
    browserPlaysHls();
    const { video, fire, unmount } = await show({ loadHls: undefined });
    expect(video).toHaveAttribute('src', SRC);
    fire('error');
    await pass();
    expect(video).not.toHaveAttribute('src');
    await pass(1000);
    expect(video).toHaveAttribute('src', SRC);
    unmount();
    await pass();
    expect(video).not.toHaveAttribute('src');
  });

  it('lets the browser try a playlist that scripts may not read', async () => {
    browserPlaysHls();
    served = { [SRC]: 'opaque' };
    const { video } = await show({ loadHls: undefined });
    expect(video).toHaveAttribute('src', SRC);
  });

  it.each([
    ['cannot be loaded', () => Promise.reject(new Error('offline'))],
    ['does not work here', async () => ({ default: fakeHlsClass({ isSupported: false }).Hls })],
  ])('leaves HLS to the browser, too, when hls.js %s', async (_, loadHls) => {
    browserPlaysHls();
    const { video } = await show({ loadHls });
    expect(video).toHaveAttribute('src', SRC);
  });

  it('says that a browser cannot play it, and asks for nothing', async () => {
    const { stage } = await show({ loadHls: undefined });
    expect(stage).toHaveAttribute('data-state', 'unsupported');
    expect(stage).toHaveTextContent('This browser cannot play HLS by itself');
    await pass(60_000);
    expect(looks).toBe(0);
  });

  it('lets the person press play where the browser refuses to begin', async () => {
    const play = vi.spyOn(HTMLMediaElement.prototype, 'play');
    play.mockRejectedValue(new DOMException('', 'NotAllowedError'));
    const { video, fire } = await show({ muted: false });
    expect(video.muted).toBe(false);
    fire('canplay');
    await pass();
    expect(screen.getByText('Press play to watch')).toBeInTheDocument();
    expect(video).toHaveAttribute('controls');
    // The person who pressed play has the focus in the controls, and would lose it with them.
    play.mockResolvedValue();
    fire('canplay');
    fire('playing');
    await pass();
    expect(screen.queryByText('Press play to watch')).not.toBeInTheDocument();
    expect(video).toHaveAttribute('controls');
  });

  it('renders on a server', () => {
    expect(renderToString(<Viewer src={SRC} />)).toContain('Nothing to watch yet');
  });
});
