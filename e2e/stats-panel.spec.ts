import { expectAccessible } from './accessible.js';
import { broadcasterOf, componentUrl, goLive } from './component.js';
import { AT_FULL_SIZE, expect, openStream, test } from './fixtures.js';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [360, 1280]) {
    test(`the panel shows what is sent, and axe finds nothing, ${colorScheme} at ${width} px`, async ({
      page,
      app,
      ingest,
    }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 1000 });
      const { options: props } = await openStream(ingest);
      await page.goto(componentUrl(app, 'panel', [{ ...props, ...AT_FULL_SIZE }]));
      await expect(broadcasterOf(page)).toBeVisible();
      const panel = page.getByRole('region', { name: 'Statistics' });
      await expect(panel).toHaveAttribute('data-state', 'unknown');
      await goLive(page);

      await expect(panel).toHaveAttribute('data-state', 'excellent');
      await expect(panel.locator('figure').first()).toHaveText(/Sent [\d.]+ Mbit\/s/);
      await expect(panel).toContainText('1280×720');
      await expect(panel).toContainText('H264');
      await expect(panel).not.toContainText(/NaN|undefined|null/);
      for (const line of await panel.locator('path').all()) {
        await expect(line).toHaveAttribute('d', /^M[\d. ]+L/);
      }
      await expectAccessible(page);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  }
}
