import { expectAccessible } from './accessible.js';
import { openComponent, turnCameraOn } from './component.js';
import { expect, openStream, test } from './fixtures.js';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [360, 1280]) {
    test(`axe finds nothing, ${colorScheme} at ${width} px`, async ({ page, app, ingest }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const { options: props } = await openStream(ingest);
      await openComponent(page, app, { ...props, startedAt: Date.now() });
      await expectAccessible(page, 'before the camera is on');
      await turnCameraOn(page);
      await expectAccessible(page, 'with the preview on');
      await page.getByRole('button', { name: 'Go live', exact: true }).click();
      await expect(page.locator('[data-status=live]').first()).toBeVisible({ timeout: 60_000 });
      await expectAccessible(page, 'while live');
      await ingest.close();
      await expect(page.locator('[data-status=reconnecting]').first()).toBeVisible();
      await expectAccessible(page, 'while reconnecting');
    });
  }
}
