import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';
import { loadCapturing } from '../core/load-capturing.js';
import { loadOnceShown } from './use-once-shown.js';

// jsdom has neither streams nor playback.
class FakeMediaStream {
  readonly #tracks: readonly unknown[];

  constructor(tracks: readonly unknown[] = []) {
    this.#tracks = tracks;
  }

  getTracks(): readonly unknown[] {
    return this.#tracks;
  }
}

Object.defineProperty(globalThis, 'MediaStream', {
  value: FakeMediaStream,
  configurable: true,
  writable: true,
});
// A test of the server's side has no elements at all.
if (typeof HTMLMediaElement !== 'undefined') HTMLMediaElement.prototype.play = async () => {};

// A wait inside a test may take as long as the test.
configure({ asyncUtilTimeout: 4_500 });
afterEach(cleanup);

// A page has these a moment after its first screen.
await Promise.all([loadOnceShown(), loadCapturing()]);
