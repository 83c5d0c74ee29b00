import type { BroadcasterOptions } from './options.js';
import type { BroadcasterState, SourceKind } from './state.js';

/**
 * One broadcast from this page. Inert until one of its methods is called, and usable again after
 * every `stop()` and `release()`. All methods may be called at any time, in any order.
 */
export interface Broadcaster {
  /** The current state; the same object until something changed. */
  getSnapshot(): BroadcasterState;
  /** Calls `listener` after each change; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Takes new options. A new URL or key ends a preparation; a live session goes on with the old one. */
  update(options: BroadcasterOptions): void;
  /**
   * Opens camera and microphone for the local preview and resolves when both have settled.
   * @throws BroadcastError of the device family when neither could be opened.
   */
  preview(): Promise<void>;
  /**
   * Runs signaling up to the answer, so that `start()` only has to send it; publishes nothing.
   * @throws BroadcastError when the ingest refuses or does not answer.
   */
  prepare(): Promise<void>;
  /**
   * Goes live, opening camera and microphone first where needed; resolves once media flows.
   * @throws BroadcastError when the broadcast failed; a DOMException `AbortError` when it was stopped first.
   */
  start(): Promise<void>;
  /** Ends the broadcast and resolves when the ingest has been told; the preview stays on. */
  stop(): Promise<void>;
  /** While waiting between two attempts: tries at once. */
  retryNow(): void;
  /** Opens another device in place of the present one, live too; `null` is the browser's default. */
  select(kind: SourceKind, deviceId: string | null): void;
  /** Sends black frames or silence in place of the source. */
  mute(kind: SourceKind): void;
  /** Sends the source again. */
  unmute(kind: SourceKind): void;
  /** Stops, and turns camera and microphone off; resolves when nothing is left running. */
  release(): Promise<void>;
}
