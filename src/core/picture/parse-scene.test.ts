import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BroadcastError } from '../errors.js';
import { parseScene, parseSlate } from './parse-scene.js';

describe('a scene from anywhere', () => {
  it('is taken whole where all of it can be used', () => {
    const scene = {
      layout: 'camera-over-screen',
      size: { width: 1280, height: 720 },
      corner: 'top-left',
      cameraSize: 0.3,
      shape: 'round',
      background: 'navy',
      logo: { image: 'https://example.com/logo.png', corner: 'top-right', size: 0.1 },
      text: { title: 'Ada', subtitle: 'Analyst' },
    };
    expect(parseScene(scene)).toEqual(scene);
    expect(parseScene({ layout: 'camera', logo: null })).toEqual({ layout: 'camera' });
  });

  it.each<[unknown, RegExp]>([
    [undefined, /scene is not an object/],
    ['camera', /scene is not an object/],
    [[], /scene is not an object/],
    [{}, /scene\.layout is missing/],
    [{ layout: 'mosaic' }, /scene\.layout is not camera, screen/],
    [{ layout: 'camera', cameraSize: 2 }, /scene\.cameraSize is not a number from 0\.1 to 0\.5/],
    [{ layout: 'camera', cameraSize: Number.NaN }, /scene\.cameraSize/],
    [{ layout: 'camera', size: { width: 1280 } }, /scene\.size\.height is missing/],
    [{ layout: 'camera', size: { width: 1e9, height: 720 } }, /scene\.size\.width/],
    [{ layout: 'camera', logo: {} }, /scene\.logo\.image is missing/],
    [{ layout: 'camera', text: { title: 'x'.repeat(201) } }, /scene\.text\.title/],
    [{ layout: 'camera', camerasize: 0.2 }, /scene\.camerasize is not known/],
  ])('is refused with the first field that cannot be used: %j', (value, words) => {
    expect(() => parseScene(value)).toThrow(words);
    expect(() => parseScene(value)).toThrow(BroadcastError);
  });

  it('is refused where it throws when it is read', () => {
    const scene = Object.defineProperty({}, 'layout', {
      enumerable: true,
      get() {
        throw new Error('no');
      },
    });
    expect(() => parseScene(scene)).toThrow(/scene throws when it is read/);
  });

  it('is either taken or refused with one kind of error, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          parseScene({ layout: 'camera', ...Object(value) });
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'invalid-options' });
        }
      }),
    );
  });
});

describe('a slate from anywhere', () => {
  it('is taken or refused in the same way', () => {
    const slate = { color: '#102080', text: 'Back soon', image: 'slate.png' };
    expect(parseSlate(slate)).toEqual(slate);
    expect(() => parseSlate({ colour: 'red' })).toThrow(/slate\.colour is not known/);
    expect(() => parseSlate({ text: 7 })).toThrow(/slate\.text is not a text/);
    expect(() => parseSlate({ image: '' })).toThrow(/slate\.image is not the address of an image/);
  });
});
