import { childOf, ended } from '../foundation/abort.js';
import { elapsedMs, sleep } from '../foundation/time.js';
import type { OmeError } from './ome-messages.js';
import type { OmeSocket } from './ome-socket.js';
import { openOmeSocket } from './ome-socket.js';

/** An offer that is no older than this was made for a name that is free, in milliseconds. */
const YOUNG_MS = 500;
/** An ingest that does not answer at all for so long, in milliseconds, is not waited for. */
const SHORTEST_PATIENCE_MS = 1_000;
/** So many times as long as the offer took, the answer to the second question may take. */
const PATIENCE = 3;

/** Asks whether the name of a prepared stream is still free, before an answer goes out to it. */
export interface NameRecheck {
  /**
   * The refusal that the ingest would answer now; `null` where it would still make an offer, where
   * the offer at hand is new, and where nothing is heard in time. Never rejects.
   */
  ask(): Promise<OmeError | null>;
  /** Repeatable, and bounded to about a second. */
  close(): Promise<void>;
}

/**
 * Keeps a second socket to `url`, a credential, beside a prepared one. OvenMediaEngine refuses an
 * answer to a name that was taken since the offer, and when the socket of that answer ends it ends
 * the stream of whoever took the name. A socket that only asked for an offer ends nobody's.
 * `roundTripMs` is how long the first offer took.
 */
export function recheckName(
  url: URL,
  { roundTripMs, signal }: { readonly roundTripMs: number; readonly signal: AbortSignal },
): NameRecheck {
  const life = childOf(signal);
  const openMs = Math.max(SHORTEST_PATIENCE_MS, PATIENCE * roundTripMs);
  const offeredAt = elapsedMs();
  let opening: Promise<OmeSocket> | null = null;
  const open = () => {
    const next = openOmeSocket(url, openMs, life.signal);
    opening = next;
    // One that closes meanwhile is opened anew when it is needed.
    next
      .then(({ lost }) => lost)
      .catch(() => {})
      .finally(() => {
        if (opening === next) opening = null;
      });
    return next;
  };
  sleep(YOUNG_MS, life.signal)
    .then(open)
    .catch(() => {});
  const request = async (asking: AbortSignal) => {
    const socket = await (opening ?? open());
    const reply = socket.next(asking);
    socket.send({ command: 'request_offer' });
    const message = await reply;
    return message.kind === 'error' ? message.error : null;
  };
  return {
    async ask() {
      if (elapsedMs() - offeredAt <= YOUNG_MS) return null;
      const asking = childOf(life.signal);
      const late = sleep(openMs, asking.signal).then(() => null);
      try {
        return await Promise.race([request(asking.signal), late]);
      } catch {
        return null;
      } finally {
        asking.abort(ended('question'));
        // Nobody waits for the one that came second.
        late.catch(() => {});
      }
    },
    async close() {
      life.abort(ended('question'));
      const socket = await opening?.catch(() => null);
      await socket?.close();
    },
  };
}
