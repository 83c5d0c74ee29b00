import type { RenewedStream } from './connection/renew-stream.js';
import { isSame } from './foundation/same.js';
import type { BroadcasterOptions } from './options.js';

/** The stream that an app handed over during a broadcast, kept until its options name another one. */
export interface Renewal {
  /** The options, with the stream that was handed over in place of the one it replaced. */
  apply(options: BroadcasterOptions): BroadcasterOptions;
  /** Keeps `stream` in place of what `options` name. */
  keep(stream: RenewedStream, options: BroadcasterOptions): void;
}

/** Nothing was handed over yet. */
export function createRenewal(): Renewal {
  let kept: { readonly stream: RenewedStream; readonly replaced: Names } | null = null;
  return {
    apply(options) {
      if (kept === null) return options;
      if (!isSame(namesOf(options), kept.replaced)) {
        kept = null;
        return options;
      }
      const { serverUrl, streamKey, startedAt } = kept.stream;
      return { ...options, serverUrl, streamKey, startedAt };
    },
    keep(stream, options) {
      kept = { stream, replaced: namesOf(options) };
    },
  };
}

type Names = readonly string[];

function namesOf(options: BroadcasterOptions): Names {
  const { serverUrl, streamKey, startedAt } = options ?? {};
  return [String(serverUrl), String(streamKey), String(startedAt)];
}
