import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Composition, Layer, Rect } from './composition.js';
import { placeIn } from './composition.js';
import { layOutScene, layOutSlate } from './lay-out.js';
import type { Scene } from './scene.js';

const SIZE = { width: 1280, height: 720, frameRate: 30 };
const BOTH = { camera: true, screen: true };
const CAMERA = { camera: true, screen: false };
const SCREEN = { camera: false, screen: true };
const FULL = { x: 0, y: 0, width: 1280, height: 720 };

const sourcesOf = ({ layers }: Composition) =>
  Object.fromEntries(
    layers.flatMap((layer) => (layer.kind === 'source' ? [[layer.input, layer]] : [])),
  );
const rectOf = (composition: Composition, input: string) => sourcesOf(composition)[input]?.rect;
const laidOut = (scene: Scene, present = BOTH, logo: number | null = null) =>
  layOutScene(scene, SIZE, present, { logo });

const isInside = ({ x, y, width, height }: Rect, outer: Pick<Rect, 'width' | 'height'>) =>
  x >= 0 &&
  y >= 0 &&
  width > 0 &&
  height > 0 &&
  x + width <= outer.width &&
  y + height <= outer.height;
const isApart = (left: Rect, right: Rect) =>
  left.x + left.width <= right.x ||
  right.x + right.width <= left.x ||
  left.y + left.height <= right.y ||
  right.y + right.height <= left.y;

describe('the layout of a scene', () => {
  it('shows one source over the whole picture', () => {
    expect(sourcesOf(laidOut({ layout: 'camera' }))).toMatchObject({ camera: { rect: FULL } });
    expect(Object.keys(sourcesOf(laidOut({ layout: 'camera' })))).toEqual(['camera']);
    expect(Object.keys(sourcesOf(laidOut({ layout: 'screen' })))).toEqual(['screen']);
    expect(rectOf(laidOut({ layout: 'screen' }), 'screen')).toEqual(FULL);
  });

  it.each(['camera', 'screen', 'camera-over-screen', 'side-by-side'] as const)(
    'leaves the place of what is missing in %s to the other source',
    (layout) => {
      expect(rectOf(laidOut({ layout }, CAMERA), 'camera')).toEqual(FULL);
      expect(rectOf(laidOut({ layout }, SCREEN), 'screen')).toEqual(FULL);
      expect(sourcesOf(laidOut({ layout }, { camera: false, screen: false }))).toEqual({});
    },
  );

  it('lays the camera over the screen, in its corner, size and shape', () => {
    const at = (scene: Omit<Scene, 'layout'>) =>
      rectOf(laidOut({ layout: 'camera-over-screen', ...scene }), 'camera');
    expect(at({})).toEqual({ x: 936, y: 516, width: 320, height: 180 });
    expect(at({ corner: 'top-left' })).toEqual({ x: 24, y: 24, width: 320, height: 180 });
    expect(at({ corner: 'top-right', cameraSize: 0.5 })).toEqual({
      x: 616,
      y: 24,
      width: 640,
      height: 360,
    });
    expect(at({ shape: 'round' })).toMatchObject({ width: 320, height: 320 });
    const { layers } = laidOut({ layout: 'camera-over-screen', shape: 'round' });
    expect(layers.map((layer) => layer.kind === 'source' && [layer.input, layer.shape])).toEqual([
      ['screen', 'rect'],
      ['camera', 'round'],
    ]);
  });

  it('puts a text beside the camera, not under it', () => {
    const text = { title: 'Ada Lovelace', subtitle: 'Analyst' };
    for (const corner of ['bottom-left', 'bottom-right'] as const) {
      const scene = laidOut({ layout: 'camera-over-screen', corner, cameraSize: 0.5, text });
      const camera = rectOf(scene, 'camera');
      const panel = scene.layers.find(({ kind }) => kind === 'panel') as Extract<
        Layer,
        { kind: 'panel' }
      >;
      expect(camera && isApart(camera, panel.rect), corner).toBe(true);
      expect(scene.layers.flatMap((layer) => (layer.kind === 'text' ? [layer.text] : []))).toEqual([
        'Ada Lovelace',
        'Analyst',
      ]);
    }
  });

  it('draws a logo once it is loaded', () => {
    const scene = { layout: 'camera', logo: { image: 'logo.png' } } as const;
    expect(laidOut(scene).layers.some(({ kind }) => kind === 'image')).toBe(false);
    expect(laidOut(scene, BOTH, 7).layers.at(-1)).toMatchObject({
      kind: 'image',
      image: 7,
      align: { x: 1, y: 0 },
    });
  });

  it('is of an even size, with everything inside it, whatever is asked', () => {
    const corner = fc.constantFrom('top-left', 'top-right', 'bottom-left', 'bottom-right');
    const scenes = fc.record({
      layout: fc.constantFrom('camera', 'screen', 'camera-over-screen', 'side-by-side'),
      corner,
      cameraSize: fc.double({ min: 0.1, max: 0.5, noNaN: true }),
      shape: fc.constantFrom('rect', 'round'),
      logo: fc.record({
        image: fc.constant('x'),
        corner,
        size: fc.double({ min: 0.02, max: 0.5, noNaN: true }),
      }),
      text: fc.record({
        title: fc.constant('Title'),
        subtitle: fc.constantFrom(undefined, 'Subtitle'),
      }),
    });
    const sizes = fc.record({
      width: fc.integer({ min: 160, max: 3840 }),
      height: fc.integer({ min: 90, max: 2160 }),
      frameRate: fc.constant(30),
    });
    fc.assert(
      fc.property(scenes, sizes, fc.constantFrom(BOTH, CAMERA, SCREEN), (scene, size, present) => {
        const composition = layOutScene(scene as Scene, size, present, { logo: 1 });
        expect([composition.width % 2, composition.height % 2]).toEqual([0, 0]);
        expect(size.width - composition.width).toBeLessThan(2);
        for (const { rect } of composition.layers) expect(isInside(rect, composition)).toBe(true);
        const { camera, screen } = sourcesOf(composition);
        if (scene.layout === 'side-by-side' && camera && screen) {
          expect(isApart(camera.rect, screen.rect)).toBe(true);
        }
      }),
    );
  });
});

describe('the layout of a slate', () => {
  it('is a plain picture unless it has something to show', () => {
    expect(layOutSlate({}, { width: 1279, height: 721 }, null)).toMatchObject({
      width: 1278,
      height: 720,
      frameRate: 5,
      layers: [],
    });
    const kinds = layOutSlate({ text: 'Back soon', color: 'navy' }, SIZE, 3).layers.map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['image', 'text']);
    expect(layOutSlate({ text: '  ' }, SIZE, null).layers).toEqual([]);
  });
});

describe('the place of an image', () => {
  const wide = { x: 0, y: 0, width: 1280, height: 720 };

  it('is in proportion and in the middle, whole or filled', () => {
    expect(placeIn({ width: 640, height: 480 }, wide, 'whole')).toEqual({
      from: { x: 0, y: 0, width: 640, height: 480 },
      to: { x: 160, y: 0, width: 960, height: 720 },
    });
    expect(placeIn({ width: 640, height: 480 }, wide, 'filled')).toEqual({
      from: { x: 0, y: 60, width: 640, height: 360 },
      to: wide,
    });
  });

  it('fills unless that costs too much of the picture', () => {
    expect(placeIn({ width: 640, height: 480 }, wide, 'nearly').to).toEqual(wide);
    expect(placeIn({ width: 720, height: 1280 }, wide, 'nearly').to).toMatchObject({
      y: 0,
      height: 720,
      width: 405,
    });
  });
});
