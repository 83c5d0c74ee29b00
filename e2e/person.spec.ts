import type { Page } from '@playwright/test';
import { contrastOf } from './accessible.js';
import type { App } from './app.js';
import { expect, test } from './fixtures.js';

/** The stages of the component, with nothing behind them. */
async function openStages(page: Page, app: App, query: string): Promise<void> {
  await page.goto(`${app.pageUrl('gallery')}?${query}`);
  await expect(page.locator('[data-status]').first()).toBeVisible();
}

for (const dir of ['ltr', 'rtl'] as const) {
  test(`after a double-click on Stop, staying live lies under the pointer, ${dir}`, async ({
    page,
    app,
  }) => {
    for (const width of [320, 360, 520, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await openStages(page, app, `stage=live&dir=${dir}`);
      const stop = page.getByRole('button', { name: 'Stop', exact: true });
      await stop.scrollIntoViewIfNeeded();
      const box = await stop.boundingBox();
      if (box === null) throw new Error('There is no button.');
      await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
      const stay = page.getByRole('button', { name: 'Stay live' });
      await expect(stay).toBeFocused();
      await expect(page.getByRole('button', { name: 'Stop now' })).toBeVisible();
      const under = await page.evaluate(
        ({ x, y, width: w, height: h }) =>
          [
            [x + 3, y + h / 2],
            [x + w / 2, y + h / 2],
            [x + w - 3, y + h / 2],
            [x + w / 2, y + 3],
            [x + w / 2, y + h - 3],
          ].map(([at = 0, down = 0]) => document.elementFromPoint(at, down)?.textContent),
        box,
      );
      expect(under, `at ${width} px`).toEqual(Array(5).fill('Stay live'));
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    }
  });
}

test('figures keep their order from right to left', async ({ page, app }) => {
  await openStages(page, app, 'dir=rtl');
  const wrong = await page.evaluate(() => {
    const found: string[] = [];
    let count = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node as HTMLElement;
      const text = element.textContent ?? '';
      const figures = /^(.*?)(\d+)([×:.])(\d+)/s.exec(text);
      const isInnermost = ![...element.children].some((child) =>
        /\d[×:.]\d/.test(child.textContent ?? ''),
      );
      if (figures === null || !isInnermost || element.offsetParent === null) continue;
      const [, before = '', first = '', sign = '', second = ''] = figures;
      const at = before.length;
      const left = leftOf(element, at, first.length);
      const right = leftOf(element, at + first.length + sign.length, second.length);
      if (left === null || right === null) continue;
      count += 1;
      if (left >= right) found.push(text);
    }
    /** Where these characters begin on the page. */
    function leftOf(element: Element, from: number, length: number): number | null {
      const range = document.createRange();
      let passed = 0;
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
        const end = passed + (node.textContent?.length ?? 0);
        if (from >= passed && from + length <= end) {
          range.setStart(node, from - passed);
          range.setEnd(node, from - passed + length);
          return range.getBoundingClientRect().left;
        }
        passed = end;
      }
      return null;
    }
    return { found, count };
  });
  expect(wrong.found).toEqual([]);
  expect(wrong.count).toBeGreaterThan(10);
  for (const field of await page.locator('input').all()) {
    await expect(field).toHaveCSS('direction', 'ltr');
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a button that cannot be pressed looks like it and can be read, ${colorScheme}`, async ({
    page,
    app,
  }) => {
    await page.emulateMedia({ colorScheme });
    await openStages(page, app, '');
    const off = page.locator(
      '.wb-button:disabled, .wb-button[aria-disabled=true]:not([data-resting])',
    );
    expect(await off.count()).toBeGreaterThan(5);
    for (const button of await off.all()) {
      await button.hover({ force: true });
      await expect(button).toHaveCSS('cursor', 'not-allowed');
      await expect(button).toHaveCSS('border-top-style', 'dashed');
      expect(await contrastOf(button)).toBeGreaterThan(4.5);
    }
  });

  test(`where the system chooses the colours, all that has a meaning is still seen, ${colorScheme}`, async ({
    page,
    app,
  }) => {
    await page.emulateMedia({ colorScheme, forcedColors: 'active' });
    await openStages(page, app, '');
    const system = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      const colorOf = (name: string) => {
        probe.style.color = name;
        return getComputedStyle(probe).color;
      };
      const [gray, ink, paper] = [colorOf('GrayText'), colorOf('CanvasText'), colorOf('Canvas')];
      const [fill, onFill] = [colorOf('Highlight'), colorOf('HighlightText')];
      probe.remove();
      return { gray, ink, paper, fill, onFill };
    });
    const off = page.locator(
      '.wb-button:disabled, .wb-button[aria-disabled=true]:not([data-resting])',
    );
    expect(await off.count()).toBeGreaterThan(5);
    for (const button of await off.all()) {
      await button.hover({ force: true });
      await expect(button).toHaveCSS('border-top-style', 'dashed');
      await expect(button).toHaveCSS('border-top-color', system.gray);
      await expect(button).toHaveCSS('color', system.gray);
    }
    const goLive = page.getByRole('region', { name: 'ready', exact: true }).locator('.wb-primary');
    await goLive.hover();
    await expect(goLive).toHaveCSS('background-color', system.fill);
    await expect(goLive).toHaveCSS('color', system.onFill);
    for (const dot of await page.locator('.wb-dot').all()) {
      const isRing = (await dot.evaluate((one) => getComputedStyle(one).borderTopStyle)) !== 'none';
      await expect(dot).toHaveCSS(isRing ? 'border-top-color' : 'background-color', system.ink);
      await expect(dot.locator('..')).toHaveCSS('background-color', system.paper);
    }

    await expect(page.getByRole('tab', { selected: true })).toHaveCSS(
      'border-bottom-color',
      system.fill,
    );
    await expect(page.getByRole('tab', { selected: false })).toHaveCSS(
      'border-bottom-color',
      system.paper,
    );
    await expect(page.locator('.wb-chart path').first()).toHaveCSS('stroke', system.ink);
    await expect(page.locator('.wb-level').first()).toHaveCSS('outline-color', system.ink);
  });
}

test('words and names that are long stay inside, and all of a button can be read', async ({
  page,
  app,
}) => {
  for (const dir of ['ltr', 'rtl']) {
    await openStages(page, app, `words=long&dir=${dir}`);
    for (const width of [320, 520, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const found = await page.evaluate(() => {
        const outside: string[] = [];
        const { scrollWidth } = document.documentElement;
        if (scrollWidth > window.innerWidth) outside.push(`the page: ${scrollWidth}`);
        let count = 0;
        for (const root of document.querySelectorAll('.wb-root')) {
          const place = root.getBoundingClientRect();
          for (const element of root.querySelectorAll<HTMLElement>('*')) {
            if (
              element.matches('.wb-spoken, .wb-announcer, .wb-unseen, .wb-announcer *, bdi, code')
            )
              continue;
            const box = element.getBoundingClientRect();
            if (box.width === 0) continue;
            count += 1;
            const isInside = box.left >= place.left - 1 && box.right <= place.right + 1;
            const isCut =
              element.matches('button, .wb-pill, .wb-poster, p') &&
              element.scrollWidth > element.clientWidth + 1;
            if (!isInside || isCut) outside.push(`${element.className}: ${element.textContent}`);
          }
        }
        return { outside, count };
      });
      expect(found.outside, `${dir} at ${width} px`).toEqual([]);
      expect(found.count).toBeGreaterThan(100);
    }
  }
});
