import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import type { App } from './app.js';

/** Opens the page of the component with these props; they may be wrong on purpose. */
export async function openComponent(page: Page, app: App, props: unknown): Promise<void> {
  await page.goto(componentUrl(app, 'component', [props]));
  await expect(broadcasterOf(page)).toBeVisible();
}

/** The address of a test page whose components take these props. */
export function componentUrl(
  app: App,
  name: 'component' | 'panel' | 'two',
  props: readonly unknown[],
): string {
  return `${app.pageUrl(name)}#${encodeURIComponent(JSON.stringify(props))}`;
}

/** The root element of the component. */
export function broadcasterOf(within: Page | Locator): Locator {
  return within.locator('[data-status]').first();
}

/** Turns the camera on and goes live, as a person does. */
export async function goLive(within: Page | Locator): Promise<void> {
  await turnCameraOn(within);
  await within.getByRole('button', { name: 'Go live', exact: true }).click();
  await expect(broadcasterOf(within)).toHaveAttribute('data-status', 'live', { timeout: 60_000 });
}

/** Presses "Turn on camera" and waits until going live is offered. */
export async function turnCameraOn(within: Page | Locator): Promise<void> {
  await within.getByRole('button', { name: 'Turn on camera' }).click();
  await expect(within.getByRole('button', { name: 'Go live', exact: true })).toBeEnabled();
}
