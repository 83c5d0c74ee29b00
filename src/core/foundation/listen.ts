/** A target of `addEventListener`, with the events that it names in its `on…` handlers. */
type EventNameOf<Target> = {
  [Key in keyof Target & string]: Key extends `on${infer Name}` ? Name : never;
}[keyof Target & string];

/**
 * Listens until `signal` aborts. The event's name is checked against the target's `on…` handlers,
 * so a name that never fires does not compile.
 */
export function listen<Target extends EventTarget>(
  target: Target,
  name: EventNameOf<Target>,
  listener: (event: Event) => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  target.addEventListener(name, listener, { signal });
}
