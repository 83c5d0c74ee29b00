import type { Composition, Drawable, Layer, Rect } from './composition.js';
import { placeIn } from './composition.js';

/** The contexts that a picture is drawn on. */
export type DrawingContext = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The content of a composition: the newest frame of each input, and the images by their key. */
export interface Contents {
  source(input: string): Drawable | null;
  image(key: number): Drawable | null;
}

/** Draws the whole picture. What is not there yet stays as the background. */
export function draw(context: DrawingContext, composition: Composition, contents: Contents): void {
  const { width, height, background, layers } = composition;
  const { canvas } = context;
  // A canvas that is given a size, even the same, is emptied.
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  for (const layer of layers) {
    context.save();
    drawLayer(context, layer, contents);
    context.restore();
  }
}

function drawLayer(context: DrawingContext, layer: Layer, contents: Contents): void {
  switch (layer.kind) {
    case 'source': {
      const drawable = contents.source(layer.input);
      if (drawable !== null) drawSource(context, layer, drawable);
      return;
    }
    case 'image': {
      const drawable = contents.image(layer.image);
      if (drawable !== null) drawImage(context, layer, drawable);
      return;
    }
    case 'panel':
      context.fillStyle = layer.color;
      context.beginPath();
      rounded(context, layer.rect, layer.rect.height / 8);
      context.fill();
      return;
    case 'text':
      drawText(context, layer);
  }
}

function drawSource(
  context: DrawingContext,
  { rect, fit, shape }: Extract<Layer, { kind: 'source' }>,
  drawable: Drawable,
): void {
  if (drawable.width === 0 || drawable.height === 0) return;
  const { from, to } = placeIn(drawable, rect, fit);
  if (shape === 'round') {
    context.beginPath();
    const radius = Math.min(rect.width, rect.height) / 2;
    context.arc(rect.x + rect.width / 2, rect.y + rect.height / 2, radius, 0, 2 * Math.PI);
    context.clip();
  }
  copy(context, drawable.image, from, to);
}

function drawImage(
  context: DrawingContext,
  { rect, align }: Extract<Layer, { kind: 'image' }>,
  { image, width, height }: Drawable,
): void {
  const scale = Math.min(rect.width / width, rect.height / height);
  const to = {
    x: rect.x + (rect.width - width * scale) * align.x,
    y: rect.y + (rect.height - height * scale) * align.y,
    width: width * scale,
    height: height * scale,
  };
  copy(context, image, { x: 0, y: 0, width, height }, to);
}

function copy(context: DrawingContext, image: CanvasImageSource, from: Rect, to: Rect): void {
  const source = [from.x, from.y, from.width, from.height] as const;
  context.drawImage(image, ...source, to.x, to.y, to.width, to.height);
}

function drawText(
  context: DrawingContext,
  { text, rect, pixels, weight, align }: Extract<Layer, { kind: 'text' }>,
): void {
  const font = (size: number) => `${weight} ${size}px system-ui, sans-serif`;
  const lines = text.split('\n').map((line) => line.trim());
  context.font = font(pixels);
  const widest = Math.max(1, ...lines.map((line) => context.measureText(line).width));
  const tallest = lines.length * pixels * 1.25;
  const size = pixels * Math.min(1, rect.width / widest, rect.height / tallest);
  context.font = font(size);
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.fillStyle = '#fff';
  // It stays legible on any picture and any colour.
  context.shadowColor = 'rgb(0 0 0 / 60%)';
  context.shadowBlur = size / 8;
  const x = align === 'center' ? rect.x + rect.width / 2 : rect.x;
  const top = rect.y + rect.height / 2 - ((lines.length - 1) * size * 1.25) / 2;
  for (const [at, line] of lines.entries()) context.fillText(line, x, top + at * size * 1.25);
}

/** Browsers of 2022 and before have no `roundRect`. */
function rounded(context: DrawingContext, { x, y, width, height }: Rect, radius: number): void {
  const [right, bottom] = [x + width, y + height];
  context.moveTo(x + radius, y);
  context.arcTo(right, y, right, bottom, radius);
  context.arcTo(right, bottom, x, bottom, radius);
  context.arcTo(x, bottom, x, y, radius);
  context.arcTo(x, y, right, y, radius);
}
