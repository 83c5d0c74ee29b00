import type { Page } from '@playwright/test';
import type { Ingest } from '../ingest/index.js';

/** How the video is sent now. */
export function encodingOf(page: Page) {
  return page.evaluate(() => {
    const senders = window.kit.connection().getSenders();
    const video = senders.find(({ track }) => track?.kind === 'video');
    const { encodings, degradationPreference } = video?.getParameters() ?? {};
    return { maxBitrate: encodings?.[0]?.maxBitrate, degradationPreference };
  });
}

/** Each size of picture that reaches the ingest while the first seconds last, in which it is kept. */
export async function sizesOfFirstSeconds(
  page: Page,
  ingest: Ingest,
  streamKey: string,
): Promise<readonly string[]> {
  const sizes = new Set<string>();
  for (;;) {
    const { frames = 0, width, height } = ingest.inspect(streamKey) ?? {};
    const { degradationPreference } = await encodingOf(page);
    if (degradationPreference !== 'maintain-resolution') return [...sizes];
    if (frames > 0) sizes.add(`${width}x${height}`);
  }
}
