/** How long after a press, or after a button came to mean something else, no press counts. */
export const PRESS_REST_MS = 500;

/** When a button was given the focus by the page, on the clock of `performance.now()`. */
const moved = new WeakMap<Element, number>();

/**
 * Moves the focus to `element` because what had it is gone. A key that is pressed at once was
 * still meant for that, so a guarded button does not count it.
 */
export function moveFocusTo(element: HTMLElement): void {
  moved.set(element, performance.now());
  element.focus({ preventScroll: true });
}

/** Whether the page gave `element` the focus long enough before `at` for a key to be meant. */
export function mayPressAt(element: Element, at: number): boolean {
  return at - (moved.get(element) ?? Number.NEGATIVE_INFINITY) >= PRESS_REST_MS;
}
