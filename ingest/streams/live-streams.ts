/** Status words of the Live API. */
export type StreamStatus = 'created' | 'waiting' | 'live' | 'idle' | 'stopped' | 'deleted';

/** Why a stream stopped: somebody asked for it, or one of the 120-second rules. */
export type StopReason = 'asked' | 'no-input' | 'not-resumed';

/** Where a stream stands, and since when. Instants are ms on the rules' clock. */
export type StreamLife =
  | { readonly status: 'created' }
  | { readonly status: 'waiting'; readonly startedAt: number }
  | { readonly status: 'live'; readonly startedAt: number }
  | { readonly status: 'idle'; readonly startedAt: number; readonly lostAt: number }
  | { readonly status: 'stopped'; readonly reason: StopReason }
  | { readonly status: 'deleted' };

/** An event of a stream. `input` is the first media packet, `input-lost` the publisher's end. */
export type StreamEvent = 'start' | 'stop' | 'input' | 'input-lost' | 'time' | 'delete';

/** The two 120-second rules, which a stream may have its own seconds for. */
export interface LifeRules {
  readonly startTimeoutSeconds: number;
  readonly resumeTimeoutSeconds: number;
}

/**
 * The life of a stream as a pure function of instants: the life after `event` at `at`.
 * Returns `life` itself when nothing changes.
 */
export function nextLife(
  life: StreamLife,
  event: StreamEvent,
  at: number,
  rules: LifeRules,
): StreamLife {
  const deadline = deadlineOf(life, rules);
  if (deadline !== undefined && at >= deadline) {
    const reason = life.status === 'waiting' ? 'no-input' : 'not-resumed';
    return nextLife({ status: 'stopped', reason }, event, at, rules);
  }
  switch (event) {
    case 'start':
      return canStart(life) ? { status: 'waiting', startedAt: at } : life;
    case 'stop':
      return isStarted(life) ? { status: 'stopped', reason: 'asked' } : life;
    case 'input':
      return life.status === 'waiting' || life.status === 'idle'
        ? { status: 'live', startedAt: life.startedAt }
        : life;
    case 'input-lost':
      return life.status === 'live'
        ? { status: 'idle', startedAt: life.startedAt, lostAt: at }
        : life;
    case 'delete':
      return life.status === 'live' ? life : { status: 'deleted' };
    case 'time':
      return life;
  }
}

/** When the rules stop this stream unless something comes in, on the rules' clock. */
export function deadlineOf(life: StreamLife, rules: LifeRules): number | undefined {
  if (life.status === 'waiting') return life.startedAt + rules.startTimeoutSeconds * 1000;
  if (life.status === 'idle') return life.lostAt + rules.resumeTimeoutSeconds * 1000;
  return undefined;
}

/** A stream that has an encoder: it can be published to. */
export function isStarted(
  life: StreamLife,
): life is Extract<StreamLife, { readonly startedAt: number }> {
  return life.status === 'waiting' || life.status === 'live' || life.status === 'idle';
}

/** Only a stream without an encoder can be started; the API says 406 to a second start. */
export function canStart(life: StreamLife): boolean {
  return life.status === 'created' || life.status === 'stopped';
}
