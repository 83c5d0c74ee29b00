import type { Composition, Layer, Rect } from './composition.js';
import { STILL_FRAME_RATE } from './composition.js';
import type { PictureSize } from './picture.js';
import type { Corner, Scene, Slate } from './scene.js';

/** The sources that give a picture now. */
export interface Present {
  readonly camera: boolean;
  readonly screen: boolean;
}

/** The keys of the images that have been loaded; `null` for one that is not there. */
export interface SceneImages {
  readonly logo: number | null;
}

const DARK = '#16181d';
const PANEL = 'rgb(16 18 22 / 75%)';
/** The free edge, as a share of the shorter side. */
const MARGIN = 0.035;

/** The size of a picture whose sides codecs can halve, as most of them do with colours. */
export function evenSize({ width, height }: { readonly width: number; readonly height: number }): {
  readonly width: number;
  readonly height: number;
} {
  return { width: even(width), height: even(height) };
}

/** The composition of a scene of this size, with the sources that are there; a missing one leaves its place to the other. */
export function layOutScene(
  scene: Scene,
  picture: PictureSize,
  present: Present,
  images: SceneImages,
): Composition {
  const size = evenSize(picture);
  const { background = DARK } = scene;
  const layers = [
    ...sourceLayers(scene, size, present),
    ...textLayers(scene, size, present),
    ...logoLayers(scene, size, images),
  ];
  return { ...size, frameRate: picture.frameRate, background, layers };
}

/** The composition of a slate of this size. */
export function layOutSlate(
  { color = DARK, text = '' }: Slate,
  picture: { readonly width: number; readonly height: number },
  image: number | null,
): Composition {
  const size = evenSize(picture);
  const whole = { x: 0, y: 0, ...size };
  const layers: Layer[] = [];
  if (image !== null) layers.push({ kind: 'image', image, rect: whole, align: { x: 0.5, y: 0.5 } });
  if (text.trim() !== '') {
    const margin = marginOf(size);
    const rect = inside(whole, margin);
    const pixels = Math.min(size.width, size.height) / 10;
    layers.push({ kind: 'text', text, rect, pixels, weight: 700, align: 'center' });
  }
  return { ...size, frameRate: STILL_FRAME_RATE, background: color, layers };
}

type Size = Pick<Rect, 'width' | 'height'>;

function sourceLayers(scene: Scene, size: Size, present: Present): readonly Layer[] {
  const full = { x: 0, y: 0, ...size };
  const screen = (rect: Rect): Layer => ({
    kind: 'source',
    input: 'screen',
    rect,
    fit: 'whole',
    shape: 'rect',
  });
  const camera = (rect: Rect, fit: 'filled' | 'nearly', shape: 'rect' | 'round'): Layer => ({
    kind: 'source',
    input: 'camera',
    rect,
    fit,
    shape,
  });
  const { layout } = scene;
  const isBoth = present.camera && present.screen;
  if (isBoth && layout === 'side-by-side') {
    const gap = even(marginOf(size) / 2);
    const left = even((size.width - 3 * gap) * (2 / 3));
    const height = even(Math.min(size.height - 2 * gap, (left * size.height) / size.width));
    const y = even((size.height - height) / 2);
    const x = gap + left + gap;
    const right = even(size.width - x - gap);
    return [
      screen({ x: gap, y, width: left, height }),
      camera({ x, y, width: right, height }, 'filled', 'rect'),
    ];
  }
  if (isBoth && layout === 'camera-over-screen') {
    return [screen(full), camera(insetOf(scene, size), 'filled', scene.shape ?? 'rect')];
  }
  const isCamera = present.camera && !(layout === 'screen' && present.screen);
  if (isCamera) return [camera(full, 'nearly', 'rect')];
  return present.screen ? [screen(full)] : [];
}

/** Where the camera lies over the screen. */
function insetOf({ corner = 'bottom-right', cameraSize = 0.25, shape }: Scene, size: Size): Rect {
  const most = size.height - 2 * marginOf(size);
  const width = even(size.width * cameraSize);
  const side = even(Math.min(width, most));
  const inset =
    shape === 'round'
      ? { width: side, height: side }
      : { width, height: even(Math.min(most, (width * 9) / 16)) };
  return inCorner(inset, corner, size);
}

function textLayers(scene: Scene, size: Size, present: Present): readonly Layer[] {
  const { text, corner = 'bottom-right', layout } = scene;
  if (text === undefined) return [];
  const margin = marginOf(size);
  const hasInset = layout === 'camera-over-screen' && present.camera && present.screen;
  // The camera keeps its corner; the text takes the room beside it.
  const isBeside = hasInset && corner === 'bottom-left';
  const isBefore = hasInset && corner === 'bottom-right';
  const taken = isBeside || isBefore ? insetOf(scene, size).width + margin : 0;
  const x = margin + (isBeside ? taken : 0);
  const width = even(Math.min(size.width * 0.6, size.width - 2 * margin - taken));
  const title = Math.min(size.width, size.height) / 18;
  const subtitle = text.subtitle === undefined ? 0 : (title * 18) / 28;
  const padding = title / 2;
  const height = even(title * 1.25 + subtitle * 1.5 + padding);
  const panel = { x, y: size.height - margin - height, width, height };
  const room = inside(panel, padding, padding / 2);
  const lines: Layer[] = [
    {
      kind: 'text',
      text: text.title,
      rect: { ...room, height: title * 1.25 },
      pixels: title,
      weight: 700,
      align: 'left',
    },
  ];
  if (text.subtitle !== undefined) {
    const y = room.y + title * 1.25;
    lines.push({
      kind: 'text',
      text: text.subtitle,
      rect: { ...room, y, height: subtitle * 1.5 },
      pixels: subtitle,
      weight: 400,
      align: 'left',
    });
  }
  return [{ kind: 'panel', color: PANEL, rect: panel }, ...lines];
}

function logoLayers({ logo }: Scene, size: Size, images: SceneImages): readonly Layer[] {
  if (logo === undefined || images.logo === null) return [];
  const { corner = 'top-right', size: share = 0.12 } = logo;
  const box = { width: even(size.width * share), height: even(size.height * Math.max(share, 0.1)) };
  const [vertical, horizontal] = corner.split('-');
  const align = { x: horizontal === 'right' ? 1 : 0, y: vertical === 'bottom' ? 1 : 0 };
  return [{ kind: 'image', image: images.logo, rect: inCorner(box, corner, size), align }];
}

function inCorner({ width, height }: Size, corner: Corner, size: Size): Rect {
  const margin = marginOf(size);
  const [vertical, horizontal] = corner.split('-');
  return {
    x: horizontal === 'left' ? margin : even(size.width - width - margin),
    y: vertical === 'top' ? margin : even(size.height - height - margin),
    width,
    height,
  };
}

function inside({ x, y, width, height }: Rect, across: number, down = across): Rect {
  return { x: x + across, y: y + down, width: width - 2 * across, height: height - 2 * down };
}

function marginOf({ width, height }: Size): number {
  return even(Math.min(width, height) * MARGIN);
}

function even(pixels: number): number {
  return Math.max(2, Math.floor(pixels / 2) * 2);
}
