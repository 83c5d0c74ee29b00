import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeTrack } from '../../testing/index.js';
import { openPictureEye } from './picture-look.js';

/** The content of the canvas: one brightness everywhere, noise, or a refusal. */
let shown: number | 'NOISE' | 'REFUSED' = 200;
let visibilityState: DocumentVisibilityState = 'visible';
const videos: { srcObject: unknown; readyState: number }[] = [];

const camera = () => new FakeTrack('video', 'Camera') as unknown as MediaStreamTrack;

beforeEach(() => {
  shown = 200;
  visibilityState = 'visible';
  videos.length = 0;
  const context = {
    drawImage() {},
    getImageData(_x: number, _y: number, width: number, height: number) {
      if (shown === 'REFUSED') throw new DOMException('No pixels here.', 'SecurityError');
      const bright = () => (shown === 'NOISE' ? Math.random() * 255 : Number(shown));
      const data = new Uint8ClampedArray(width * height * 4);
      return { data: data.map((_, at) => (at % 4 === 3 ? 255 : bright())) };
    },
  };
  vi.stubGlobal('MediaStream', class {});
  vi.stubGlobal('document', {
    get visibilityState() {
      return visibilityState;
    },
    createElement(name: string) {
      if (name === 'canvas') return { getContext: () => context };
      const video = { srcObject: null, readyState: 4, play: async () => {} };
      videos.push(video);
      return video;
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('openPictureEye', () => {
  it('tells a picture that moves from one that stands, and from black', () => {
    const eye = openPictureEye();
    const track = camera();
    expect(eye.look(track)).toBeUndefined();
    expect(eye.look(track)).toBe('still');
    shown = 'NOISE';
    expect(eye.look(track)).toBe('moving');
    shown = 12;
    expect(eye.look(track)).toBe('black');
    eye.close();
    expect(videos.map(({ srcObject }) => srcObject)).toEqual([null]);
  });

  it('begins anew with another camera, and after none', () => {
    const eye = openPictureEye();
    const track = camera();
    eye.look(track);
    expect(eye.look(camera())).toBeUndefined();
    expect(eye.look(null)).toBeUndefined();
    expect(videos.map(({ srcObject }) => srcObject)).toEqual([null, null]);
    expect(eye.look(track)).toBeUndefined();
    expect(eye.look(track)).toBe('still');
  });

  it('tells nothing in a hidden page, before a picture, or where no page sees pixels', () => {
    const eye = openPictureEye();
    const track = camera();
    eye.look(track);
    visibilityState = 'hidden';
    expect(eye.look(track)).toBeUndefined();
    visibilityState = 'visible';
    expect(eye.look(track)).toBeUndefined();
    expect(eye.look(track)).toBe('still');
    for (const video of videos) video.readyState = 1;
    expect(eye.look(track)).toBeUndefined();
    for (const video of videos) video.readyState = 4;
    shown = 'REFUSED';
    expect(eye.look(track)).toBeUndefined();
  });
});
