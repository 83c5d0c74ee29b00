import type { BroadcastError } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import type { Connection } from './connection.js';
import type { ConnectionEvent } from './connection-events.js';
import type { Network, NetworkEvent } from './network.js';
import type { PreviousSession } from './previous-session.js';
import type { IngestTarget } from './target.js';

/** Everything that may matter to a connection. */
export type StampedConnectionEvent = (ConnectionEvent | NetworkEvent) & Stamp;

/** The events of one type. */
export type EventOf<Type extends StampedConnectionEvent['type']> = Extract<
  StampedConnectionEvent,
  { type: Type }
>;

/** The slices of the state that the connection needs to judge an event. */
export interface ConnectionContext {
  readonly target: IngestTarget;
  /** As it is after the event. */
  readonly network: Network;
  /** Whether there is anything to send: `opening` while a source is still being opened. */
  readonly capture: 'off' | 'opening' | 'some' | 'failed';
  /** Why nothing could be captured; set when `capture` is `failed`. */
  readonly captureError: BroadcastError | null;
  /** The session of ours that an ingest may still know, of this page or the one before it. */
  readonly previousSession: PreviousSession | null;
  /** Whether another source is live on the stream. */
  readonly isTaken: boolean;
  /** Whether the stream's own server says that it runs, whatever a clock makes of it. */
  readonly isRunning: boolean;
}

/** The handlers of one state, for the events that mean something to it. It ignores all others. */
export type Handlers<State extends Connection> = {
  readonly [Type in StampedConnectionEvent['type']]?: (
    connection: State,
    event: EventOf<Type>,
    context: ConnectionContext,
  ) => Connection;
};

/** Nothing is published, or prepared. */
export const IDLE: Connection = { status: 'idle', preparation: { phase: 'none' } };

/** Handlers for every state but one in which nothing has begun: the app may end it. */
export const ENDING = {
  'stop-requested': () => IDLE,
  'release-requested': () => IDLE,
} satisfies Handlers<Connection>;
