import { describe, expect, it } from 'vitest';
import { type GlassLook, type GlassVerdict, glassVerdict } from './glass-verdict.js';

const FLOWING: GlassLook = {
  isLive: true,
  lastFrameAgoMs: 30,
  flowingForMs: 5_000,
  behindSeconds: 2.4,
};
const SEEN: GlassVerdict = { kind: 'seen', behindSeconds: 2.4 };
const FROZEN: GlassVerdict = { kind: 'frozen', frozenForMs: 4_000 };

describe('glassVerdict', () => {
  it.each<[string, GlassVerdict, Partial<GlassLook>, GlassVerdict]>([
    ['nothing is broadcast', SEEN, { isLive: false }, { kind: 'off' }],
    ['no frame came yet', { kind: 'off' }, { lastFrameAgoMs: null }, { kind: 'nothing' }],
    ['frames come', { kind: 'nothing' }, {}, SEEN],
    [
      'frames come, and nobody knows how late',
      SEEN,
      { behindSeconds: null },
      { kind: 'seen', behindSeconds: null },
    ],
    ['there is a short pause', SEEN, { lastFrameAgoMs: 1_499 }, SEEN],
    [
      'there is a long pause',
      SEEN,
      { lastFrameAgoMs: 1_500 },
      { kind: 'frozen', frozenForMs: 1_500 },
    ],
    ['a single frame comes in a freeze', FROZEN, { flowingForMs: 0 }, FROZEN],
    ['frames come again for a second', FROZEN, { flowingForMs: 1_000 }, SEEN],
  ])('when %s', (_, before, look, verdict) => {
    expect(glassVerdict(before, { ...FLOWING, ...look })).toEqual(verdict);
  });
});
