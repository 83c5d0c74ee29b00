import { act, render } from '@testing-library/react';
import fc from 'fast-check';
import { useReducer } from 'react';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BroadcasterState, Source } from '../core/index.js';
import type { FakeBroadcaster } from '../testing/fake-broadcaster.js';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import { failed, on, stageStates, statsOf } from '../testing/sample-states.js';
import { MESSAGES } from './messages.js';
import * as Broadcaster from './parts/index.js';
import type { PlaybackVerdict } from './playback-check/playback-verdict.js';
import { useBroadcasterState } from './use-broadcaster-state.js';
import type { StartProps } from './use-notice.js';
import type { ErrorWords } from './words/notice-words.js';

const NOW = Date.now();

/** The verdict of the playback check, and whether every delay is over; set by each situation. */
const staged = vi.hoisted(() => ({
  verdict: { kind: 'off' } as PlaybackVerdict,
  isLate: true,
  start: { canStart: true } as StartProps,
  look: () => {},
  show: () => {},
}));

vi.mock('./playback-check/use-playback-check.js', async () => {
  const { useReducer } = await import('react');
  return {
    usePlaybackCheck({ isLive }: { readonly isLive: boolean }) {
      [, staged.look] = useReducer((count: number) => count + 1, 0);
      return isLive ? staged.verdict : ({ kind: 'off' } satisfies PlaybackVerdict);
    },
  };
});
vi.mock('./use-clock.js', async (original) => ({
  ...(await original<object>()),
  useHasPassed: (at: number | null) => at !== null && staged.isLate,
}));

/** Everything that can be true or false of a broadcast, and that no two texts may differ about. */
type Question = 'sent' | 'frozen' | 'picture' | 'fine' | 'over' | 'current' | 'taken' | 'startable';
type Claims = Readonly<Partial<Record<Question, boolean>>>;

const FINE = { sent: true, fine: true, frozen: false, current: true, over: false } as const;
const WARNS = { sent: true, fine: false } as const;
const IDLE = { sent: false, over: false } as const;
const OVER = { sent: false, over: true, taken: false } as const;
const UNSTARTED = { ...IDLE, startable: false } as const;
const UNSEEN = { picture: false } as const;

/** The claims of each text; a text that claims nothing is left out. */
const CLAIMS: Readonly<Partial<Record<keyof typeof MESSAGES, Claims>>> = {
  pillAsking: IDLE,
  pillNoCamera: { ...IDLE, ...UNSEEN },
  pillNoMicrophone: IDLE,
  pillReady: { ...IDLE, taken: false, startable: true },
  pillPreview: { ...IDLE, startable: false },
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
  noTargetTitle: { sent: false, startable: false },
  notStartedTitle: UNSTARTED,
  startingTitle: { sent: false, startable: false },
  startFailedTitle: { sent: false, startable: false },
  runningTitle: UNSTARTED,
  stillRunningTitle: { ...IDLE, taken: false },
  elsewhereTitle: { over: false, taken: true },
  overTitle: { ...OVER, startable: false },
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
  playbackOff: { sent: false },
  playbackNothing: { frozen: false },
  playbackCatchingUp: { frozen: false },
  playbackBefore: { frozen: false, sent: false },
  playbackWaiting: { sent: false },
  playbackDark: UNSEEN,
  playbackOther: { sent: false, over: false, taken: true },
  playbackSeen: { frozen: false, picture: true, over: false },
  playbackSeenBehind: { frozen: false, picture: true, over: false },
  playbackFrozen: { frozen: true, fine: false },
};

/** The claims of each text that is only spoken. */
const SPOKEN_CLAIMS: typeof CLAIMS = {
  sayReady: { ...IDLE, taken: false, startable: true },
  sayStopped: { sent: false, fine: false },
  sayConnecting: IDLE,
  sayLive: { sent: true, over: false, taken: false },
  sayLiveAgain: { sent: true, over: false, taken: false },
  sayUnstarted: UNSTARTED,
  saySecondsToStart: IDLE,
  saySecondsToResume: { sent: false, over: false },
  sayRecovered: { sent: true, fine: true },
  saySeen: { frozen: false, picture: true, sent: true },
};

const REASONS: Readonly<Partial<Record<keyof typeof MESSAGES.reasons, Claims>>> = {
  'no-answer': { sent: false, fine: false },
  'camera-lost': { ...WARNS, ...UNSEEN },
  'microphone-lost': WARNS,
  'picture-refused': { ...WARNS, ...UNSEEN },
  'sound-refused': WARNS,
  'output-frozen': { ...WARNS, frozen: true },
  'no-picture': { ...WARNS, ...UNSEEN },
  'picture-black': { ...WARNS, ...UNSEEN },
  'picture-still': WARNS,
  'no-sound': WARNS,
  'network-loss': WARNS,
};

const escaped = (template: string) =>
  template
    .replace(/[.*+?^$()[\]\\|]/g, '\\$&')
    .replace(/\{\w+\}/g, '[\\d:.]+')
    .replace(/\\\.$/, '');
const whole = (template: string) => new RegExp(`^${escaped(template)}\\.?$`);
const sentence = (template: string) => new RegExp(`(?:^|[.!?…] )${escaped(template)}(?=[.!?…]|$)`);

type Known = readonly (readonly [RegExp, Claims])[];
const known = (claims: typeof CLAIMS, pattern: (template: string) => RegExp): Known => [
  ...Object.entries(claims).map(
    ([name, each]) => [pattern(String(MESSAGES[name as keyof typeof CLAIMS])), each] as const,
  ),
  ...Object.entries(REASONS).map(([name, each]) => {
    const words: ErrorWords = MESSAGES.reasons[name as keyof typeof REASONS];
    return [pattern(words.title), each] as const;
  }),
];
const KNOWN = known(CLAIMS, whole);
const HEARD = known({ ...CLAIMS, ...SPOKEN_CLAIMS }, sentence);

/** The texts that a person sees, each as the element that holds it says it. */
function visibleTexts(root: Element): readonly string[] {
  const parts =
    '.wb-pill, .wb-poster, .wb-notice-title, .wb-health-word, .wb-health-near, .wb-playback > span, .wb-stats-old';
  return [...root.querySelectorAll(parts)]
    .flatMap((element) => (element.textContent ?? '').split(' · '))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** Which texts contradict each other, of those that are seen and of what is `heard` with them. */
function contradictions(root: Element, heard = ''): readonly string[] {
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
    for (const [words, claims] of KNOWN) if (words.test(text)) claim(text, claims);
  }
  for (const [words, claims] of HEARD) if (words.test(heard)) claim(heard, claims);
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

const VERDICTS: readonly PlaybackVerdict[] = [
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
  readonly verdict: PlaybackVerdict;
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
      const playback = { verdict, isLate };
      const seen = `${JSON.stringify(verdict)}${isLate ? ' late' : ''}`;
      for (const [stage, state] of Object.entries(stages)) {
        for (const word of WORDS) {
          if (stage === 'taken' && word !== 'live') continue;
          // A server that calls a stream over that is live has yet to be heard by the broadcaster.
          const isOurs = stage === 'live' || stage === 'reconnecting';
          if (isOurs && word === 'stopped') continue;
          const stream = { word, isOurs, clockOffsetMs: 0 };
          yield { name: `${stage} ${word} ${seen}`, state: { ...state, stream }, ...playback };
        }
      }
    }
  }
}

/** The changes of a broadcast, each by itself. */
interface Conditions {
  readonly stage: string;
  readonly picture: string;
  readonly sound: string;
  readonly measured: string;
  readonly sent: (typeof SENT)[number];
  readonly word: (typeof WORDS)[number];
  readonly verdict: PlaybackVerdict;
  readonly isLate: boolean;
  readonly online: boolean;
  readonly start: StartProps;
  readonly hasTarget: boolean;
}

const STAGES = Object.keys(stageStates(NOW)).filter((stage) => stage !== 'taken');
const STARTS: readonly StartProps[] = [
  {},
  { canStart: true },
  { canStart: true, isStarting: true },
  { canStart: true, startProblem: 'Wait a minute.' },
];
const BEFORE: Conditions = {
  stage: 'blank',
  picture: 'on',
  sound: 'on',
  measured: 'good',
  sent: SENT[0],
  word: null,
  verdict: { kind: 'nothing' },
  isLate: false,
  online: true,
  start: {},
  hasTarget: true,
};

const one = <Name extends keyof Conditions>(name: Name, ...values: readonly Conditions[Name][]) =>
  fc.constantFrom(...values).map((value) => ({ [name]: value }) as Partial<Conditions>);
const change = fc.oneof(
  { weight: 3, arbitrary: one('stage', ...STAGES) },
  { weight: 2, arbitrary: one('stage', 'live', 'reconnecting') },
  { weight: 2, arbitrary: one('picture', ...Object.keys(PICTURES)) },
  { weight: 2, arbitrary: one('sound', ...Object.keys(SOUNDS)) },
  { weight: 2, arbitrary: one('measured', ...Object.keys(STATS)) },
  { weight: 1, arbitrary: one('sent', ...SENT) },
  { weight: 2, arbitrary: one('word', ...WORDS) },
  { weight: 3, arbitrary: one('verdict', ...VERDICTS) },
  { weight: 1, arbitrary: one('isLate', true, false) },
  { weight: 1, arbitrary: one('online', true, false) },
  { weight: 2, arbitrary: one('start', ...STARTS) },
  { weight: 2, arbitrary: one('hasTarget', true, false) },
);

/** The state of the broadcaster in `now`; `wasOurs` says whose the stream was until then. */
function stateIn(now: Conditions, wasOurs: boolean): Partial<BroadcasterState> {
  const { stage, sent, online } = now;
  const state = stageStates(NOW)[stage] ?? {};
  const { connection } = state;
  const isOn = stage === 'live' || stage === 'reconnecting';
  // A server that calls a stream over that is live has yet to be heard by the broadcaster.
  const word = isOn && now.word === 'stopped' ? 'idle' : now.word;
  const isOurs = isOn || (wasOurs && (word === null || word === 'live' || word === 'waiting'));
  const isIdle = connection === undefined || connection.status === 'idle';
  const hasSources = !['blank', 'asking', 'denied'].includes(stage);
  const stats = STATS[now.measured] ?? { status: 'unknown' };
  return {
    ...state,
    ...(hasSources && { camera: PICTURES[now.picture], microphone: SOUNDS[now.sound] }),
    ...(isIdle && !now.hasTarget && { target: { status: 'unset' } }),
    ...(connection?.status === 'live' && { connection: { ...connection, sent } }),
    stats: isOn ? (stage === 'live' ? stats : old(stats)) : { status: 'unknown' },
    stream: { word, isOurs, clockOffsetMs: 0 },
    network: { online, doubt: null },
  } as Partial<BroadcasterState>;
}

describe('one truth', () => {
  let fake: FakeBroadcaster;
  let root: Element;
  const blank = createFakeBroadcaster().getSnapshot();

  beforeEach(() => {
    fake = createFakeBroadcaster();
    root = render(<Parts fake={fake} />).container;
  });
  afterAll(() => vi.restoreAllMocks());

  it('is told by every part: no two visible texts contradict each other', () => {
    const wrong: string[] = [];
    let told = 0;
    let claims = 0;
    for (const { name, state, verdict, isLate } of situations()) {
      Object.assign(staged, { verdict, isLate });
      act(() => {
        staged.look();
        fake.setState({ ...blank, ...state });
      });
      // The other parts follow the verdict of the playback check.
      wrong.push(...contradictions(root).map((found) => `${name}: ${found}`));
      told += 1;
      claims += visibleTexts(root).filter((text) =>
        KNOWN.some(([words]) => words.test(text)),
      ).length;
    }
    expect(wrong).toEqual([]);
    expect(told).toBeGreaterThan(400);
    // Each situation is told by several texts that claim something.
    expect(claims).toBeGreaterThan(3 * told);
  }, 120_000);

  it('is kept on any way from one situation to another, in what is heard as well', () => {
    const heard = new Set<string>();
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 25 }), (changes) => {
        let now = BEFORE;
        let isOurs = false;
        const enter = () => {
          Object.assign(staged, now);
          const state = { ...blank, ...stateIn(now, isOurs) };
          isOurs = state.stream.isOurs;
          const before = root.querySelector('.wb-announcer > span');
          act(() => {
            staged.look();
            staged.show();
            fake.setState(state);
          });
          const words = root.querySelector('.wb-announcer > span');
          const said = words === before ? '' : (words?.textContent ?? '');
          if (said !== '') heard.add(said);
          expect(contradictions(root, said)).toEqual([]);
        };
        enter();
        for (const each of changes) {
          // Only what was live is lost.
          const isSudden = each.stage === 'reconnecting' && now.stage !== 'live';
          now = { ...now, ...each, ...(isSudden && { stage: 'live' }) };
          enter();
        }
      }),
      { numRuns: 50, seed: 12 },
    );
    expect(heard.size).toBeGreaterThan(20);
  }, 120_000);

  it('would be noticed if it were not', () => {
    const page = document.createElement('div');
    page.innerHTML =
      '<span class="wb-pill">LIVE 0:00:12</span><p class="wb-notice-title">Connection lost. Viewers see a freeze.</p>';
    expect(contradictions(page)).toHaveLength(1);
    page.innerHTML = '<span class="wb-pill">LIVE 0:00:12</span>';
    expect(contradictions(page)).toEqual([]);
    expect(contradictions(page, 'You are off air. Your stream has ended.')).not.toEqual([]);
  });
});

function Parts({ fake }: { readonly fake: FakeBroadcaster }) {
  [, staged.show] = useReducer((count: number) => count + 1, 0);
  return (
    <Broadcaster.Root broadcaster={fake}>
      <Broadcaster.Preview>
        <Broadcaster.StatusPill />
        <Broadcaster.ClockPill />
      </Broadcaster.Preview>
      <Broadcaster.Notice {...staged.start} />
      <Broadcaster.Announcer {...staged.start} />
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
  return <Broadcaster.PlaybackCheck live={word === 'live'} />;
}
