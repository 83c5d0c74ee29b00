import { randomInt } from 'node:crypto';
import type { WebSocket } from 'ws';
import { LIMITS } from '../options/limits.js';
import type { OfferedCandidate } from '../webrtc/ingest-peer.js';
import type { OmeError, OmeOffer } from './ome-messages.js';

const PING_MS = 20_000;
const IDLE_MS = 60_000;
const CHECK_MS = 5000;
/** RFC 6455 section 7.4.1. */
const MESSAGE_TOO_BIG = 1009;

/** A command as it came in; every field is still to be checked. */
export type RawCommand = Readonly<Record<string, unknown>> & { readonly command: unknown };

/** The handlers of an endpoint for the commands of one socket. */
export interface OmeHandler {
  requestOffer(): Promise<void>;
  answer(sdp: string): Promise<void>;
  stop(): Promise<void>;
  /** The sender went beyond what is taken of anybody, and was refused with these words. */
  exceeded(words: string): void;
  closed(): Promise<void>;
}

/** One signalling socket: framing, the checks every command goes through, keep-alive. */
export interface OmeConnection {
  /** The id that every command but `request_offer` must echo. */
  id: number;
  /** Grows with every offer on this socket, as OvenMediaEngine's does. */
  readonly candidates: OfferedCandidate[];
  send(message: object): void;
  refuse(code: number, error: string): void;
  /** Ends the TCP connection without a close frame, which is all OvenMediaEngine ever does. */
  destroy(): void;
}

/**
 * Serves one socket by the rules of OvenMediaEngine (rtc_signalling_server.cpp): the id is checked
 * before the command's name, nonsense gets no reply at all, and the socket stays open after an
 * error unless `closeOnError`.
 */
export function serveOmeConnection(
  socket: WebSocket,
  closeOnError: boolean,
  createHandler: (connection: OmeConnection) => OmeHandler,
): OmeConnection {
  let heardAt = Date.now();
  let pingedAt = Date.now();
  const connection: OmeConnection = {
    id: randomInt(1, 2 ** 31 - 1),
    candidates: [],
    send(message) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
    refuse(code, error) {
      const message: OmeError = { code, error };
      if (socket.readyState !== socket.OPEN) return;
      socket.send(JSON.stringify(message), () => {
        if (closeOnError) connection.destroy();
      });
    },
    destroy: () => socket.terminate(),
  };
  const exceed = (words: string) => {
    const message: OmeError = { code: 400, error: words };
    socket.pause();
    socket.send(JSON.stringify(message), () => connection.destroy());
    handler.exceeded(words);
  };
  // The library would send a close frame; OvenMediaEngine drops the connection instead.
  socket.close = (code) => {
    if (code === MESSAGE_TOO_BIG) exceed(`A frame of more than ${LIMITS.frameBytes} bytes`);
    else socket.terminate();
  };
  const handler = createHandler(connection);
  // One command after the other: an answer must not overtake the offer it waits for.
  let queue = Promise.resolve();
  let waiting = 0;
  let candidates = 0;
  const take = (command: RawCommand) => {
    candidates += countCandidates(command);
    const excess = excessOf(command, { candidates, waiting });
    if (excess !== undefined) return exceed(excess);
    waiting += 1;
    queue = queue
      .then(() => dispatch(command, connection, handler))
      .catch(() => {})
      .finally(() => {
        waiting -= 1;
      });
  };
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - heardAt >= IDLE_MS) connection.destroy();
    else if (now - pingedAt >= PING_MS) {
      pingedAt = now;
      socket.ping('OvenMediaEngine');
    }
  }, CHECK_MS);
  const heard = () => {
    heardAt = Date.now();
  };
  socket.on('pong', heard);
  socket.on('ping', heard);
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => {
    if (socket.isPaused) return;
    heard();
    const command = isBinary ? undefined : parseCommand(String(data));
    if (command !== undefined) take(command);
  });
  socket.on('close', () => {
    clearInterval(timer);
    handler.closed().catch(() => {});
  });
  return connection;
}

function countCandidates({ command, candidates }: RawCommand & { candidates?: unknown }): number {
  return command === 'candidate' && Array.isArray(candidates) ? candidates.length : 0;
}

/** Says in words which limit a command exceeds; `undefined` if none. */
function excessOf(
  command: RawCommand,
  { candidates, waiting }: { readonly candidates: number; readonly waiting: number },
): string | undefined {
  if (waiting >= LIMITS.waitingCommands) {
    return `More than ${LIMITS.waitingCommands} commands at once`;
  }
  const { sdp } = readSdp(command['sdp']);
  const listed = command.command === 'answer' ? (sdp ?? '') : '';
  if (listed.length > LIMITS.descriptionLength) {
    return `A description of more than ${LIMITS.descriptionLength} characters`;
  }
  const inDescription = listed.split('a=candidate:').length - 1;
  return Math.max(candidates, inDescription) > LIMITS.candidates
    ? `More than ${LIMITS.candidates} candidates`
    : undefined;
}

async function dispatch(
  command: RawCommand,
  connection: OmeConnection,
  handler: OmeHandler,
): Promise<void> {
  if (command.command === 'request_offer') return handler.requestOffer();
  if (command['id'] !== connection.id) return connection.refuse(400, 'Invalid ID');
  switch (command.command) {
    case 'answer': {
      const { sdp, problem } = readSdp(command['sdp']);
      return sdp === undefined ? connection.refuse(400, problem) : handler.answer(sdp);
    }
    case 'candidate': {
      const problem = candidateProblem(command['candidates']);
      return problem === undefined ? undefined : connection.refuse(400, problem);
    }
    case 'stop':
      return handler.stop();
    default:
      return connection.refuse(400, `Unknown command: ${String(command.command)}`);
  }
}

function parseCommand(text: string): RawCommand | undefined {
  try {
    const message: unknown = JSON.parse(text);
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message);
    return isObject && 'command' in message ? { ...message } : undefined;
  } catch {
    return undefined;
  }
}

function readSdp(
  value: unknown,
): { sdp: string; problem?: never } | { sdp?: never; problem: string } {
  if (typeof value !== 'object' || value === null) return { problem: 'There is no SDP' };
  const { type, sdp }: { type?: unknown; sdp?: unknown } = value;
  if (type !== 'answer') return { problem: 'Invalid SDP type' };
  return typeof sdp === 'string' ? { sdp } : { problem: 'SDP must be a string' };
}

/** The form is checked as OvenMediaEngine checks it; the candidates themselves are never used. */
function candidateProblem(candidates: unknown): string | undefined {
  if (candidates === undefined) return 'There is no candidate list';
  if (!Array.isArray(candidates)) return 'Candidates must be array';
  const list: readonly unknown[] = candidates;
  for (const entry of list) {
    const { candidate: text }: { candidate?: unknown } = Object(entry);
    if (text === '' || text === undefined || text === null) continue;
    const usable =
      typeof text === 'string' && text.startsWith('candidate:') && text.split(' ').length >= 7;
    if (!usable) return `Invalid candidate: ${String(text)}`;
  }
  return undefined;
}

/**
 * Offers `sdp`. The candidates of earlier offers on the same socket stay in the list, as they do on
 * the real server; `lists` are the ICE servers, where there are any.
 */
export function sendOffer(
  connection: OmeConnection,
  sdp: string,
  candidates: readonly OfferedCandidate[],
  lists: Pick<OmeOffer, 'iceServers' | 'ice_servers'> = {},
): void {
  connection.candidates.push(...candidates);
  const offer: OmeOffer = {
    command: 'offer',
    id: connection.id,
    peer_id: 0,
    code: 200,
    sdp: { type: 'offer', sdp },
    candidates: [...connection.candidates],
    ...lists,
  };
  connection.send(offer);
}
