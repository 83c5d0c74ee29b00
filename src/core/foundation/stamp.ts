/** Time and chance, handed to the pure transition inside each event, so that any trace replays. */
export interface Stamp {
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
  /** A number that no other event of this broadcaster carries. */
  readonly id: number;
  /** A random number from 0 up to 1. */
  readonly random: number;
}
