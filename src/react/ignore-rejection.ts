/**
 * Ignores the rejection of an action that a person started. Its error is in the broadcaster's
 * state, where the notice reads it.
 */
export function ignoreRejection(promise: Promise<unknown>): void {
  promise.catch(() => {});
}
