/**
 * A controller that also aborts when `parent` does, with the parent's reason. It stays known to the
 * parent, so use it for parents that end.
 */
export function childOf(parent: AbortSignal): AbortController {
  const child = new AbortController();
  if (parent.aborted) child.abort(parent.reason);
  else {
    parent.addEventListener('abort', () => child.abort(parent.reason), {
      once: true,
      signal: child.signal,
    });
  }
  return child;
}

/** The reason for ending something because its time is over, told apart from failure by its name. */
export function ended(what: string): DOMException {
  return new DOMException(`The ${what} was closed.`, 'AbortError');
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
