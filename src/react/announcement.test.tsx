import { act, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BroadcasterState, Gap, ResumeStep } from '../core/index.js';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import {
  failure,
  GOOD_STATS,
  gapOf,
  SOURCES_ON,
  stageStates,
  target,
} from '../testing/sample-states.js';
import type { GlassVerdict } from './glass/glass-verdict.js';
import { GlassCheck } from './parts/index.js';
import { WebRTCBroadcaster } from './webrtc-broadcaster.js';

const world = vi.hoisted(() => ({
  verdict: { kind: 'off' } as GlassVerdict,
  look: () => {},
}));

vi.mock('./glass/use-glass-check.js', async () => {
  const { useReducer } = await import('react');
  return {
    useGlassCheck({ isLive }: { readonly isLive: boolean }) {
      [, world.look] = useReducer((count: number) => count + 1, 0);
      return isLive ? world.verdict : ({ kind: 'off' } satisfies GlassVerdict);
    },
  };
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A page with the component and a glass check, and all that its live regions say, in order. */
function page() {
  const fake = createFakeBroadcaster({ target: target() });
  const { container } = render(
    <>
      <WebRTCBroadcaster broadcaster={fake} />
      <GlassCheck broadcaster={fake} />
    </>,
  );
  const heard: string[] = [];
  const regions = () => [...container.querySelectorAll('[role=status], [role=alert], [aria-live]')];
  const listen = () => {
    for (const region of regions()) {
      const words = region.textContent ?? '';
      if (words !== '' && words !== heard.at(-1)) heard.push(words);
    }
  };
  return {
    heard,
    regions,
    move(state: Partial<BroadcasterState>, ms = 1_000) {
      act(() => fake.setState(state));
      listen();
      for (let passed = 0; passed < ms; passed += 1_000) {
        act(() => vi.advanceTimersByTime(1_000));
        listen();
      }
    },
    see(verdict: GlassVerdict, ms = 1_000) {
      world.verdict = verdict;
      act(() => world.look());
      this.move({}, ms);
    },
  };
}

it('tells a whole broadcast in one voice, one text for each change', () => {
  const { heard, regions, move, ...rest } = page();
  const see = rest.see.bind({ move });
  const at = Date.now();
  const live = {
    connection: {
      status: 'live',
      since: at,
      sessionId: 2,
      sent: { video: 'taken', audio: 'taken' },
      recoveringFrom: null,
    },
    stats: GOOD_STATS,
  } as const satisfies Partial<BroadcasterState>;
  const lost = (gap: Partial<Gap>, step: ResumeStep) =>
    ({
      connection: {
        status: 'reconnecting',
        since: at,
        gap: {
          ...gapOf('silence', { lostAt: Date.now(), cause: failure('media-lost') }),
          attempt: 0,
          ...gap,
        },
        step,
      },
      network: { online: true, doubt: null },
    }) as const satisfies Partial<BroadcasterState>;
  const opening = stageStates(at)['asking'] ?? {};

  move({ camera: opening.camera ?? SOURCES_ON.camera });
  move({ ...SOURCES_ON, target: target() });
  move({ connection: stageStates(Date.now())['connecting']?.connection ?? live.connection }, 2_000);
  move(live);
  see({ kind: 'nothing' }, 4_000);
  see({ kind: 'seen', behindSeconds: 5 });
  see({ kind: 'seen', behindSeconds: 4 }, 30_000);

  const lostAt = Date.now();
  const held = { sessionId: 2, hasPath: true } as const;
  move(lost({ lostAt, windowFrom: lostAt }, { phase: 'probing', ...held }));
  move(lost({ lostAt, windowFrom: lostAt }, { phase: 'holding', ...held }));
  see({ kind: 'frozen', since: lostAt }, 3_000);
  move(
    {
      ...lost({ trouble: 'offline', lostAt, windowFrom: lostAt }, { phase: 'holding', ...held }),
      network: { online: false, doubt: null },
    },
    8_000,
  );
  for (let attempt = 1; attempt < 8; attempt += 1) {
    const cause = failure('unreachable');
    const gap = { lostAt, windowFrom: lostAt, cause, attempt };
    move(lost(gap, { phase: 'signaling', sessionId: 3 }));
    move(lost(gap, { phase: 'waiting', nextTryAt: Date.now() + 1_000, cause }));
  }
  move(live);
  // A playback that is behind stands still for a while after the broadcast is back.
  see({ kind: 'frozen', since: lostAt }, 8_000);
  see({ kind: 'seen', behindSeconds: 5 }, 20_000);
  move(
    {
      connection: { status: 'idle', preparation: { phase: 'none' } },
      stats: { status: 'unknown' },
    },
    5_000,
  );

  expect(heard).toEqual([
    'Answer the browser’s question. It is near the address bar, at the top of the window. Choose Allow.',
    'Ready to go live',
    'Connecting',
    'You are live',
    'Viewers see you',
    'Connection lost. Viewers are about to see a freeze. Nothing comes back from the ingest. Asking the ingest whether it can be reached.',
    'Connection lost. Viewers see a freeze. Your network is gone. Looking for the network. You go on as soon as it is back.',
    'You are live again',
    'You are off air',
  ]);
  expect(regions()).toHaveLength(1);
});

it('tells of a playback that stands still for good, once, and of its end', () => {
  const { heard, move, ...rest } = page();
  const see = rest.see.bind({ move });
  see({ kind: 'seen', behindSeconds: 4 }, 0);
  move({ ...SOURCES_ON, ...stageStates(Date.now())['live'] }, 30_000);
  heard.length = 0;
  see({ kind: 'frozen', since: Date.now() }, 3_000);
  see({ kind: 'seen', behindSeconds: 4 }, 10_000);
  expect(heard).toEqual(['Viewers see you']);
  see({ kind: 'frozen', since: Date.now() }, 12_000);
  see({ kind: 'seen', behindSeconds: 4 }, 10_000);
  expect(heard).toEqual([
    'Viewers see you',
    'Viewers may see a freeze. You are sending, but the playback on this page stands still. If it stays so, stop and go live again.',
    'Viewers get everything again',
  ]);
});

it('counts what is left before it is too late, and says what then happened', () => {
  const { heard, move } = page();
  const lostAt = Date.now();
  const lost = stageStates(lostAt)['reconnecting'] ?? {};
  if (lost.connection?.status !== 'reconnecting') throw new Error('It is not lost.');
  const gap = { ...lost.connection.gap, lostAt, windowFrom: lostAt };
  move({ ...SOURCES_ON, ...stageStates(lostAt)['live'] });
  heard.length = 0;
  move({ connection: { ...lost.connection, gap } }, 119_000);
  const error = failure('resume-expired');
  move({ connection: { status: 'failed', error, endedAt: Date.now() } });
  expect(heard.slice(1)).toEqual([
    '60 seconds left to resume',
    '30 seconds left to resume',
    '10 seconds left to resume',
    'Viewers can no longer see you. The ingest waited 120 seconds, then ended the stream. Start it again to go on.',
  ]);
  expect(heard[0]).toContain('The ingest still holds your last session');
});
