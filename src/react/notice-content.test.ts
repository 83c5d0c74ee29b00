import { describe, expect, it } from 'vitest';
import type { BroadcastErrorCode, BroadcasterState } from '../core/index.js';
import { INITIAL_STATE, ingestWindow } from '../core/index.js';
import { failed, failure, SOURCES_ON, target } from '../testing/sample-states.js';
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
  const clock = ingestWindow({
    now: NOW,
    startedAt: null,
    lostAt: null,
    live: false,
    timeoutSeconds: 120,
  });
  return noticeContent({
    state,
    stage: stageOf(state, { phase: clock.phase, renewed: false }),
    start: { isPossible: true, isPending: false, problem: null },
    clock,
    isSlow: false,
    health: { level: 'unknown', reasons: [] },
    warning: null,
    output: 'unknown',
    browser: 'chrome',
    messages: MESSAGES,
  });
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
