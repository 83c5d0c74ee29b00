import { useState } from 'react';
import { Button } from './button.js';
import type { DemoFault } from './ingest-api.js';
import { breakStream, mendStream } from './ingest-api.js';

const DURATIONS = [
  { label: '10 s', ms: 10_000 },
  { label: '30 s', ms: 30_000 },
  // The server gives a broadcast up after 120 s without input.
  { label: '2½ min', ms: 150_000 },
] as const;

type Duration = (typeof DURATIONS)[number]['ms'];

/** A lasting fault holds for as long as was chosen; a cut of the socket is over at once. */
type LastingFault = Exclude<DemoFault, { readonly kind: 'cut-socket' }>;

const FAULTS: {
  readonly [Kind in LastingFault['kind']]: {
    readonly label: string;
    readonly faultFor: (durationMs: Duration) => Extract<LastingFault, { readonly kind: Kind }>;
  };
} = {
  'cut-media': {
    label: 'Cut the media',
    faultFor: (durationMs) => ({ kind: 'cut-media', durationMs, scope: 'path' }),
  },
  'packet-loss': {
    label: 'Lose a packet in five',
    faultFor: (durationMs) => ({ kind: 'packet-loss', percent: 20, durationMs }),
  },
  'slow-uplink': {
    label: 'Slow the uplink to 300 kbit/s',
    faultFor: (durationMs) => ({ kind: 'slow-uplink', kbps: 300, durationMs }),
  },
  restart: {
    label: 'Restart the server',
    faultFor: (durationMs) => ({ kind: 'restart', downForMs: durationMs }),
  },
};

/** Lets a person break the network on purpose, and watch the broadcast come back, or not. */
export function FaultsPanel({ streamId }: { readonly streamId: string }) {
  const [durationMs, setDurationMs] = useState<Duration>(DURATIONS[0].ms);
  const [problem, setProblem] = useState<string | null>(null);
  const perform = (asked: Promise<void>) => {
    asked.then(
      () => setProblem(null),
      (error: Error) => setProblem(error.message),
    );
  };
  return (
    <details className="card fold">
      <summary>
        <h2>Break something</h2>
      </summary>
      <p className="hint">
        See what you and your viewers see when the network fails. After 120 s without input the
        server stops the stream.
      </p>
      <fieldset className="row durations">
        <legend>For how long</legend>
        {DURATIONS.map(({ label, ms }) => (
          <label key={ms}>
            <input
              type="radio"
              name="fault-duration"
              checked={durationMs === ms}
              onChange={() => setDurationMs(ms)}
            />
            <bdi>{label}</bdi>
          </label>
        ))}
      </fieldset>
      <div className="row">
        {Object.values(FAULTS).map(({ label, faultFor }) => (
          <Button
            key={label}
            meaning={label}
            onPress={() => perform(breakStream(streamId, faultFor(durationMs)))}
          >
            {label}
          </Button>
        ))}
      </div>
      <div className="row">
        <Button
          meaning="cut-socket"
          onPress={() => perform(breakStream(streamId, { kind: 'cut-socket' }))}
        >
          Cut the signalling socket, once
        </Button>
        <Button meaning="mend" onPress={() => perform(mendStream(streamId))}>
          Mend it now
        </Button>
      </div>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </details>
  );
}
