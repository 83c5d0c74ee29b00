import { act, render } from '@testing-library/react';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BroadcasterState, Source } from '../core/index.js';
import type { FakeBroadcaster } from '../testing/fake-broadcaster.js';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import { failed, on, stageStates, statsOf } from '../testing/sample-states.js';
import type { GlassVerdict } from './glass/glass-verdict.js';
import type { ErrorWords } from './messages.js';
import { MESSAGES } from './messages.js';
import * as Broadcaster from './parts/index.js';
import { useBroadcasterState } from './use-broadcaster-state.js';

const NOW = Date.now();

/** What the glass check sees, and whether what takes its time has had it; set by each situation. */
const world = vi.hoisted(() => ({
  verdict: { kind: 'off' } as GlassVerdict,
  isLate: true,
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
vi.mock('./use-clock.js', async (original) => ({
  ...(await original<object>()),
  useHasPassed: (at: number | null) => at !== null && world.isLate,
}));

/** Everything that can be true or false of a broadcast, and that no two texts may differ about. */
type Question = 'sent' | 'frozen' | 'picture' | 'fine' | 'over' | 'current' | 'taken';
type Claims = Readonly<Partial<Record<Question, boolean>>>;

const FINE = { sent: true, fine: true, frozen: false, current: true, over: false } as const;
const WARNS = { sent: true, fine: false } as const;
const IDLE = { sent: false, over: false } as const;
const OVER = { sent: false, over: true, taken: false } as const;
const UNSEEN = { picture: false } as const;

/** What each text claims; a text that claims nothing is left out. */
const CLAIMS: Readonly<Partial<Record<keyof typeof MESSAGES, Claims>>> = {
  pillAsking: IDLE,
  pillNoCamera: { ...IDLE, ...UNSEEN },
  pillNoMicrophone: IDLE,
  pillReady: { ...IDLE, taken: false },
  pillTaken: { ...IDLE, taken: true },
  pillConnecting: IDLE,
  pillLive: { sent: true, over: false, taken: false },
  pillReconnecting: { sent: false, fine: false, taken: false },
  pillExpired: OVER,
  pillFailed: { sent: false },
  clockWaiting: IDLE,
  clockInterrupted: { sent: false, over: false },
  posterMuted: UNSEEN,
  posterNoCamera: UNSEEN,
  askTitle: { ...IDLE, ...UNSEEN },
  noTargetTitle: IDLE,
  notStartedTitle: IDLE,
  runningTitle: IDLE,
  stillRunningTitle: { ...IDLE, taken: false },
  elsewhereTitle: { over: false, taken: true },
  overTitle: OVER,
  takenTitle: { ...IDLE, taken: true },
  soonTitle: IDLE,
  connectingTitle: { ...IDLE, ...UNSEEN },
  lostTitle: { sent: false, frozen: true, fine: false },
  lostSoonTitle: { sent: false, fine: false },
  expiredTitle: { ...OVER, ...UNSEEN },
  missedTitle: { ...OVER, ...UNSEEN },
  noMicrophoneTitle: { sent: false },
  noCameraTitle: { sent: false, ...UNSEEN },
  healthExcellent: FINE,
  healthGood: FINE,
  healthFair: WARNS,
  healthPoor: WARNS,
  healthStalled: { sent: false, fine: false },
  healthLost: { sent: false, fine: false },
  healthMuted: { sent: true, ...UNSEEN },
  healthNoPicture: UNSEEN,
  statsOld: { current: false },
  glassOff: { sent: false },
  glassNothing: { frozen: false },
  glassCatchingUp: { frozen: false },
  glassBefore: { frozen: false, sent: false },
  glassWaiting: { sent: false },
  glassDark: UNSEEN,
  glassOther: { sent: false, over: false, taken: true },
  glassSeen: { frozen: false, picture: true, over: false },
  glassSeenBehind: { frozen: false, picture: true, over: false },
  glassFrozen: { frozen: true, fine: false },
};

const REASONS: Readonly<Partial<Record<keyof typeof MESSAGES.reasons, Claims>>> = {
  'no-answer': { sent: false, fine: false },
  'camera-lost': { ...WARNS, ...UNSEEN },
  'microphone-lost': WARNS,
  'picture-refused': { ...WARNS, ...UNSEEN },
  'sound-refused': WARNS,
  'output-frozen': { ...WARNS, frozen: true },
  'no-picture': { ...WARNS, ...UNSEEN },
  'no-sound': WARNS,
  'network-loss': WARNS,
};

const pattern = (template: string) =>
  new RegExp(
    `^${template.replace(/[.*+?^$()[\]\\|]/g, '\\$&').replace(/\{\w+\}/g, '[\\d:.]+')}\\.?$`,
  );
const KNOWN: readonly (readonly [RegExp, Claims])[] = [
  ...Object.entries(CLAIMS).map(
    ([name, claims]) => [pattern(String(MESSAGES[name as keyof typeof CLAIMS])), claims] as const,
  ),
  ...Object.entries(REASONS).map(([name, claims]) => {
    const words: ErrorWords = MESSAGES.reasons[name as keyof typeof REASONS];
    return [pattern(words.title), claims] as const;
  }),
];

/** The texts that a person sees, each as the element that holds it says it. */
function visibleTexts(root: Element): readonly string[] {
  const parts =
    '.wb-pill, .wb-poster, .wb-notice-title, .wb-health-word, .wb-health-near, .wb-glass > span, .wb-stats-old';
  return [...root.querySelectorAll(parts)]
    .flatMap((element) => (element.textContent ?? '').split(' · '))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function contradictions(root: Element): readonly string[] {
  const said = new Map<string, string>();
  const found: string[] = [];
  const claim = (text: string, claims: Claims) => {
    for (const [question, answer] of Object.entries(claims)) {
      const other = said.get(`${question} ${!answer}`);
      if (other !== undefined) found.push(`${question}: “${text}” beside “${other}”`);
      said.set(`${question} ${answer}`, text);
    }
  };
  for (const text of visibleTexts(root)) {
    for (const [known, claims] of KNOWN) if (known.test(text)) claim(text, claims);
  }
  const rate = root.querySelector('.wb-clock-pill[data-state=sending]')?.textContent;
  if (typeof rate === 'string') claim(rate, { current: true, sent: true });
  return found;
}

const choice = { deviceId: null, muted: false } as const;
const PICTURES: Readonly<Record<string, Source>> = {
  on: on('camera'),
  hidden: on('camera', { muted: true }),
  lost: failed('device-lost'),
  denied: failed('permission-denied'),
  excluded: { ...choice, status: 'excluded' },
  opening: { ...choice, status: 'opening', request: 1, after: null },
};
const SOUNDS: Readonly<Record<string, Source>> = {
  on: on('microphone'),
  muted: on('microphone', { muted: true }),
  lost: failed('device-lost'),
  excluded: { ...choice, status: 'excluded' },
};

const seconds = (patch: object) => statsOf(...Array<object>(12).fill(patch));
const old = (stats: BroadcasterState['stats']) =>
  stats.status === 'sampled' ? { ...stats, isCurrent: false } : stats;
const STATS: Readonly<Record<string, BroadcasterState['stats']>> = {
  none: { status: 'unknown' },
  good: seconds({}),
  lossy: seconds({ lossShare: 0.2 }),
  silent: seconds({ silentMs: 4_000 }),
  'no picture': seconds({ framesPerSecond: 0 }),
  old: old(seconds({})),
};

const VERDICTS: readonly GlassVerdict[] = [
  { kind: 'nothing' },
  { kind: 'seen', behindSeconds: 4 },
  { kind: 'seen', behindSeconds: null },
  { kind: 'frozen', since: NOW - 12_000 },
  { kind: 'paused' },
];
const WORDS = [null, 'waiting', 'live', 'idle', 'stopped'] as const;

interface Situation {
  readonly name: string;
  readonly state: Partial<BroadcasterState>;
  readonly verdict: GlassVerdict;
  readonly isLate: boolean;
}

const SENT = [
  { video: 'taken', audio: 'taken' },
  { video: 'refused', audio: 'taken' },
] as const;

function* situations(): Generator<Situation> {
  const stages = stageStates(NOW);
  for (const verdict of VERDICTS) {
    for (const isLate of [true, false]) {
      const glass = { verdict, isLate };
      const seen = `${JSON.stringify(verdict)}${isLate ? ' late' : ''}`;
      for (const [stage, state] of Object.entries(stages)) {
        for (const word of WORDS) {
          if (stage === 'taken' && word !== 'live') continue;
          // A server that calls a stream over that is live has yet to be heard by the broadcaster.
          const isOurs = stage === 'live' || stage === 'reconnecting';
          if (isOurs && word === 'stopped') continue;
          const stream = { word, isOurs, clockOffsetMs: 0 };
          yield { name: `${stage} ${word} ${seen}`, state: { ...state, stream }, ...glass };
        }
      }
      for (const stage of ['ready', 'live', 'reconnecting', 'connecting']) {
        for (const [picture, camera] of Object.entries(PICTURES)) {
          for (const [sound, microphone] of Object.entries(SOUNDS)) {
            const state = { ...stages[stage], camera, microphone };
            yield { name: `${stage} ${picture} ${sound} ${seen}`, state, ...glass };
          }
        }
      }
      for (const stage of ['live', 'reconnecting']) {
        for (const [measured, stats] of Object.entries(STATS)) {
          const known = stage === 'live' ? stats : old(stats);
          yield {
            name: `${stage} ${measured} ${seen}`,
            state: { ...stages[stage], stats: known },
            ...glass,
          };
        }
      }
      for (const sent of SENT) {
        const { connection } = stages['live'] ?? {};
        if (connection?.status !== 'live') throw new Error('It is not live.');
        const state = { ...stages['live'], connection: { ...connection, sent } };
        yield { name: `live ${JSON.stringify(sent)} ${seen}`, state, ...glass };
      }
    }
  }
}

describe('one truth', () => {
  let fake: FakeBroadcaster;
  let root: Element;
  const blank = createFakeBroadcaster().getSnapshot();

  beforeAll(() => {
    fake = createFakeBroadcaster();
    root = render(<Parts fake={fake} />).container;
  });
  afterAll(() => vi.restoreAllMocks());

  it('is told by every part: no two visible texts contradict each other', () => {
    const wrong: string[] = [];
    let told = 0;
    let claims = 0;
    for (const { name, state, verdict, isLate } of situations()) {
      Object.assign(world, { verdict, isLate });
      act(() => {
        world.look();
        fake.setState({ ...blank, ...state });
      });
      // What the glass check has seen is heard by the other parts.
      wrong.push(...contradictions(root).map((found) => `${name}: ${found}`));
      told += 1;
      claims += visibleTexts(root).filter((text) =>
        KNOWN.some(([known]) => known.test(text)),
      ).length;
    }
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThan(1_000);
    // Each situation is told by several texts that claim something.
    expect(claims).toBeGreaterThan(3 * told);
  }, 120_000);

  it('would be noticed if it were not', () => {
    const page = document.createElement('div');
    page.innerHTML =
      '<span class="wb-pill">LIVE 0:00:12</span><p class="wb-notice-title">Connection lost. Viewers see a freeze.</p>';
    expect(contradictions(page)).toHaveLength(1);
  });
});

function Parts({ fake }: { readonly fake: FakeBroadcaster }) {
  return (
    <Broadcaster.Root broadcaster={fake}>
      <Broadcaster.Preview>
        <Broadcaster.StatusPill />
        <Broadcaster.ClockPill />
      </Broadcaster.Preview>
      <Broadcaster.Notice canStart />
      <Broadcaster.HealthLine />
      <Broadcaster.HealthBadge />
      <Broadcaster.StatsPanel />
      <Glass />
    </Broadcaster.Root>
  );
}

const selectWord = ({ stream }: BroadcasterState) => stream.word;

/** Looked at also where only the server says that the stream is live. */
function Glass() {
  const word = useBroadcasterState(selectWord);
  return <Broadcaster.GlassCheck live={word === 'live'} />;
}
