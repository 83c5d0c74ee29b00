/** Where a stream stands in the ingest's rules: input within the time-out of its start, and of each interruption. */
export type IngestWindowPhase = 'not-started' | 'waiting' | 'live' | 'interrupted' | 'expired';

/** The instants the rules depend on, in epoch milliseconds; `null` where unknown or not (yet) true. */
export interface IngestWindowInput {
  readonly now: number;
  /** When the stream was started at the ingest. */
  readonly startedAt: number | null;
  /** When media was last lost, while the broadcast is interrupted. */
  readonly lostAt: number | null;
  /** Whether media flows now. */
  readonly live: boolean;
  /**
   * The stream's last status by its own server, such as `waiting` or `stopped`. It takes precedence
   * over the instants. Left out where nobody says.
   */
  readonly streamStatus?: string | null | undefined;
  /** How long the ingest waits, in seconds; both rules share it. */
  readonly timeoutSeconds: number;
}

/** The answer of `ingestWindow`. */
export interface IngestWindow {
  readonly phase: IngestWindowPhase;
  /** Whole seconds left, rounded up; `null` where no clock runs. */
  readonly remainingSeconds: number | null;
  /** Epoch milliseconds at which the ingest gives up; `null` where no clock runs. */
  readonly deadline: number | null;
  /** Share of the window that has passed, 0 to 1; `null` where no clock runs. */
  readonly progress: number | null;
}

const NO_CLOCK = { remainingSeconds: null, deadline: null, progress: null } as const;

/**
 * The 120-second rules of Qencode Live as a pure function of instants: a started stream that gets
 * no input, and a live stream that stays interrupted, is stopped once the time-out has passed.
 * A start in the future counts as a start now: the clock of another machine may be ahead.
 */
export function ingestWindow(input: IngestWindowInput): IngestWindow {
  const { live, lostAt, startedAt, streamStatus } = input;
  if (live) return { phase: 'live', ...NO_CLOCK };
  if (streamStatus === 'stopped' || streamStatus === 'deleted') {
    return { phase: 'expired', remainingSeconds: 0, deadline: null, progress: 1 };
  }
  // It is unknown which input it had, and until when.
  if (streamStatus === 'idle' && lostAt === null) return { ...NO_CLOCK, phase: 'interrupted' };
  const answer = byInstants(lostAt, startedAt, input);
  const isSaidToRun =
    streamStatus === 'waiting' || streamStatus === 'live' || streamStatus === 'idle';
  if (answer.phase !== 'expired' || !isSaidToRun) return answer;
  return { ...NO_CLOCK, phase: lostAt === null ? 'waiting' : 'interrupted' };
}

function byInstants(
  lostAt: number | null,
  startedAt: number | null,
  input: IngestWindowInput,
): IngestWindow {
  if (lostAt !== null) return running('interrupted', lostAt, input);
  if (startedAt !== null) return running('waiting', startedAt, input);
  return { phase: 'not-started', ...NO_CLOCK };
}

function running(
  phase: 'interrupted' | 'waiting',
  since: number,
  { now, timeoutSeconds }: IngestWindowInput,
): IngestWindow {
  const windowMs = timeoutSeconds * 1000;
  const deadline = Math.min(since, now) + windowMs;
  const leftMs = Math.max(0, deadline - now);
  return {
    phase: leftMs > 0 ? phase : 'expired',
    remainingSeconds: Math.ceil(leftMs / 1000),
    deadline,
    progress: windowMs > 0 ? 1 - leftMs / windowMs : 1,
  };
}
