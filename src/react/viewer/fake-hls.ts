import type { HlsLibrary, HlsPlayer } from './hls-player.js';

/** An hls.js without media: the test says what goes wrong, and reads what it was asked to do. */
export interface FakeHls extends HlsPlayer {
  /** Everything it was asked, in order. */
  readonly calls: readonly string[];
  readonly isDestroyed: boolean;
  playingDate: Date | null;
  liveSyncPosition: number | null;
  /** Reports an error that ends playing unless somebody mends it. */
  fail(type: string, details?: string): void;
  /** Reports an error that hls.js mends by itself. */
  stumble(type: string): void;
}

/** Makes a class in place of hls.js; each player that is made is kept in order. */
export function fakeHlsClass({ isSupported = true }: { readonly isSupported?: boolean } = {}): {
  readonly players: readonly FakeHls[];
  readonly Hls: HlsLibrary;
} {
  const players: FakeHls[] = [];
  class Fake implements FakeHls {
    static isSupported = () => isSupported;
    readonly calls: string[] = [];
    isDestroyed = false;
    playingDate: Date | null = null;
    liveSyncPosition: number | null = null;
    #onError: ((event: string, data: object) => void) | null = null;

    constructor() {
      players.push(this);
    }

    on(_event: string, listener: (event: string, data: object) => void): void {
      this.#onError = listener;
    }
    loadSource(url: string): void {
      this.calls.push(`load ${url}`);
    }
    attachMedia(): void {
      this.calls.push('attach');
    }
    startLoad(): void {
      this.calls.push('startLoad');
    }
    recoverMediaError(): void {
      this.calls.push('recoverMediaError');
    }
    destroy(): void {
      this.isDestroyed = true;
    }
    fail(type: string, details = 'someError'): void {
      this.#onError?.('hlsError', { type, details, fatal: true });
    }
    stumble(type: string): void {
      this.#onError?.('hlsError', { type, details: 'someError', fatal: false });
    }
  }
  return { players, Hls: Fake };
}
