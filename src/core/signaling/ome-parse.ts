import { BroadcastError } from '../errors.js';
import { isRecord } from '../foundation/guards.js';
import { LIMITS } from './limits.js';
import type { OmeCandidate, OmeError, OmeIceServer, OmeOffer } from './ome-messages.js';

/** A parsed frame from the server. */
export type OmeMessage =
  | { readonly kind: 'offer'; readonly offer: OmeOffer }
  | { readonly kind: 'error'; readonly error: OmeError }
  /** A command that concerns playback or peer-to-peer delivery, never ingest. */
  | { readonly kind: 'ignored' };

/**
 * Reads one frame. Unknown commands and unknown fields are tolerated, as servers of other versions
 * send them; what claims to be an offer has to be one, within `LIMITS`.
 * @throws BroadcastError `protocol-violation`; nothing else, whatever the input.
 */
export function parseOmeMessage(data: unknown): OmeMessage {
  const message = parseObject(data);
  const { command, code, error } = message;
  if (command === 'offer') return { kind: 'offer', offer: parseOffer(message) };
  if (typeof command === 'string') return { kind: 'ignored' };
  if (typeof code === 'number') {
    return {
      kind: 'error',
      error: { code, error: typeof error === 'string' ? error : '' },
    };
  }
  throw violation('a message that is neither a command nor an error');
}

/** The offer's ICE servers as the browser takes them; the standard list wins over the legacy one. */
export function selectIceServers({ iceServers, ice_servers }: OmeOffer): RTCIceServer[] {
  const list = iceServers?.length ? iceServers : (ice_servers ?? []);
  return list.map(({ urls, username, user_name, credential }) => {
    const user = username ?? user_name;
    return {
      urls: [...urls],
      ...(user === undefined ? {} : { username: user }),
      ...(credential === undefined ? {} : { credential }),
    };
  });
}

function parseObject(data: unknown): Record<string, unknown> {
  if (typeof data !== 'string') throw violation('a frame that is not text');
  if (data.length > LIMITS.frameChars) throw violation('a frame that is far too long');
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // The engine's own error repeats the frame.
    throw violation('a frame that is not JSON');
  }
  if (!isRecord(value)) throw violation('a frame that is not a JSON object');
  return value;
}

function parseOffer(message: Record<string, unknown>): OmeOffer {
  const { id, peer_id: peerId, sdp } = message;
  if (!isInteger(id)) throw violation('an offer without an integer id');
  if (!isRecord(sdp) || sdp['type'] !== 'offer' || typeof sdp['sdp'] !== 'string') {
    throw violation('an offer without an SDP offer in it');
  }
  const candidates = listOf(message['candidates']);
  checkLimits(sdp['sdp'], candidates);
  const iceServers = parseIceServers(message['iceServers']);
  const legacy = parseIceServers(message['ice_servers']);
  return {
    command: 'offer',
    id,
    peer_id: isInteger(peerId) ? peerId : 0,
    code: 200,
    sdp: { type: 'offer', sdp: sdp['sdp'] },
    candidates: candidates.filter(isCandidate),
    ...(iceServers === undefined ? {} : { iceServers }),
    ...(legacy === undefined ? {} : { ice_servers: legacy }),
  };
}

function checkLimits(sdp: string, candidates: readonly unknown[]): void {
  if (sdp.length > LIMITS.sdpChars) throw violation('a description that is far too long');
  const count = (pattern: RegExp) => sdp.match(pattern)?.length ?? 0;
  if (count(/^m=/gm) > LIMITS.sections) throw violation('a description with far too many media');
  if (candidates.length + count(/^a=candidate:/gm) > LIMITS.candidates) {
    throw violation('far too many candidates');
  }
}

function parseIceServers(value: unknown): OmeIceServer[] | undefined {
  if (!Array.isArray(value)) return undefined;
  if (value.length > LIMITS.iceServers) throw violation('far too many ICE servers');
  return value.filter(isRecord).flatMap((server) => {
    const given = typeof server['urls'] === 'string' ? [server['urls']] : listOf(server['urls']);
    if (given.length > LIMITS.iceUrls) throw violation('an ICE server with far too many addresses');
    const urls = given.filter((url): url is string => typeof url === 'string');
    if (urls.length === 0) return [];
    const texts = [...urls, server['username'], server['user_name'], server['credential']];
    if (texts.some((text) => typeof text === 'string' && text.length > LIMITS.iceChars)) {
      throw violation('an ICE server with a text that is far too long');
    }
    return [
      {
        urls,
        ...textField(server, 'username'),
        ...textField(server, 'user_name'),
        ...textField(server, 'credential'),
      },
    ];
  });
}

function textField<Name extends string>(
  record: Record<string, unknown>,
  name: Name,
): Partial<Record<Name, string>> {
  const value = record[name];
  return typeof value === 'string' ? ({ [name]: value } as Record<Name, string>) : {};
}

function isCandidate(value: unknown): value is OmeCandidate {
  if (!isRecord(value) || typeof value['candidate'] !== 'string') return false;
  const { length } = value['candidate'];
  if (length > LIMITS.candidateChars) throw violation('a candidate that is far too long');
  return length > 0;
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function violation(what: string): BroadcastError {
  return new BroadcastError(
    'protocol-violation',
    `The server sent ${what}, so it is no OvenMediaEngine, or something in between changed it. Check that the server URL is the WebRTC one.`,
  );
}
