import type { Blow, FaultRow } from './fault-table.js';

/**
 * So many faults in a row, each struck before the broadcast is well again from those before it or
 * after, as a seed has it: the same seed gives the same blows.
 */
export function randomFaults(seed: number, count: number): FaultRow {
  const random = randomNumbers(seed);
  const breaks = Array.from({ length: count }, () => [
    ...oneFault(random),
    { do: 'wait', seconds: random() * 0.6 } as const,
  ]);
  return {
    name: `${count} random faults, seed ${seed}`,
    breaks: [...breaks.flat(), { do: 'mend' }],
    ends: 'live',
    session: 'either',
    status: 'either',
    // Only media that flows for a while gives the window back, and here it may never get the time.
    windowSeconds: 6 * 3600,
  };
}

function oneFault(random: () => number): readonly Blow[] {
  const seconds = 0.1 + random() * 0.9;
  const cutSocket: Blow = { do: 'fault', fault: { kind: 'cut-socket' } };
  const refusing = (kind: 'no-offer' | 'forbid-answer' | 'no-dtls' | 'never-connect') =>
    [{ do: 'fault', fault: { kind } }, cutSocket, { do: 'wait', seconds }, { do: 'mend' }] as const;
  const kinds: readonly (readonly Blow[])[] = [
    [cutSocket],
    [{ do: 'cut', what: 'media', seconds }],
    [{ do: 'cut', what: 'signalling', seconds }],
    [{ do: 'cut', what: 'everything', seconds }],
    [{ do: 'cut', what: 'link', seconds }],
    [{ do: 'fault', fault: { kind: 'cut-media' } }],
    [{ do: 'restart', seconds }],
    [{ do: 'fault', fault: { kind: 'not-found', count: 2 } }, cutSocket],
    refusing('no-offer'),
    refusing('forbid-answer'),
    refusing('no-dtls'),
    refusing('never-connect'),
    [{ do: 'move-address' }],
    [{ do: 'page', is: 'frozen', seconds }],
  ];
  return kinds[Math.floor(random() * kinds.length)] ?? [];
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
