import type { Locator } from '@playwright/test';

/** Remembers each text that an element has from now on: one that is gone soon may be so before anybody looks. */
export async function rememberTexts(element: Locator): Promise<() => Promise<readonly string[]>> {
  const remembered = await element.evaluateHandle((one) => {
    const texts: string[] = [];
    const note = () => texts.push(one.textContent ?? '');
    new MutationObserver(note).observe(one, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    return texts;
  });
  return () => remembered.jsonValue();
}
