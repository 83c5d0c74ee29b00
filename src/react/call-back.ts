/**
 * Calls the app's own function, if it is one. What it throws goes to the page's error reporting:
 * it must neither end a broadcast nor keep other listeners from hearing.
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
