/**
 * Calls the app's own function, if it is one. Its errors go to the page's error reporting: they
 * must neither end a broadcast nor keep the event from other listeners.
 */
export function callBack<Values extends readonly unknown[]>(
  callback: ((...values: Values) => void) | null | undefined,
  ...values: Values
): void {
  if (typeof callback !== 'function') return;
  try {
    callback(...values);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
