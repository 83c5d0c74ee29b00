/** A value that changes only through events. Snapshots keep their identity until something changes. */
export interface Store<State, Event> {
  getSnapshot(): State;
  /**
   * Calls `listener` after each change; returns the function that ends it. Its errors reach nobody
   * else.
   */
  subscribe(listener: () => void): () => void;
  dispatch(event: Event): void;
}

/** Makes a store over a pure `transition`; an event that changes nothing calls no listener. */
export function createStore<State, Event>(
  initial: State,
  transition: (state: State, event: Event) => State,
): Store<State, Event> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    getSnapshot: () => state,
    subscribe(listener) {
      // A wrapper of its own lets the same function subscribe twice and leave once.
      const entry = () => listener();
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    dispatch(event) {
      const next = transition(state, event);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) {
        try {
          listener();
        } catch (thrown) {
          // The app's own mistake: it is told as such, and must not end what dispatched this.
          report(thrown);
        }
      }
    },
  };
}

/** As an error that nobody caught, which a browser shows with its place in the app. */
function report(thrown: unknown): void {
  setTimeout(() => {
    throw thrown;
  });
}
