import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
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
