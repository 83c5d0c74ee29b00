'use client';

import type { RefObject } from 'react';
import { useEffect } from 'react';
import { moveFocusTo } from './press-rest.js';

const PRESSABLE = 'button:enabled:not([hidden], [hidden] *)';

/**
 * Keeps the keyboard's place within `bounds`: when the element that has the focus is removed,
 * disabled or hidden, the focus goes to the first element there that matches `main`, else to any
 * button, else to `bounds` itself. Without it, the page's body has the focus, and the next Tab
 * begins at the top of the page.
 */
export function useFocusKeeper(bounds: RefObject<HTMLElement | null>, main: string): void {
  useEffect(() => {
    const element = bounds.current;
    // The window of the element, which an app may have rendered into another one.
    const view = element?.ownerDocument.defaultView ?? null;
    if (element === null || view === null) return undefined;
    let hasEnded = false;
    let held: HTMLElement | null = null;
    const keep = () => {
      if (held === null || !isGone(held, element)) return;
      if (!isNobodys(element, held)) {
        held = null;
        return;
      }
      for (const next of candidates(element, main)) {
        moveFocusTo(next);
        if (activeElementOf(element) === next) return;
      }
    };
    const observer = new view.MutationObserver(keep);
    const onFocusIn = ({ target }: FocusEvent) => {
      if (!(target instanceof view.HTMLElement)) return;
      held = target;
      observer.observe(element, {
        subtree: true,
        childList: true,
        attributeFilter: ['disabled', 'hidden'],
      });
    };
    const onFocusOut = ({ target }: FocusEvent) => {
      // Chromium tells of what is being removed as well, before it is.
      queueMicrotask(() => {
        if (held === null || held !== target || hasEnded) return;
        if (isGone(held, element)) keep();
        // A window that another one covers keeps its focus for later.
        else if (activeElementOf(element) !== target) {
          held = null;
          observer.disconnect();
        }
      });
    };
    element.addEventListener('focusin', onFocusIn);
    element.addEventListener('focusout', onFocusOut);
    return () => {
      hasEnded = true;
      observer.disconnect();
      element.removeEventListener('focusin', onFocusIn);
      element.removeEventListener('focusout', onFocusOut);
    };
  }, [bounds, main]);
}

function* candidates(element: HTMLElement, main: string): Generator<HTMLElement> {
  yield* element.querySelectorAll<HTMLElement>(main);
  yield* element.querySelectorAll<HTMLElement>(PRESSABLE);
  element.tabIndex = -1;
  yield element;
}

function isGone(held: HTMLElement, element: HTMLElement): boolean {
  return !element.contains(held) || held.matches(':disabled, [hidden], [hidden] *');
}

/** Whether neither the app nor the person has moved the focus elsewhere. */
function isNobodys(element: HTMLElement, held: HTMLElement): boolean {
  const active = activeElementOf(element);
  return active === null || active === held || active === element.ownerDocument.body;
}

function activeElementOf(element: HTMLElement): Element | null {
  const root = element.getRootNode() as Partial<DocumentOrShadowRoot>;
  return root.activeElement ?? element.ownerDocument.activeElement;
}
