import type { Page } from '@playwright/test';
import type { App } from './app.js';
import { expect, test } from './fixtures.js';
import type { PageIngest } from './page-ingest.js';
import { goLiveInPage } from './page-ingest.js';

const TAKEN = { video: 'taken', audio: 'taken' };

async function openPage(page: Page, app: App): Promise<void> {
  await page.goto(app.pageUrl('core'));
  await page.waitForFunction(() => 'kit' in window);
}

for (const name of ['VP8', 'VP9', 'AV1']) {
  test(`an ingest that takes ${name} alone gets a picture @firefox`, async ({ page, app }) => {
    await openPage(page, app);
    const { outcome, sent, frames } = await goLiveInPage(page, { videoCodec: `video/${name}` });
    expect({ outcome, sent }).toEqual({ outcome: 'live', sent: TAKEN });
    expect(frames).toBeGreaterThan(20);
  });
}

test('an ingest that takes another H264 profile alone gets a picture', async ({ page, app }) => {
  await openPage(page, app);
  for (const profile of ['42e01f', '4d0032', '640032']) {
    const rewrites = [['profile-level-id=[0-9a-f]{6}', `profile-level-id=${profile}`]] as const;
    const result = await goLiveInPage(page, { videoCodec: 'video/H264', rewrites });
    expect({ profile, outcome: result.outcome, sent: result.sent }).toEqual({
      profile,
      outcome: 'live',
      sent: TAKEN,
    });
    expect(result.frames).toBeGreaterThan(20);
  }
});

const partly: readonly [name: string, ingest: PageIngest, sent: object][] = [
  ['the picture, first', { refuses: ['video'] }, { video: 'refused', audio: 'taken' }],
  [
    'the picture, last',
    { refuses: ['video'], sections: ['audio', 'video'] },
    { video: 'refused', audio: 'taken' },
  ],
  [
    'the sound, first',
    { refuses: ['audio'], sections: ['audio', 'video'] },
    { video: 'taken', audio: 'refused' },
  ],
  ['the sound, last', { refuses: ['audio'] }, { video: 'taken', audio: 'refused' }],
  ['a picture at all', { sections: ['audio'] }, { video: 'refused', audio: 'taken' }],
  ['sound at all', { sections: ['video'] }, { video: 'taken', audio: 'refused' }],
];

test('the ingest refuses one kind, the rest reaches it, and the state says so @firefox', async ({
  page,
  app,
}) => {
  await openPage(page, app);
  for (const [name, ingest, sent] of partly) {
    const result = await goLiveInPage(page, ingest);
    expect({ name, outcome: result.outcome, sent: result.sent }).toEqual({
      name,
      outcome: 'live',
      sent,
    });
    expect(result.packets, name).toBeGreaterThan(20);
    // Each of our candidates is for the one section that lives.
    expect(new Set(result.candidateMids).size, name).toBe(1);
  }
});

test('an ingest that takes neither is told by its codecs, not by a firewall @firefox', async ({
  page,
  app,
}) => {
  await openPage(page, app);
  const both = await goLiveInPage(page, { refuses: ['video', 'audio'] });
  expect(both.outcome).toMatch(/^no-common-codec: /);
  expect(both.outcome).not.toContain('firewall');
  const channel = await goLiveInPage(page, {
    refuses: ['video', 'audio'],
    sections: ['application', 'audio', 'video'],
  });
  expect(channel.outcome).toMatch(/^no-common-codec: /);
  const alone = await goLiveInPage(page, { refuses: ['video'] }, { microphone: false });
  expect(alone.outcome).toMatch(/^no-common-codec: /);
});

const unusual: readonly [name: string, ingest: PageIngest][] = [
  ['a data channel, first', { sections: ['application', 'video', 'audio'] }],
  ['several sections of each kind', { sections: ['video', 'audio', 'video', 'audio'] }],
  ['lines that end in LF', { rewrites: [['\\r\\n', '\n']] }],
  ['lines that end in either', { rewrites: [['\\r\\nm=', '\nm=']] }],
  ['no names of sections', { rewrites: [['^a=(mid|group|msid-semantic):.*\\r\\n', '']] }],
  ['no bundle', { rewrites: [['^a=group:.*\\r\\n', '']] }],
  ['one port asked for nowhere', { rewrites: [['^a=rtcp-mux\\r\\n', '']] }],
  ['setup:active', { rewrites: [['^a=setup:actpass', 'a=setup:active']] }],
  ['setup:passive', { rewrites: [['^a=setup:actpass', 'a=setup:passive']] }],
  [
    'a section that the offer refuses',
    {
      sections: ['video', 'audio', 'video'],
      rewrites: [['(m=video[^]*)m=video \\d+', '$1m=video 0']],
    },
  ],
];

test('an unusual but legal offer is answered @firefox', async ({ page, app }) => {
  await openPage(page, app);
  for (const [name, ingest] of unusual) {
    const { outcome, sent, frames } = await goLiveInPage(page, ingest);
    expect({ name, outcome, sent }).toEqual({ name, outcome: 'live', sent: TAKEN });
    expect(frames, name).toBeGreaterThan(20);
  }
});

test('an offer that refuses its own first section is answered', async ({ page, app }) => {
  await openPage(page, app);
  // The far side is the browser too, which Firefox, that made no such offer, does not follow.
  const { outcome, sent, frames } = await goLiveInPage(page, {
    sections: ['video', 'video', 'audio'],
    rewrites: [
      ['m=video \\d+', 'm=video 0'],
      ['(m=video 0 [^]*)m=video 0 ', '$1m=video 9 '],
    ],
  });
  expect({ outcome, sent }).toEqual({ outcome: 'live', sent: TAKEN });
  expect(frames).toBeGreaterThan(20);
});
