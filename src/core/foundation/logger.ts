/** How much a line matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line of the log: never a key, token or credential. `at` is epoch milliseconds. */
export interface LogEntry {
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
}

/** Writes one line. */
export type Log = (level: LogLevel, message: string) => void;

/** A log that hands its lines to `sink` as long as there is one; a sink that throws is ignored. */
export function createLog(sink: () => ((entry: LogEntry) => void) | undefined): Log {
  return (level, message) => {
    try {
      sink()?.({ at: Date.now(), level, message });
    } catch {
      // The app's own logger must not be able to end a broadcast.
    }
  };
}
