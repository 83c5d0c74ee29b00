import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** Lets axe look at the page, once every colour that changes has arrived; it must find nothing. */
export async function expectAccessible(page: Page, when = 'now'): Promise<void> {
  await page.evaluate(async () => {
    const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(changes.map(({ finished }) => finished));
  });
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  expect(passes.length, 'axe looked at something').toBeGreaterThan(5);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  expect(found, when).toEqual([]);
}

/** The contrast of an element's text with what is behind it, as WCAG 2.2 measures it: 1 to 21. */
export async function contrastOf(element: Locator): Promise<number> {
  return element.evaluate(async (one) => {
    await Promise.allSettled(one.getAnimations().map(({ finished }) => finished));
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (canvas === null) throw new Error('The browser draws nothing.');
    const luminanceOf = (color: string) => {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map(
        (value) => {
          const share = value / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        },
      );
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    let behind: Element | null = one;
    while (behind !== null && /, 0\)$|transparent/.test(getComputedStyle(behind).backgroundColor)) {
      behind = behind.parentElement;
    }
    const levels = [
      luminanceOf(getComputedStyle(one).color),
      luminanceOf(getComputedStyle(behind ?? document.body).backgroundColor),
    ].sort((low, high) => high - low);
    return ((levels[0] ?? 0) + 0.05) / ((levels[1] ?? 0) + 0.05);
  });
}
