import { describe, expect, it } from 'vitest';
import { screenKbpsFor, videoKbpsFor } from './video-rates.js';

describe('videoKbpsFor', () => {
  it.each([
    [1280, 720, 30, 2_500],
    [720, 1280, 30, 2_500],
    [1920, 1080, 30, 5_000],
    [640, 480, 30, 1_200],
    [1280, 720, 60, 3_750],
    [1280, 720, 15, 1_875],
    [1280, 720, 1, 1_500],
    [160, 90, 30, 200],
    [7_680, 4_320, 30, 14_100],
  ])('of %d×%d at %d is %d', (width, height, frameRate, kbps) => {
    expect(videoKbpsFor({ width, height, frameRate })).toBe(kbps);
  });
});

describe('screenKbpsFor', () => {
  it.each([
    [{ width: 1920, height: 1080, frameRate: 30 }, 5_000],
    [{ width: 1920, height: 1080, frameRate: 0 }, 5_000],
    [{ width: 640, height: 480, frameRate: 30 }, 2_500],
    [{ width: 3840, height: 2160, frameRate: 5 }, 8_460],
    [null, 5_000],
  ])('of %j is %d', (picture, kbps) => {
    expect(screenKbpsFor(picture)).toBe(kbps);
  });
});
