import type { RenewedStream } from './connection/renew-stream.js';
import { renewalFailed, renewStream } from './connection/renew-stream.js';
import { isSame } from './foundation/same.js';
import type { BroadcasterOptions, Settings } from './options.js';
import { parseRenewedStream } from './parse-options.js';

/** The stream that an app handed over during a broadcast, kept until its options name another one. */
export interface Renewal {
  /** The options, with the stream that was handed over in place of the one it replaced. */
  apply(options: BroadcasterOptions): BroadcasterOptions;
  /**
   * Asks the app for another stream, with the `settings` at `now` (epoch milliseconds), and keeps it
   * in place of what `options` name by then.
   * @throws BroadcastError `renewal-failed`; the signal's reason.
   */
  ask(asked: AskedForStream, signal: AbortSignal): Promise<void>;
}

/** The means to ask an app for another stream. */
export interface AskedForStream {
  readonly settings: Pick<Settings, 'renew' | 'clockOffsetMs'>;
  readonly now: number;
  options(): BroadcasterOptions;
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
      // A stream that brings no token has that of the options.
      const { authToken = options.authToken, ...stream } = kept.stream;
      const { serverUrl, streamKey, startedAt } = stream;
      return { ...options, serverUrl, streamKey, startedAt, authToken };
    },
    async ask({ settings: { renew, clockOffsetMs }, now, options }, signal) {
      if (renew === null) throw renewalFailed('It no longer gives a renew function');
      // On the clock of the server, which says when the stream was started.
      const askedAt = now + clockOffsetMs;
      const stream = parseRenewedStream(await renewStream(renew, signal), askedAt);
      kept = { stream, replaced: namesOf(options()) };
    },
  };
}

type Names = readonly string[];

function namesOf(options: BroadcasterOptions): Names {
  const { serverUrl, streamKey, startedAt } = options ?? {};
  return [String(serverUrl), String(streamKey), String(startedAt)];
}
