import type { Network } from './connection/network.js';
import type { Log } from './foundation/logger.js';
import type { Source } from './sources/source.js';
import { SOURCE_KINDS } from './sources/source.js';
import type { BroadcasterState } from './state.js';

/** Writes one line for each change that somebody who reads the log later will ask about. */
export function logChanges(
  store: { getSnapshot(): BroadcasterState; subscribe(listener: () => void): () => void },
  log: Log,
): void {
  let before = store.getSnapshot();
  store.subscribe(() => {
    const now = store.getSnapshot();
    if (now.connection !== before.connection) logConnection(before, now, log);
    if (now.network !== before.network) logNetwork(now.network, log);
    for (const kind of SOURCE_KINDS) {
      const source = now[kind];
      const problem = problemOf(source);
      if (problem !== null && problem !== problemOf(before[kind])) {
        log('warn', `${kind}: ${problem.message}`);
      }
      if (source.status === before[kind].status) continue;
      if (source.status === 'failed') log('warn', `${kind}: ${source.error.message}`);
      else log('info', `${kind} ${source.status}`);
    }
    before = now;
  });
}

function logConnection(before: BroadcasterState, { connection }: BroadcasterState, log: Log): void {
  if (connection.status === 'failed') {
    log('error', `Failed (${connection.error.code}): ${connection.error.message}`);
  } else if (connection.status !== before.connection.status) {
    const why =
      connection.status === 'reconnecting'
        ? ` (${connection.interruption.cause}): ${connection.interruption.error.message}`
        : '';
    log('info', `Connection ${connection.status}${why}`);
  } else if ('step' in connection) {
    const { step } = connection;
    const why = 'cause' in step ? `: ${step.cause.message}` : '';
    log('debug', `Attempt ${step.phase}${why}`);
  } else if (connection.status === 'idle') {
    log('debug', `Preparation ${connection.preparation.phase}`);
  }
}

function logNetwork({ online, doubt }: Network, log: Log): void {
  log('info', online ? `Network in doubt (${doubt?.kind})` : 'Network offline');
}

function problemOf(source: Source) {
  return source.status === 'on' ? source.problem : null;
}
