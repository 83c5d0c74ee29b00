import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WantedPicture } from './draw-picture.js';
import { drawPicture } from './draw-picture.js';
import type { Engine, EngineNews, OpenEngine, Shown } from './engine.js';
import type { PictureEvent } from './picture.js';

const SIZE = { width: 1280, height: 720, frameRate: 30 };
const track = (id: string) => ({ id, kind: 'video' }) as MediaStreamTrack;

/** An engine that draws as soon as it is shown something, until it is told to break. */
function fakeEngine(name: string, behaviour: 'DRAWS' | 'DRAWS_NOTHING' | 'IS_MISSING' = 'DRAWS') {
  const shown: Shown[] = [];
  let news: EngineNews | null = null;
  let life: AbortSignal | null = null;
  const open: OpenEngine = async (given, signal): Promise<Engine> => {
    if (behaviour === 'IS_MISSING') throw new TypeError('There is no such thing here.');
    news = given;
    life = signal;
    return {
      track: track(name),
      show(next) {
        shown.push(next);
        if (behaviour === 'DRAWS') given.onDrawn(next.composition);
      },
    };
  };
  return {
    open,
    shown,
    get isClosed() {
      return life?.aborted;
    },
    break: () => news?.onBroken(new Error('broken')),
  };
}

const wantedSlate: WantedPicture = { inputs: new Map(), scene: null, slate: {}, size: SIZE };
const wantedScene: WantedPicture = {
  ...wantedSlate,
  scene: { layout: 'camera' },
  inputs: new Map([['camera', track('camera')]]),
};

function drawing(first: WantedPicture = wantedSlate) {
  const told: PictureEvent['change'][] = [];
  const listeners = new Set<() => void>();
  let wanted = first;
  const context = {
    wanted: () => wanted,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch: ({ change }: PictureEvent) => told.push(change),
  };
  const want = (next: WantedPicture) => {
    wanted = next;
    for (const listener of [...listeners]) listener();
  };
  const trackOf = () => {
    const last = told.findLast(({ drawing: one }) => one !== undefined)?.drawing;
    return last?.status === 'on' ? last.track.id : null;
  };
  return { context, told, want, trackOf, listeners };
}

const life = () => new AbortController();

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('drawing a picture', () => {
  it('says which track there is once its first frame is drawn, and closes all in the end', async () => {
    const end = life();
    const engine = fakeEngine('worker');
    const { context, told, trackOf, listeners } = drawing();
    const done = drawPicture(context, end.signal, [engine.open]);
    await vi.waitFor(() => expect(trackOf()).toBe('worker'));
    expect(told).toEqual([
      {
        drawing: {
          status: 'on',
          track: track('worker'),
          picture: expect.objectContaining({ width: 1280, height: 720, frameRate: 5 }),
        },
      },
    ]);
    end.abort();
    await done;
    expect(engine.isClosed).toBe(true);
    expect(listeners.size).toBe(0);
  });

  it('shows what changes, and nothing that does not', async () => {
    const end = life();
    const engine = fakeEngine('worker');
    const { context, want } = drawing();
    const done = drawPicture(context, end.signal, [engine.open]);
    await vi.waitFor(() => expect(engine.shown).toHaveLength(1));
    want({ ...wantedSlate, slate: { ...wantedSlate.slate } });
    expect(engine.shown).toHaveLength(1);
    want(wantedScene);
    want({ ...wantedScene });
    expect(engine.shown).toHaveLength(2);
    expect([...(engine.shown[1]?.inputs.keys() ?? [])]).toEqual(['camera']);
    // The same picture of another camera.
    want({ ...wantedScene, inputs: new Map([['camera', track('other')]]) });
    expect(engine.shown).toHaveLength(3);
    end.abort();
    await done;
  });

  it.each(['IS_MISSING', 'DRAWS_NOTHING'] as const)(
    'takes the next way where the first one %s',
    async (behaviour) => {
      const end = life();
      const [first, second] = [fakeEngine('worker', behaviour), fakeEngine('canvas')];
      const { context, trackOf } = drawing();
      const done = drawPicture(context, end.signal, [first.open, second.open]);
      await vi.advanceTimersByTimeAsync(6_000);
      expect(trackOf()).toBe('canvas');
      expect(first.isClosed ?? true).toBe(true);
      end.abort();
      await done;
    },
  );

  it('goes on in the next way where one breaks while it draws', async () => {
    const end = life();
    const [first, second] = [fakeEngine('worker'), fakeEngine('canvas')];
    const { context, trackOf } = drawing(wantedScene);
    const done = drawPicture(context, end.signal, [first.open, second.open]);
    await vi.waitFor(() => expect(trackOf()).toBe('worker'));
    first.break();
    await vi.waitFor(() => expect(trackOf()).toBe('canvas'));
    expect(first.isClosed).toBe(true);
    expect([...(second.shown[0]?.inputs.keys() ?? [])]).toEqual(['camera']);
    end.abort();
    await done;
  });

  it('says so where no way works', async () => {
    const missing = fakeEngine('worker', 'IS_MISSING');
    const drawn = drawPicture(drawing().context, life().signal, [missing.open]);
    await expect(drawn).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('says so in a place without workers and without canvases, as Node is', async () => {
    vi.stubGlobal('Worker', undefined);
    const drawn = drawPicture(drawing().context, life().signal);
    await expect(drawn).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('ends without a word when nobody wants it any more, however far it is', async () => {
    const end = life();
    const engine = fakeEngine('worker', 'DRAWS_NOTHING');
    const { context, told } = drawing();
    const done = drawPicture(context, end.signal, [engine.open]);
    await vi.advanceTimersByTimeAsync(1_000);
    end.abort();
    await done;
    expect(told).toEqual([]);
    expect(engine.isClosed).toBe(true);
  });
});

describe('the images of a picture', () => {
  const logo = {
    ...wantedScene,
    scene: { layout: 'camera', logo: { image: 'logo.png' } },
  } as const;
  const bitmap = { width: 64, height: 32, close: vi.fn() };

  it('are drawn once they are loaded, each once, and let go of in the end', async () => {
    const end = life();
    const fetched = vi.fn(async () => new Response('x'));
    vi.stubGlobal('fetch', fetched);
    vi.stubGlobal('createImageBitmap', async () => bitmap);
    const engine = fakeEngine('worker');
    const { context, want, told } = drawing(logo);
    const done = drawPicture(context, end.signal, [engine.open]);
    await vi.waitFor(() => expect(engine.shown).toHaveLength(2));
    const [before, after] = engine.shown.map(({ composition }) =>
      composition.layers.some(({ kind }) => kind === 'image'),
    );
    expect([before, after]).toEqual([false, true]);
    want({ ...logo, scene: { ...logo.scene, layout: 'screen' } });
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(fetched).toHaveBeenCalledWith(
      'logo.png',
      expect.objectContaining({ mode: 'cors', credentials: 'omit' }),
    );
    expect(told.every(({ problem }) => problem === undefined)).toBe(true);
    end.abort();
    await done;
    expect(bitmap.close).toHaveBeenCalledTimes(1);
  });

  it.each<[string, () => Promise<Response>, () => Promise<unknown>]>([
    ['is not there', async () => new Response('', { status: 404 }), async () => bitmap],
    ['may not be read', () => Promise.reject(new TypeError('Failed to fetch')), async () => bitmap],
    [
      'is none',
      async () => new Response('x'),
      () => Promise.reject(new DOMException('', 'InvalidStateError')),
    ],
  ])('are left out where one %s, and the picture goes on', async (_, answer, decode) => {
    const end = life();
    vi.stubGlobal('fetch', answer);
    vi.stubGlobal('createImageBitmap', decode);
    const engine = fakeEngine('worker');
    const { context, told, trackOf } = drawing(logo);
    const done = drawPicture(context, end.signal, [engine.open]);
    await vi.waitFor(() =>
      expect(told).toContainEqual({
        problem: expect.objectContaining({ code: 'image-not-loaded' }),
      }),
    );
    expect(trackOf()).toBe('worker');
    expect(engine.shown).toHaveLength(1);
    end.abort();
    await done;
  });

  it('are not needed: a slate that cannot be used is a plain one, and it is said', async () => {
    const end = life();
    const engine = fakeEngine('worker');
    const wrong = { ...wantedSlate, slate: { colour: 'red' } as never };
    const { context, told } = drawing(wrong);
    const done = drawPicture(context, end.signal, [engine.open]);
    await vi.waitFor(() =>
      expect(told).toContainEqual({
        problem: expect.objectContaining({ code: 'invalid-options' }),
      }),
    );
    expect(engine.shown[0]?.composition.layers).toEqual([]);
    end.abort();
    await done;
  });
});
