import { useState } from 'react';
import type { DemoFault } from './ingest-api.js';
import { breakStream } from './ingest-api.js';

const FAULTS: readonly { readonly label: string; readonly fault: DemoFault }[] = [
  { label: 'Cut the media for 10 s', fault: { kind: 'cut-media', durationMs: 10_000 } },
  { label: 'Cut the signalling socket', fault: { kind: 'cut-socket' } },
  { label: 'Restart the ingest, 5 s down', fault: { kind: 'restart', downForMs: 5_000 } },
];

/** Lets a person break the network on purpose, and watch the broadcast come back. */
export function FaultsPanel({ streamId }: { readonly streamId: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <details className="card fold">
      <summary>
        <h2>Break something</h2>
      </summary>
      <p className="hint">See what you and your viewers see when the network fails.</p>
      <div className="row">
        {FAULTS.map(({ label, fault }) => (
          <button
            key={label}
            type="button"
            className="button"
            onClick={() => {
              breakStream(streamId, fault).then(
                () => setProblem(null),
                (error: Error) => setProblem(error.message),
              );
            }}
          >
            {label}
          </button>
        ))}
      </div>
      {problem !== null && <p className="problem">{problem}</p>}
    </details>
  );
}
