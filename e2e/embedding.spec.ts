import type { Page } from '@playwright/test';
import type { App } from './app.js';
import { expect, test } from './fixtures.js';

test.use({ reducedMotion: 'reduce' });

/** Places that take their width from what is in them, as the templates of many tools do. */
const PLACES: readonly (readonly [name: string, html: string])[] = [
  ['a centred row', '<div style="display:flex;justify-content:center"><div KIT></div></div>'],
  ['a centred row, directly', '<div style="display:flex;justify-content:center" KIT></div>'],
  [
    'a centred column',
    '<div style="display:flex;flex-direction:column;align-items:center"><div KIT></div></div>',
  ],
  [
    'a centred column, directly',
    '<div style="display:flex;flex-direction:column;align-items:center" KIT></div>',
  ],
  ['a centred grid', '<div style="display:grid;place-items:center"><div KIT></div></div>'],
  ['a centred grid, directly', '<div style="display:grid;place-items:center" KIT></div>'],
  ['an inline block', '<div style="display:inline-block" KIT></div>'],
  ['a float', '<div style="float:left" KIT></div>'],
  ['an absolute box', '<div style="position:absolute" KIT></div>'],
  ['a table cell', '<table><tr><td><div KIT></div></td></tr></table>'],
  ['a box that fits its content', '<div style="width:fit-content" KIT></div>'],
  ['a box as wide as its content', '<div style="width:max-content" KIT></div>'],
  [
    "Vite's older template",
    '<div style="display:flex;place-items:center;min-width:320px;min-height:100vh"><div style="max-width:1280px;margin:0 auto;padding:2rem;text-align:center" KIT></div></div>',
  ],
  [
    "Vite's newer template",
    '<div style="width:1126px;max-width:100%;margin:0 auto;display:flex;flex-direction:column;box-sizing:border-box"><section style="display:flex;flex-direction:column;gap:25px;place-content:center;place-items:center;flex-grow:1" KIT></section></div>',
  ],
];

/** How wide each is in a place that is wide enough, at least. */
const WIDTHS = {
  component: 600,
  stage: 600,
  stats: 600,
  encoder: 600,
  viewer: 600,
  health: 200,
  playback: 100,
} as const;

test('a place that asks for a width is given a useful one, and never more than it has', async ({
  page,
  app,
}) => {
  await open(page, app);
  for (const viewport of [1280, 600, 320]) {
    await page.setViewportSize({ width: viewport, height: 800 });
    for (const [place, html] of PLACES) {
      for (const [kind, wanted] of Object.entries(WIDTHS)) {
        // A line of text that may not break is as long as it is.
        if (html.includes('max-content') && ['health', 'playback'].includes(kind)) continue;
        await embed(page, html.replace('KIT', `data-kit="${kind}"`));
        const { width, scroll } = await page.evaluate(() => ({
          width: document.querySelector<HTMLElement>('.wb-root, .wb-part')?.offsetWidth ?? 0,
          scroll: document.documentElement.scrollWidth,
        }));
        const name = `${kind} in ${place} at ${viewport}`;
        expect(width, name).toBeGreaterThanOrEqual(Math.min(wanted, viewport - 80));
        expect(scroll, name).toBeLessThanOrEqual(viewport);
      }
    }
  }
});

test('a place that has a width is filled', async ({ page, app }) => {
  await open(page, app);
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const kind of ['component', 'stage', 'stats', 'encoder', 'viewer', 'health', 'playback']) {
    for (const given of [1000, 200]) {
      for (const display of ['block', 'grid', 'flex;flex-direction:column']) {
        await embed(page, `<div style="width:${given}px;display:${display}" data-kit="${kind}">`);
        const part = page.locator('.wb-root, .wb-part').first();
        const [width, within] = await part.evaluate((element) => [
          (element as HTMLElement).offsetWidth,
          (element as HTMLElement).scrollWidth,
        ]);
        expect(width, `${kind} in ${display}`).toBe(given);
        expect(within, `what is in ${kind}`).toBeLessThanOrEqual(given);
      }
    }
  }
});

/** Styles that no app wants on a control of somebody else's. */
const HOSTILE = `
  display: inline; position: relative; top: 3px; float: right; margin: 9px; padding: 9px;
  width: 33px; min-width: 5px; max-width: 50%; height: 77px; max-height: 90px; overflow: scroll;
  border: 5px dashed red; border-radius: 0; outline: 4px solid red; box-shadow: 3px 3px red;
  background: yellow; color: red; fill: red; stroke: red; stroke-width: 9px; opacity: 0.5;
  font: italic 900 30px serif; letter-spacing: 5px; word-spacing: 5px; line-height: 3;
  text-align: right; text-transform: uppercase; text-indent: 20px; text-decoration: underline;
  text-shadow: 2px 2px red; white-space: pre; list-style: none; vertical-align: top;
  cursor: help; transform: rotate(3deg); filter: blur(2px); z-index: 7; visibility: hidden;
  box-sizing: content-box; object-fit: fill; flex: none; order: 3; appearance: none;
`;

test('no rule of an app for elements reaches into the kit', async ({ page, app }) => {
  await open(page, app);
  await embed(
    page,
    '<x-app class="app"><x-app><x-place style="position:absolute;inset:0 auto auto 0;width:700px;display:block" data-kit="everything">',
  );
  expect(await rememberLooks(page)).toBeGreaterThan(500);
  expect(await changes(page, '.wb-poster.wb-poster { margin: 9px !important }')).not.toEqual([]);
  const tags = await page.evaluate(() => [
    ...new Set([...document.querySelectorAll('[data-kit] *')].map(({ localName }) => localName)),
  ]);
  for (const within of ['', '.app ', '.app x-app ']) {
    const selectors = tags.flatMap((tag) => {
      const whole = `${within}${tag}`;
      return [whole, `${whole}::before`, `${whole}::after`];
    });
    const rule = `${selectors} { ${HOSTILE} content: "x"; }`;
    expect(await changes(page, rule), `rules within "${within}"`).toEqual([]);
  }
  const everything = `[data-kit] *, [data-kit] *::before { ${HOSTILE} }`;
  expect(await changes(page, everything)).toEqual([]);
  const states = `button:not(:focus), input:enabled, summary:not([x]), code:not([x]) { ${HOSTILE} }`;
  expect(await changes(page, states)).toEqual([]);
  // Text inherits from around it, and the kit stops all of that but the font's family.
  const around = `x-place { text-align: center; text-transform: uppercase; letter-spacing: 2px;
    line-height: 3; font-weight: 800; font-style: italic; white-space: nowrap; cursor: help;
    text-indent: 8px; word-spacing: 4px; text-shadow: 1px 1px red; color: red; font-size: 40px; }`;
  expect(await changes(page, around)).toEqual([]);
});

test("an app's classes go before the kit's, in a layer and out of one", async ({ page, app }) => {
  await open(page, app);
  const radius = async (css: string, isFirst = false) => {
    await embed(page, '<div data-kit="classed">');
    await page.evaluate(
      ([text, place]) => {
        const style = document.createElement('style');
        style.id = 'app';
        style.textContent = text;
        document.querySelector('#app')?.remove();
        document.head[place](style);
      },
      [css, isFirst ? 'prepend' : 'append'] as const,
    );
    return page.locator('.mine').evaluate((root) => getComputedStyle(root).borderTopLeftRadius);
  };
  const tailwind = `@layer theme, base, components, utilities;
    @layer base { * { border-radius: 3px } } @layer utilities { .mine { border-radius: 7px } }`;
  expect(await radius('')).toBe('14px');
  expect(await radius('.mine { border-radius: 5px }')).toBe('5px');
  expect(await radius('div { border-radius: 3px } ')).toBe('14px');
  expect(await radius(tailwind)).toBe('7px');
  expect(await radius(tailwind, true)).toBe('7px');
  expect(await radius(tailwind.replace('.mine', '.other'))).toBe('14px');
  const inside = '.mine .wb-stage { border-radius: 2px }';
  await radius(inside);
  await expect(page.locator('.wb-stage')).toHaveCSS('border-radius', '2px');
});

async function open(page: Page, app: App): Promise<void> {
  await page.clock.setFixedTime(Date.now());
  await page.goto(app.pageUrl('embedded'));
  await page.waitForFunction(() => 'embed' in window);
}

function embed(page: Page, html: string): Promise<void> {
  return page.evaluate((given) => window.embed(given), html);
}

/** Remembers in the page how each element of the kit looks, and what stands before and behind it. */
async function rememberLooks(page: Page): Promise<number> {
  await page.evaluate(() => {
    const read = () =>
      [...document.querySelectorAll('[data-kit] *')].flatMap((element) =>
        [null, '::before', '::after'].map((pseudo) => {
          const style = getComputedStyle(element, pseudo);
          // An element that is absent has no look.
          const isThere = pseudo === null || style.content !== 'none';
          const names = isThere ? [...style] : ['content'];
          return {
            name: `${element.localName}.${element.getAttribute('class')}${pseudo ?? ''}`,
            values: new Map(names.map((name) => [name, style.getPropertyValue(name)])),
          };
        }),
      );
    const before = read();
    window.looks = {
      count: before.length,
      changes: () => {
        const after = read();
        return before.flatMap(({ name, values }, index) =>
          [...values].flatMap(([key, value]) => {
            const now = after[index]?.values.get(key);
            return now === value ? [] : [`${name}: ${key} ${value} → ${now}`];
          }),
        );
      },
    };
  });
  return page.evaluate(() => window.looks.count);
}

/** The changes that this rule makes to the look of the kit, against the remembered look. */
async function changes(page: Page, rule: string): Promise<readonly string[]> {
  const style = await page.addStyleTag({ content: rule });
  const found = await page.evaluate(() => window.looks.changes());
  await style.evaluate((element) => (element as Element).remove());
  return found;
}

declare global {
  interface Window {
    looks: { readonly count: number; changes(): readonly string[] };
  }
}
