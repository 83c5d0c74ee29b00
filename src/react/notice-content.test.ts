import { describe, expect, it } from 'vitest';
import type { BroadcastErrorCode, BroadcasterState, Source } from '../core/index.js';
import { INITIAL_STATE, ingestWindow } from '../core/index.js';
import { failed, failure, on, SOURCES_ON, target } from '../testing/sample-states.js';
import { browserOf } from './browser.js';
import { MESSAGES } from './messages.js';
import { noticeContent } from './notice-content.js';
import { stageOf } from './stage.js';

const NOW = 1_000_000;
const CODES = Object.keys(MESSAGES.errors) as readonly BroadcastErrorCode[];
const IDLE = { status: 'idle', preparation: { phase: 'none' } } as const;

/** The notice after a broadcast failed with this code. */
function noticeOf(code: BroadcastErrorCode, camera?: 'failed') {
  const state = {
    ...INITIAL_STATE,
    ...SOURCES_ON,
    target: target(),
    connection: { status: 'failed', error: failure(code), endedAt: NOW },
    ...(camera === 'failed' && {
      camera: failed(code),
      microphone: failed(code),
      connection: IDLE,
    }),
  } as unknown as BroadcasterState;
  const seen = view(state);
  const stage = stageOf(state, { phase: seen.clock.phase, renewed: false });
  return noticeContent({ ...seen, stage });
}

/** Everything else that a notice depends on, at rest. */
function view(state: BroadcasterState) {
  const clock = ingestWindow({
    now: NOW,
    startedAt: null,
    lostAt: null,
    live: false,
    timeoutSeconds: 120,
  });
  return {
    state,
    start: { isPossible: true, isPending: false, problem: null },
    clock,
    isSlow: false,
    health: { level: 'unknown', reasons: [] },
    warning: null,
    output: 'unknown',
    browser: 'chrome',
    messages: MESSAGES,
  } as const;
}

describe('the words of each error code', () => {
  it('are its own: no two codes share a title, or what to do', () => {
    const titles = CODES.map((code) => MESSAGES.errors[code].title);
    const nexts = CODES.map((code) => MESSAGES.errors[code].next);
    expect(new Set(titles).size).toBe(CODES.length);
    expect(new Set(nexts).size).toBe(CODES.length);
  });

  it('are what is shown, each with its own details', () => {
    const shown = CODES.map((code) => {
      const notice = noticeOf(code) ?? noticeOf(code, 'failed');
      return [code, notice?.title, notice?.body, notice?.error?.code] as const;
    });
    for (const [code, title, body, errorCode] of shown) {
      expect(title, code).toBeTruthy();
      expect(body, code).toBeTruthy();
      expect(errorCode, code).toBe(code);
    }
    expect(new Set(shown.map(([, title, body]) => `${title} ${body}`)).size).toBe(CODES.length);
  });

  it('are those of no other code', () => {
    for (const code of CODES) {
      const { title } = noticeOf(code) ?? noticeOf(code, 'failed') ?? { title: '' };
      const others = CODES.filter((other) => other !== code);
      expect(others.map((other) => MESSAGES.errors[other].title)).not.toContain(title);
    }
  });
});

/** The notice in a live broadcast with these sources. */
function liveNotice(sources: Partial<BroadcasterState>) {
  const state = { ...INITIAL_STATE, ...SOURCES_ON, target: target(), ...sources };
  return noticeContent({ ...view(state), stage: 'live' });
}

describe('the way out of a block', () => {
  const denied = { camera: failed('permission-denied'), microphone: failed('permission-denied') };
  const agents = {
    chrome:
      'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36',
    edge: 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0',
    firefox: 'Mozilla/5.0 (X11; Linux x64; rv:143.0) Gecko/20100101 Firefox/143.0',
    safari:
      'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1',
    android:
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36',
  };

  it('is that of the browser in use', () => {
    const state = { ...INITIAL_STATE, ...denied, target: target() };
    const bodies = Object.entries(agents).map(([name, userAgent]) => {
      const browser = browserOf(userAgent);
      expect(browser).toBe(name);
      return noticeContent({ ...view(state), stage: 'denied', browser })?.body;
    });
    expect(new Set(bodies).size, 'each has words of its own').toBe(bodies.length);
  });
});

describe('a device that is interrupted', () => {
  const interrupted = { since: NOW, cause: 'held' } as const;

  it.each(['camera', 'microphone'] as const)('is told of: the %s', (kind) => {
    const source = { ...on(kind), interrupted } as Source;
    expect(liveNotice({ [kind]: source })).toMatchObject({
      tone: 'warning',
      title: `Your ${kind} is interrupted`,
    });
  });

  it('is no news while its user mutes it', () => {
    const microphone = { ...on('microphone', { muted: true }), interrupted } as Source;
    expect(liveNotice({ microphone })).toBeNull();
  });
});
