import * as z from 'zod';
import { objectOf, oneOf } from '../validation/read-as.js';
import type { UplinkLimits } from './uplink.js';

/** Something that goes wrong on purpose. It lasts until it is replaced or taken away with `null`. */
export type Fault =
  /** The offer comes this late; over WHIP the answer does. */
  | { readonly kind: 'slow-offer'; readonly delayMs: number }
  /** `request_offer`, or WHIP's POST, is never answered. */
  | { readonly kind: 'no-offer' }
  /** `request_offer` is answered 404 "Cannot create offer", POST 404: so many times, or for ever. */
  | { readonly kind: 'not-found'; readonly count?: number }
  /** `answer`, or POST, is refused 403 "Forbidden". */
  | { readonly kind: 'forbid-answer' }
  /** The publisher's signalling socket is destroyed, once, now; media was healthy until then. */
  | { readonly kind: 'cut-socket' }
  /**
   * The publisher's session is forgotten, once, now, and its name is free; nobody is told, whatever
   * comes for it is not heard, and a socket stays open.
   */
  | { readonly kind: 'drop-session' }
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
   * The media of a browser comes over a line of this rate, through a queue of `queueMs` (half a second)
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
  | IceServersFault
  | WhipFault;

/** A request of WHIP that a fault is about. */
export type WhipMethod = 'POST' | 'PATCH' | 'DELETE';

/** Something that goes wrong in WHIP alone; over a socket it does nothing. */
export type WhipFault =
  /** POST is sent on to the stream's other address, on this origin or, by another name, on another. */
  | { readonly kind: 'redirect'; readonly status?: 307 | 308; readonly to?: 'same' | 'other' }
  /**
   * A request is refused with this status: so many times, or for ever. Its body is plain words, a page
   * of HTML, problem details (RFC 9457), or eight megabytes.
   */
  | {
      readonly kind: 'refuse';
      readonly status: number;
      /** Default POST. */
      readonly method?: WhipMethod;
      readonly count?: number;
      readonly retryAfterSeconds?: number;
      /** Default 'text'. */
      readonly body?: 'text' | 'html' | 'problem' | 'huge';
      /** Leave out the CORS headers, as OvenMediaEngine before 0.20 does: a page cannot read the status. */
      readonly withoutCors?: boolean;
    }
  /** PATCH is answered so late. */
  | { readonly kind: 'slow-patch'; readonly delayMs: number }
  /** The 201 is not as OvenMediaEngine's is. The session behind it is a good one. */
  | {
      readonly kind: 'odd-answer';
      /** Where the session is: by a whole URL, a path, relative to the address, or nowhere. */
      readonly location?: 'absolute' | 'path' | 'relative' | 'missing';
      readonly etag?: 'quoted' | 'bare' | 'missing';
      /** Another status, with the same body. */
      readonly status?: number;
      readonly contentType?: string;
      /**
       * Instead of the answer: a page of HTML, nothing, eight megabytes, the answer to another offer,
       * or half of it and then silence.
       */
      readonly body?: 'html' | 'empty' | 'huge' | 'of-another-offer' | 'unfinished';
    };

/** Something that is wrong with the ICE servers in an offer. */
export type IceServersFault =
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
const COUNT_WORDS = '"count" is a whole number above 0.';
const STATUS_WORDS = '"status" is a whole number from 400 to 599.';
const ODD_WORDS = '"status" is a whole number from 200 to 299.';
const TYPE_WORDS = '"contentType" is up to 128 printable characters.';

const duration = (name: string) => {
  const words = `"${name}" is a number of milliseconds from 0 to ${MAX_MS}.`;
  return z.number(words).min(0, words).max(MAX_MS, words);
};
const figure = (name: string, most: number) => {
  const words = `"${name}" is a number above 0, up to ${most}.`;
  return z.number(words).positive(words).max(most, words);
};
const nothing = objectOf('fault', {});
const counted = z.int(COUNT_WORDS).positive(COUNT_WORDS).exactOptional();
/** When a fault heals by itself; nothing where it does not. */
const healing = { durationMs: duration('durationMs').exactOptional() };

/** The fields of each kind of fault, beside its kind. */
const FIELDS: {
  readonly [Kind in Fault['kind']]: z.ZodType<Omit<Extract<Fault, { kind: Kind }>, 'kind'>>;
} = {
  'slow-offer': objectOf('fault', { delayMs: duration('delayMs') }),
  'no-offer': nothing,
  'not-found': objectOf('fault', { count: counted }),
  'forbid-answer': nothing,
  'cut-socket': nothing,
  'drop-session': nothing,
  'cut-media': objectOf('fault', {
    ...healing,
    scope: z.enum(['session', 'path'], '"scope" is "session" or "path".').exactOptional(),
  }),
  'packet-loss': objectOf('fault', { ...healing, percent: figure('percent', 100) }),
  'slow-uplink': objectOf('fault', {
    ...healing,
    kbps: figure('kbps', MAX_KBPS),
    queueMs: duration('queueMs').exactOptional(),
  }),
  'no-rtcp': nothing,
  'never-connect': nothing,
  'no-dtls': nothing,
  restart: objectOf('fault', { downForMs: duration('downForMs') }),
  'user-name-only': nothing,
  'username-only': nothing,
  'empty-ice-servers': nothing,
  redirect: objectOf('fault', {
    status: z.literal([307, 308], '"status" is 307 or 308.').exactOptional(),
    to: oneOf('to', ['same', 'other']).exactOptional(),
  }),
  refuse: objectOf('fault', {
    status: z.int(STATUS_WORDS).min(400, STATUS_WORDS).max(599, STATUS_WORDS),
    method: oneOf('method', ['POST', 'PATCH', 'DELETE']).exactOptional(),
    count: counted,
    retryAfterSeconds: figure('retryAfterSeconds', MAX_MS / 1000).exactOptional(),
    body: oneOf('body', ['text', 'html', 'problem', 'huge']).exactOptional(),
    withoutCors: z.boolean('"withoutCors" is true or false.').exactOptional(),
  }),
  'slow-patch': objectOf('fault', { delayMs: duration('delayMs') }),
  'odd-answer': objectOf('fault', {
    location: oneOf('location', ['absolute', 'path', 'relative', 'missing']).exactOptional(),
    etag: oneOf('etag', ['quoted', 'bare', 'missing']).exactOptional(),
    status: z.int(ODD_WORDS).min(200, ODD_WORDS).max(299, ODD_WORDS).exactOptional(),
    contentType: z
      .string(TYPE_WORDS)
      .regex(/^[\x20-\x7e]{0,128}$/, TYPE_WORDS)
      .exactOptional(),
    body: oneOf('body', [
      'html',
      'empty',
      'huge',
      'of-another-offer',
      'unfinished',
    ]).exactOptional(),
  }),
};

/** Reads a fault that came over HTTP. Throws a `TypeError` that says what is wrong with it. */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null || !('kind' in value)) {
    throw new TypeError('A fault is an object with a "kind".');
  }
  const { kind } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) {
    throw new TypeError(`Unknown kind of fault. Known: ${Object.keys(FIELDS).join(', ')}.`);
  }
  const { data, error } = FIELDS[kind as Fault['kind']].safeParse(value);
  if (error === undefined) return { kind, ...data } as Fault;
  throw new TypeError(error.issues[0]?.message);
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
  /** How this request of WHIP is to be refused now, if it is; counts the refusal. */
  takeRefusal(streamKey: string, method: WhipMethod): WhipRefusal | undefined;
}

/** A request of WHIP that is refused. */
export type WhipRefusal = Extract<WhipFault, { kind: 'refuse' }>;

/** Starts without any fault. */
export function createFaults(): Faults {
  const byKey = new Map<string, Fault>();
  let everywhere: Fault | undefined;
  /** One refusal less. */
  const countDown = (fault: Extract<Fault, { count?: number }>, streamKey: string) => {
    if (fault.count === undefined) return;
    const scope = byKey.has(streamKey) ? streamKey : undefined;
    faults.set(fault.count > 1 ? { ...fault, count: fault.count - 1 } : null, scope);
  };
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
      countDown(fault, streamKey);
      return true;
    },
    takeRefusal(streamKey, method) {
      const fault = faults.get(streamKey);
      if (fault?.kind !== 'refuse' || (fault.method ?? 'POST') !== method) return undefined;
      countDown(fault, streamKey);
      return fault;
    },
  };
  return faults;
}
