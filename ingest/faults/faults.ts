import type { UplinkLimits } from './uplink.js';

/** Something that goes wrong on purpose. It lasts until it is replaced or taken away with `null`. */
export type Fault =
  /** The offer comes this late. */
  | { readonly kind: 'slow-offer'; readonly delayMs: number }
  /** `request_offer` is never answered. */
  | { readonly kind: 'no-offer' }
  /** `request_offer` is answered 404 "Cannot create offer": so many times, or for ever. */
  | { readonly kind: 'not-found'; readonly count?: number }
  /** `answer` is refused 403 "Forbidden". */
  | { readonly kind: 'forbid-answer' }
  /** The publisher's signalling socket is destroyed, once, now; media was healthy until then. */
  | { readonly kind: 'cut-socket' }
  /**
   * Every packet of the publisher's session is dropped, in and out, ICE consent too; the socket is
   * healthy. Heals after `durationMs`, or when the fault is taken away. With `scope: 'path'`
   * sessions that come later are cut as well, as on a dead network path.
   */
  | {
      readonly kind: 'cut-media';
      readonly durationMs?: number;
      readonly scope?: 'session' | 'path';
    }
  /**
   * So many of a hundred datagrams that a browser sends are lost, whatever is in them, in this
   * session and in later ones. Heals after `durationMs`, or when the fault is taken away.
   */
  | { readonly kind: 'packet-loss'; readonly percent: number; readonly durationMs?: number }
  /**
   * What a browser sends comes over a line of this rate, through a queue of `queueMs` (half a second)
   * that drops what it cannot hold, in this session and in later ones. Heals as `packet-loss` does.
   */
  | {
      readonly kind: 'slow-uplink';
      readonly kbps: number;
      readonly queueMs?: number;
      readonly durationMs?: number;
    }
  /**
   * A browser that publishes is sent no RTCP at all: no reports, no feedback, no wish for a key frame.
   * Connectivity checks are answered, in this session and in later ones.
   */
  | { readonly kind: 'no-rtcp' }
  /** New sessions: ICE checks are ignored. */
  | { readonly kind: 'never-connect' }
  /** New sessions: ICE connects, DTLS is dropped. */
  | { readonly kind: 'no-dtls' }
  /** The whole server goes away, once, now, and listens again after `downForMs`. */
  | { readonly kind: 'restart'; readonly downForMs: number }
  /** Offers carry `ice_servers` with `user_name` only. */
  | { readonly kind: 'user-name-only' }
  /** Offers carry `iceServers` with `username` only. */
  | { readonly kind: 'username-only' }
  /** Offers carry both lists, empty. */
  | { readonly kind: 'empty-ice-servers' };

/** Upper bound of every duration in a fault: ten minutes. */
const MAX_MS = 600_000;
/** Upper bound of a rate: ten gigabits a second. */
const MAX_KBPS = 10_000_000;

/** Reads a fault that came over HTTP. Throws a `TypeError` that says what is wrong with it. */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null || !('kind' in value)) {
    throw new TypeError('A fault is an object with a "kind".');
  }
  const fields: Given = { ...value };
  const kind = fields['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) {
    throw new TypeError(`Unknown kind of fault. Known: ${Object.keys(FIELDS).join(', ')}.`);
  }
  return { kind, ...FIELDS[kind as Fault['kind']](fields) } as Fault;
}

type Given = Readonly<Record<string, unknown>>;

const nothing = () => ({});

/** Reads what each kind of fault says beside its kind. */
const FIELDS: {
  readonly [Kind in Fault['kind']]: (given: Given) => Omit<Extract<Fault, { kind: Kind }>, 'kind'>;
} = {
  'slow-offer': (given) => ({ delayMs: duration(given, 'delayMs') }),
  'no-offer': nothing,
  'not-found': ({ count: given }) => (given === undefined ? {} : { count: count(given) }),
  'forbid-answer': nothing,
  'cut-socket': nothing,
  'cut-media': (given) => {
    const scope = given['scope'];
    if (scope !== undefined && scope !== 'session' && scope !== 'path') {
      throw new TypeError('"scope" is "session" or "path".');
    }
    return { ...healing(given), ...(scope === undefined ? {} : { scope }) };
  },
  'packet-loss': (given) => ({ percent: figure(given, 'percent', 100), ...healing(given) }),
  'slow-uplink': (given) => ({
    kbps: figure(given, 'kbps', MAX_KBPS),
    ...(given['queueMs'] === undefined ? {} : { queueMs: duration(given, 'queueMs') }),
    ...healing(given),
  }),
  'no-rtcp': nothing,
  'never-connect': nothing,
  'no-dtls': nothing,
  restart: (given) => ({ downForMs: duration(given, 'downForMs') }),
  'user-name-only': nothing,
  'username-only': nothing,
  'empty-ice-servers': nothing,
};

function duration(fields: Given, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && value >= 0 && value <= MAX_MS) return value;
  throw new TypeError(`"${name}" is a number of milliseconds from 0 to ${MAX_MS}.`);
}

/** When a fault heals by itself; nothing where it does not. */
function healing(fields: Given): { readonly durationMs?: number } {
  return fields['durationMs'] === undefined ? {} : { durationMs: duration(fields, 'durationMs') };
}

function figure(fields: Given, name: string, most: number): number {
  const value = fields[name];
  if (typeof value === 'number' && value > 0 && value <= most) return value;
  throw new TypeError(`"${name}" is a number above 0, up to ${most}.`);
}

function count(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new TypeError('"count" is a whole number above 0.');
}

/** How bad the way in is while this fault is in force. */
export function uplinkLimits(fault: Fault | undefined): UplinkLimits {
  if (fault?.kind === 'packet-loss') return { loss: fault.percent / 100 };
  if (fault?.kind !== 'slow-uplink') return {};
  const { kbps, queueMs } = fault;
  return { kbps, ...(queueMs === undefined ? {} : { queueMs }) };
}

/** The faults in force: one for everything, one for each stream key. */
export interface Faults {
  set(fault: Fault | null, streamKey?: string): void;
  /** The stream's own fault, else the one for everything. */
  get(streamKey: string): Fault | undefined;
  /** True if `request_offer` is to be refused now; counts the refusal. */
  takeNotFound(streamKey: string): boolean;
}

/** Starts without any fault. */
export function createFaults(): Faults {
  const byKey = new Map<string, Fault>();
  let everywhere: Fault | undefined;
  const faults: Faults = {
    set(fault, streamKey) {
      if (streamKey === undefined) everywhere = fault ?? undefined;
      else if (fault === null) byKey.delete(streamKey);
      else byKey.set(streamKey, fault);
    },
    get: (streamKey) => byKey.get(streamKey) ?? everywhere,
    takeNotFound(streamKey) {
      const fault = faults.get(streamKey);
      if (fault?.kind !== 'not-found') return false;
      if (fault.count !== undefined) {
        const left = fault.count - 1;
        const scope = byKey.has(streamKey) ? streamKey : undefined;
        faults.set(left > 0 ? { kind: 'not-found', count: left } : null, scope);
      }
      return true;
    },
  };
  return faults;
}
