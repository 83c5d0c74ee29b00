import { BroadcastError, toBroadcastError, withoutWords } from '../errors.js';
import { childOf } from '../foundation/abort.js';
import { isSame } from '../foundation/same.js';
import { abortable, within } from '../foundation/time.js';
import { openCanvasEngine } from './canvas-engine.js';
import type { Composition } from './composition.js';
import type { OpenEngine } from './engine.js';
import { layOutScene, layOutSlate } from './lay-out.js';
import { loadImage } from './load-image.js';
import { parseSlate } from './parse-scene.js';
import type { PictureEvent, PictureSize } from './picture.js';
import type { Scene, Slate } from './scene.js';
import { openWorkerEngine } from './worker-engine.js';

/** The picture that the state asks for. */
export interface WantedPicture {
  /** The sources that give a picture now, by the names of their kinds. */
  readonly inputs: ReadonlyMap<'camera' | 'screen', MediaStreamTrack>;
  /** The scene to draw them in; `null` for a slate. */
  readonly scene: Scene | null;
  readonly slate: Slate;
  readonly size: PictureSize;
}

/** The context of the drawing. */
export interface DrawingContext {
  /** The picture to draw now. */
  wanted(): WantedPicture;
  /** Calls `listener` whenever `wanted()` may have changed; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  dispatch(event: PictureEvent): void;
}

/** The ways to draw, the best first. */
const ENGINES: readonly OpenEngine[] = [openWorkerEngine, openCanvasEngine];

const DRAWS_WITHIN_MS = 5_000;

/**
 * Draws the picture that is wanted until `signal` aborts, in the best way that works in this browser;
 * one that breaks makes way for the next.
 * @throws BroadcastError `unsupported` where none works.
 */
export async function drawPicture(
  context: DrawingContext,
  signal: AbortSignal,
  engines: readonly OpenEngine[] = ENGINES,
): Promise<void> {
  const images = createImages(context.dispatch, signal);
  let cause: unknown;
  try {
    for (const open of engines) {
      const turn = childOf(signal);
      try {
        await drawWith(open, { ...context, images }, turn.signal);
      } catch (thrown) {
        cause = thrown;
      } finally {
        turn.abort();
      }
      if (signal.aborted) return;
    }
  } finally {
    images.close();
  }
  throw cannotDraw(cause);
}

/** Resolves never; rejects when the engine cannot go on, or with the signal's reason. */
async function drawWith(
  open: OpenEngine,
  context: DrawingContext & { readonly images: Images },
  signal: AbortSignal,
): Promise<never> {
  const { wanted, subscribe, dispatch, images } = context;
  let broken: (thrown: unknown) => void = () => {};
  let drawn: () => void = () => {};
  const break_ = new Promise<never>((_, reject) => {
    broken = reject;
  });
  break_.catch(() => {});
  const first = new Promise<void>((resolve) => {
    drawn = resolve;
  });
  let frameRate = 0;
  const engine = await open(
    {
      onBroken: (thrown) => broken(thrown),
      onDrawn(size) {
        drawn();
        if (signal.aborted) return;
        const { track } = engine;
        const picture = { ...size, frameRate };
        dispatch({
          type: 'picture-changed',
          change: { drawing: { status: 'on', track, picture } },
        });
      },
    },
    signal,
  );
  let before: Composition | null = null;
  let inputsBefore: WantedPicture['inputs'] = new Map();
  const update = () => {
    if (signal.aborted) return;
    try {
      const now = wanted();
      const composition = compositionOf(now, images);
      const isSameInputs =
        now.inputs.size === inputsBefore.size &&
        [...now.inputs].every(([name, track]) => inputsBefore.get(name) === track);
      if (before !== null && isSameInputs && isSame(before, composition)) return;
      before = composition;
      inputsBefore = now.inputs;
      frameRate = composition.frameRate;
      engine.show({ composition, inputs: now.inputs, images: images.loaded });
    } catch (thrown) {
      broken(thrown);
    }
  };
  const ends = [subscribe(update), images.subscribe(update)];
  try {
    update();
    const late = () => new Error('No frame was drawn in time.');
    await within(Promise.race([first, break_]), DRAWS_WITHIN_MS, late, signal);
    return await abortable(break_, signal);
  } finally {
    for (const end of ends) end();
  }
}

function compositionOf({ inputs, scene, slate, size }: WantedPicture, images: Images): Composition {
  if (scene === null)
    return layOutSlate(images.slate(slate), size, images.keyOf(images.slate(slate).image));
  const present = { camera: inputs.has('camera'), screen: inputs.has('screen') };
  return layOutScene(scene, size, present, { logo: images.keyOf(scene.logo?.image) });
}

interface Images {
  /** The key of the image with this address once it is loaded, which begins now; else `null`. */
  keyOf(address: string | undefined): number | null;
  readonly loaded: ReadonlyMap<number, ImageBitmap>;
  /** The slate, or a plain one where it cannot be used. */
  slate(given: Slate): Slate;
  subscribe(listener: () => void): () => void;
  close(): void;
}

function createImages(dispatch: (event: PictureEvent) => void, signal: AbortSignal): Images {
  const keys = new Map<string, number>();
  const loaded = new Map<number, ImageBitmap>();
  const slates = new Map<Slate, Slate>();
  const listeners = new Set<() => void>();
  const flaw = (thrown: unknown) => {
    // Never from within the listener of a store that is telling of a change.
    queueMicrotask(() => {
      const problem = toBroadcastError(thrown);
      if (!signal.aborted) dispatch({ type: 'picture-changed', change: { problem } });
    });
  };
  const load = async (address: string, key: number) => {
    try {
      const bitmap = await loadImage(address, signal);
      loaded.set(key, bitmap);
      for (const listener of [...listeners]) listener();
    } catch (thrown) {
      flaw(thrown);
    }
  };
  return {
    loaded,
    keyOf(address) {
      if (address === undefined) return null;
      let key = keys.get(address);
      if (key === undefined) {
        key = keys.size + 1;
        keys.set(address, key);
        void load(address, key);
      }
      return loaded.has(key) ? key : null;
    },
    slate(given) {
      const known = slates.get(given);
      if (known !== undefined) return known;
      let slate: Slate = {};
      try {
        slate = parseSlate(given);
      } catch (thrown) {
        flaw(thrown);
      }
      slates.set(given, slate);
      return slate;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const bitmap of loaded.values()) bitmap.close();
      loaded.clear();
    },
  };
}

function cannotDraw(cause: unknown): BroadcastError {
  return new BroadcastError(
    'unsupported',
    'This browser cannot draw a picture for viewers, so there are no scenes, and a camera that is hidden sends black. Use a current Chrome, Edge, Firefox or Safari.',
    { cause: withoutWords(cause) },
  );
}
