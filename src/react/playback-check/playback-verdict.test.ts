import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlaybackLook, PlaybackVerdict } from './playback-verdict.js';
import { playbackVerdict } from './playback-verdict.js';

const NOW = 100_000;
const FLOWING: PlaybackLook = {
  now: NOW,
  isLive: true,
  isPaused: false,
  watchedSince: 0,
  lastFrameAt: NOW - 40,
  flowingSince: NOW - 5000,
  behindSeconds: 4.2,
};
const OFF: PlaybackVerdict = { kind: 'off' };
const verdict = (look: Partial<PlaybackLook>, before: PlaybackVerdict = OFF) =>
  playbackVerdict(before, { ...FLOWING, ...look });

const SEEN: PlaybackVerdict = { kind: 'seen', behindSeconds: 4 };
const FROZEN: PlaybackVerdict = { kind: 'frozen', since: NOW - 7000 };

describe('playbackVerdict', () => {
  it.each([
    ['not live', { isLive: false }, OFF, 'off'],
    ['not live any more', { isLive: false }, SEEN, 'off'],
    ['paused by the person', { isPaused: true }, SEEN, 'paused'],
    ['live, and no picture yet', { lastFrameAt: null, flowingSince: null }, OFF, 'nothing'],
    ['pictures', {}, OFF, 'seen'],
    ['the first picture after none', {}, { kind: 'nothing' }, 'seen'],
    ['pictures after a pause', {}, { kind: 'paused' }, 'seen'],
    ['a picture 1.5 s ago', { lastFrameAt: NOW - 1500 }, SEEN, 'seen'],
    ['no picture for longer', { lastFrameAt: NOW - 1501 }, SEEN, 'frozen'],
    ['one picture after a freeze', { flowingSince: NOW - 40 }, FROZEN, 'frozen'],
    ['pictures for a second after a freeze', { flowingSince: NOW - 1000 }, FROZEN, 'seen'],
    ['a hidden page', { watchedSince: null, lastFrameAt: 0 }, SEEN, 'seen'],
    ['a hidden page, frozen before', { watchedSince: null }, FROZEN, 'frozen'],
    ['a page just shown again', { watchedSince: NOW - 100, lastFrameAt: 0 }, SEEN, 'seen'],
    [
      'a page shown again, no picture',
      { watchedSince: NOW - 1501, lastFrameAt: 0 },
      SEEN,
      'frozen',
    ],
    [
      'a page just shown, that saw none before',
      { watchedSince: NOW - 100, lastFrameAt: 0 },
      { kind: 'paused' },
      'paused',
    ],
  ] as const)('%s', (_, input, before, kind) => {
    expect(verdict(input, before).kind).toBe(kind);
  });

  it('counts a freeze from the last picture', () => {
    expect(verdict({ lastFrameAt: NOW - 7000 }, SEEN)).toEqual(FROZEN);
  });

  it.each([
    [null, 0.43, 0.4],
    [0.4, 0.46, 0.4],
    [0.4, 0.48, 0.5],
    [null, 4.2, 4],
    [4, 4.6, 4],
    [4, 4.8, 5],
    [5, 4.4, 5],
    [5, 4.2, 4],
    [1.9, 2.2, 1.9],
    [0.4, -3, 0],
    [4, null, null],
    [4, Number.NaN, null],
    [4, Number.POSITIVE_INFINITY, null],
  ])('shows %s, then measures %s, and shows %s', (shown, measured, expected) => {
    const before = { kind: 'seen', behindSeconds: shown } as const;
    const after = { kind: 'seen', behindSeconds: expected };
    expect(verdict({ behindSeconds: measured }, before)).toEqual(after);
  });

  it('is the same object while it says the same, whatever it saw', () => {
    const instant = fc.option(fc.integer({ min: 0, max: NOW }), { nil: null });
    fc.assert(
      fc.property(
        fc.record({
          now: fc.constant(NOW),
          isLive: fc.boolean(),
          isPaused: fc.boolean(),
          watchedSince: instant,
          lastFrameAt: instant,
          flowingSince: instant,
          behindSeconds: fc.option(fc.double(), { nil: null }),
        }),
        (input) => {
          const first = playbackVerdict(OFF, input);
          expect(playbackVerdict(first, input)).toBe(first);
        },
      ),
    );
  });
});
