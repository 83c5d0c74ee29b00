/**
 * Starts something of the broadcaster for a person. What goes wrong is in the broadcaster's state,
 * where the notice reads it, so a rejection has nothing left to tell.
 */
export function ignoreRejection(promise: Promise<unknown>): void {
  promise.catch(() => {});
}
