import type { Fault } from '../ingest/index.js';
import type { HealthReason } from '../src/core/index.js';
import type { Cut } from './network-namespace.js';

/** One thing that is done to a broadcast. Seconds are the wall clock's, at full length. */
export type Blow =
  /** The way to the ingest is broken, and mended after `seconds`. */
  | { readonly do: 'cut'; readonly what: Cut; readonly seconds: number }
  /** The ingest misbehaves, until it is mended. */
  | { readonly do: 'fault'; readonly fault: Fault }
  /** The ingest is killed, and back after `seconds`. */
  | { readonly do: 'restart'; readonly seconds: number }
  /** The publisher's machine gets another address, and loses the old one. */
  | { readonly do: 'move-address' }
  /** A router on the way gives the publisher's media another port, and forgets the one before it. */
  | { readonly do: 'rebind' }
  /** Until the verdict names one of these, and no more picture is sent than `atMostKbps`. */
  | {
      readonly do: 'be-judged';
      readonly reasons: readonly HealthReason[];
      readonly atMostKbps: number;
    }
  /**
   * The page is `hidden` behind another one, its scripts stand still (`frozen`), as in a machine
   * that sleeps, or run many times slower (`starved`); and this befalls it meanwhile.
   */
  | {
      readonly do: 'page';
      readonly is: PageCondition;
      readonly seconds: number;
      readonly during?: readonly Blow[];
    }
  /** The page is loaded again, and its app goes live again. */
  | { readonly do: 'reload' }
  /** Every fault of the ingest is over. */
  | { readonly do: 'mend' }
  | { readonly do: 'wait'; readonly seconds: number };

/** The protocols that can signal a broadcast. */
export type Protocol = 'ome' | 'whip';

/** Faults of the publisher's page itself. */
export type PageCondition = 'hidden' | 'frozen' | 'starved';

/** One row of the fault table: what is broken, and what must hold then. */
export interface FaultRow {
  readonly name: string;
  readonly breaks: readonly Blow[];
  /** How the broadcast must be when it is over. */
  readonly ends: 'live' | 'resume-expired';
  /** Whether the session with the ingest must be the one from before. */
  readonly session: 'same' | 'new' | 'either';
  /** `unbroken`: the status never leaves live. `broken`: it must; `broken-once`: and for once only. */
  readonly status: 'unbroken' | 'broken' | 'broken-once' | 'either';
  /**
   * How many times faster the ordinary run goes: the row's own seconds, the ingest's clock of the
   * rules (120 s, and 30 s for a ghost) and the kit's resume window alike. The browser's clocks are not scaled.
   */
  readonly scale?: number;
  /** The causes that a break may name first; not looked at where there are none. */
  readonly noticedBy?: readonly string[];
  /** The congestion control that the ingest takes part in. Default 'remb'. */
  readonly congestionControl?: 'transport-cc';
  /** A proxy before the signalling ends a socket that nothing passes over for so long. */
  readonly proxyIdleSeconds?: number;
  /** The protocol that signals the broadcast. Default: OvenMediaEngine's socket. */
  readonly protocol?: Protocol;
  /** The page must be one that can be hidden. */
  readonly hides?: true;
  /** How soon it must be noticed and over, in the long runs on a machine that does nothing else. */
  readonly figures?: {
    readonly noticedMs?: Figure;
    readonly recoveredMs?: Figure;
  };
  /** The resume window of both sides, in seconds. Default 120. */
  readonly windowSeconds?: number;
}

/** Upper limits, in milliseconds. */
export interface Figure {
  readonly median: number;
  readonly worst: number;
}

/** The ingest is there, or there again: live within a second, two at worst. */
const SOON: Figure = { median: 1_000, worst: 2_000 };
/** The path is back: media flows at once. */
const AT_ONCE: Figure = { median: 300, worst: 300 };
/** The path is back after the browser would have given it up. */
const HELD: Figure = { median: 1_500, worst: 1_500 };
/** A path that is dead for good is replaced once a cut of eight seconds would be over. */
const REPLACED: Figure = { median: 10_000, worst: 10_000 };
/** Chromium waits some six seconds before it says that its checks are not answered. */
const UNANSWERED: Figure = { median: 8_000, worst: 9_000 };
/** Nothing comes back any more. */
const SILENCE: Figure = { median: 1_500, worst: 1_500 };

const CUT_SOCKET: Blow = { do: 'fault', fault: { kind: 'cut-socket' } };
const DROP_SESSION: Blow = { do: 'fault', fault: { kind: 'drop-session' } };

/** The socket of a live broadcast is cut, and the ingest does not take the broadcast back: for ever, or for so long. */
function refusing(fault: Fault, seconds?: number): readonly Blow[] {
  // The refusal first: the broadcast may be back before the second blow.
  const refuse: readonly Blow[] = [{ do: 'fault', fault }, CUT_SOCKET];
  return seconds === undefined ? refuse : [...refuse, { do: 'wait', seconds }, { do: 'mend' }];
}

/** Everything that a broadcast must survive, and how it must. */
export const FAULT_TABLE: readonly FaultRow[] = [
  {
    name: 'ingest restarted, down 1 s',
    breaks: [{ do: 'restart', seconds: 1 }],
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
    figures: { recoveredMs: SOON },
  },
  {
    name: 'ingest restarted, down 5 s',
    breaks: [{ do: 'restart', seconds: 5 }],
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
    figures: { recoveredMs: SOON },
  },
  {
    name: 'ingest restarted, down 30 s',
    breaks: [{ do: 'restart', seconds: 30 }],
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
    scale: 3,
    figures: { recoveredMs: SOON },
  },
  {
    name: 'socket cut',
    breaks: [CUT_SOCKET],
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
    figures: { recoveredMs: SOON },
  },
  {
    name: 'signalling silent 5 s',
    breaks: [{ do: 'cut', what: 'signalling', seconds: 5 }],
    ends: 'live',
    session: 'same',
    status: 'unbroken',
  },
  {
    name: 'media path cut 2 s',
    breaks: [{ do: 'cut', what: 'media', seconds: 2 }],
    ends: 'live',
    session: 'either',
    noticedBy: ['silence'],
    status: 'either',
    figures: { noticedMs: SILENCE, recoveredMs: AT_ONCE },
  },
  {
    name: 'media path cut 8 s',
    breaks: [{ do: 'cut', what: 'media', seconds: 8 }],
    ends: 'live',
    session: 'same',
    noticedBy: ['silence'],
    status: 'broken',
    figures: { noticedMs: SILENCE, recoveredMs: HELD },
  },
  {
    name: 'way out cut 12 s, reports still come in',
    breaks: [{ do: 'cut', what: 'uplink', seconds: 12 }],
    ends: 'live',
    session: 'same',
    noticedBy: ['silence'],
    status: 'broken',
    figures: { noticedMs: UNANSWERED, recoveredMs: HELD },
  },
  {
    name: 'way in cut 5 s, media still arrives',
    breaks: [{ do: 'cut', what: 'downlink', seconds: 5 }],
    ends: 'live',
    session: 'same',
    noticedBy: ['silence'],
    status: 'broken',
    figures: { noticedMs: SILENCE, recoveredMs: AT_ONCE },
  },
  {
    // Small packets pass: the path answers, and the verdict says that packets are lost.
    name: 'large packets lost 5 s',
    breaks: [{ do: 'cut', what: 'large-packets', seconds: 5 }],
    ends: 'live',
    session: 'same',
    status: 'either',
  },
  {
    name: 'media path cut 20 s',
    breaks: [{ do: 'cut', what: 'media', seconds: 20 }],
    ends: 'live',
    session: 'new',
    noticedBy: ['silence'],
    status: 'broken',
    scale: 2,
    figures: { noticedMs: SILENCE },
  },
  {
    name: 'media path cut 60 s',
    breaks: [{ do: 'cut', what: 'media', seconds: 60 }],
    ends: 'live',
    session: 'new',
    noticedBy: ['silence'],
    status: 'broken',
    scale: 4,
    figures: { noticedMs: SILENCE },
  },
  {
    name: 'media of this session cut for good',
    breaks: [{ do: 'fault', fault: { kind: 'cut-media' } }],
    ends: 'live',
    session: 'new',
    noticedBy: ['silence'],
    status: 'broken',
    figures: { noticedMs: SILENCE, recoveredMs: REPLACED },
  },
  {
    name: 'media and signalling cut 5 s',
    breaks: [{ do: 'cut', what: 'everything', seconds: 5 }],
    ends: 'live',
    session: 'same',
    noticedBy: ['silence'],
    status: 'either',
    figures: { noticedMs: SILENCE, recoveredMs: AT_ONCE },
  },
  {
    name: 'media and signalling cut 20 s',
    breaks: [{ do: 'cut', what: 'everything', seconds: 20 }],
    ends: 'live',
    session: 'same',
    noticedBy: ['silence'],
    status: 'broken',
    figures: { noticedMs: SILENCE, recoveredMs: HELD },
  },
  {
    name: 'address changed',
    breaks: [{ do: 'move-address' }],
    ends: 'live',
    session: 'new',
    noticedBy: ['silence', 'network-changed', 'socket-closed', 'offline'],
    status: 'broken',
    scale: 4,
  },
  {
    name: 'ingest says busy for 30 s',
    breaks: refusing({ kind: 'not-found' }, 30),
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
    scale: 4,
  },
  {
    name: 'ingest says 404 for ever',
    breaks: refusing({ kind: 'not-found' }),
    ends: 'resume-expired',
    session: 'same',
    noticedBy: ['socket-closed'],
    status: 'broken',
    scale: 12,
  },
  {
    name: 'offers that never come, for 5 s',
    breaks: refusing({ kind: 'no-offer' }, 5),
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
  },
  {
    name: 'answers refused for 5 s',
    breaks: refusing({ kind: 'forbid-answer' }, 5),
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
  },
  {
    name: 'DTLS that never completes, for 5 s',
    breaks: refusing({ kind: 'no-dtls' }, 5),
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
  },
  {
    name: 'ingest that sends no RTCP, for 12 s',
    breaks: refusing({ kind: 'no-rtcp' }, 12),
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken-once',
  },
  {
    name: 'port of the publisher changed by a router',
    breaks: [{ do: 'rebind' }],
    ends: 'live',
    session: 'same',
    noticedBy: ['silence'],
    status: 'either',
  },
  {
    name: 'slow uplink with a queue of 3 s',
    breaks: [
      { do: 'fault', fault: { kind: 'slow-uplink', kbps: 500, queueMs: 3_000 } },
      {
        do: 'be-judged',
        reasons: ['network-slow', 'network-delay', 'network-loss'],
        atMostKbps: 500,
      },
      { do: 'mend' },
    ],
    ends: 'live',
    session: 'same',
    status: 'unbroken',
    congestionControl: 'transport-cc',
  },
  {
    name: 'proxy that ends a socket idle for 12 s',
    breaks: [{ do: 'wait', seconds: 14 }],
    ends: 'live',
    session: 'same',
    status: 'unbroken',
    proxyIdleSeconds: 12,
  },
  {
    name: 'offline 3 s, and online',
    breaks: [{ do: 'cut', what: 'link', seconds: 3 }],
    ends: 'live',
    session: 'either',
    noticedBy: ['offline', 'silence', 'socket-closed'],
    status: 'either',
  },
  {
    name: 'page asleep 5 s, socket cut meanwhile',
    breaks: [{ do: 'page', is: 'frozen', seconds: 5, during: [CUT_SOCKET] }],
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed', 'woke-up'],
    status: 'broken',
  },
  {
    name: 'tab hidden 5 s, socket cut meanwhile',
    breaks: [{ do: 'page', is: 'hidden', seconds: 5, during: [CUT_SOCKET] }],
    ends: 'live',
    session: 'new',
    noticedBy: ['socket-closed'],
    status: 'broken',
    hides: true,
  },
  {
    name: 'CPU starved 5 s',
    breaks: [{ do: 'page', is: 'starved', seconds: 5 }],
    ends: 'live',
    session: 'same',
    status: 'unbroken',
  },
  {
    name: 'page loaded again',
    breaks: [{ do: 'reload' }],
    ends: 'live',
    session: 'new',
    status: 'either',
  },
  {
    // Nothing of the page that is left arrives any more: the ingest holds its session as a ghost.
    name: 'address changed, and page loaded again',
    breaks: [{ do: 'move-address' }, { do: 'reload' }],
    ends: 'live',
    session: 'new',
    status: 'either',
    scale: 4,
  },
];

/**
 * The same row over WHIP, where no socket stays open. In place of a socket that is cut the ingest
 * forgets the session; and whatever a socket's end would have told is told by the silence of a path,
 * which is given eight seconds before it is replaced.
 */
export function overWhip(row: FaultRow): FaultRow {
  const { noticedBy, figures, ...rest } = row;
  const tellsBySocket = noticedBy?.includes('socket-closed') ?? false;
  return {
    ...rest,
    protocol: 'whip',
    name: `${row.name}, over WHIP`,
    breaks: row.breaks.map(withoutSocket),
    ...(noticedBy === undefined
      ? {}
      : { noticedBy: noticedBy.map((cause) => (cause === 'socket-closed' ? 'silence' : cause)) }),
    ...(figures === undefined
      ? {}
      : { figures: tellsBySocket ? { ...figures, recoveredMs: REPLACED } : figures }),
  };
}

function withoutSocket(blow: Blow): Blow {
  if (blow.do === 'page' && blow.during !== undefined) {
    return { ...blow, during: blow.during.map(withoutSocket) };
  }
  return blow.do === 'fault' && blow.fault.kind === 'cut-socket' ? DROP_SESSION : blow;
}

/** The rows that ordinary runs play over WHIP too: those in which it differs most. */
export const WHIP_ROWS: readonly FaultRow[] = FAULT_TABLE.filter(({ name }) =>
  ['ingest restarted, down 1 s', 'media path cut 8 s', 'address changed'].includes(name),
).map(overWhip);
