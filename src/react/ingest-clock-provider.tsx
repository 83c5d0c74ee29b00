import type { ReactNode } from 'react';
import { useState } from 'react';
import type { BroadcasterState } from '../core/index.js';
import { selectLostAt } from '../core/index.js';
import { IngestClockContext, StageContext } from './context.js';
import { stageOf } from './stage.js';
import { useBroadcasterState } from './use-broadcaster-state.js';
import { useIngestTimeout } from './use-ingest-timeout.js';

const selectConnection = ({ connection }: BroadcasterState) => connection;
const selectTarget = ({ target }: BroadcasterState) => target;
const selectStreamWord = ({ stream }: BroadcasterState) => stream.word;

/** Runs the one clock of a root and works out its stage, for all parts inside. */
export function IngestClockProvider({ children }: { readonly children: ReactNode }) {
  const connection = useBroadcasterState(selectConnection);
  const target = useBroadcasterState(selectTarget);
  const streamWord = useBroadcasterState(selectStreamWord);
  const clock = useIngestTimeout({
    startedAt: target.status === 'set' ? target.startedAt : null,
    timeoutSeconds: target.status === 'set' ? target.timeoutSeconds : undefined,
    status: connection.status,
    // The last words on a stream that is over say nothing of the one that is to be started.
    streamStatus: target.status === 'set' ? streamWord : null,
    lostAt: useBroadcasterState(selectLostAt),
  });

  const stream = target.status === 'set' ? `${target.stream} ${target.startedAt}` : target.status;
  const failure = connection.status === 'failed' ? connection.error : null;
  const [failed, setFailed] = useState({ failure, stream });
  // The stream that failed is remembered, so that the next one is not judged by it.
  if (failed.failure !== failure) setFailed({ failure, stream });
  const renewed = failed.failure === failure && failed.stream !== stream;

  const { phase } = clock;
  const stage = useBroadcasterState((state) => stageOf(state, { phase, renewed }));
  return (
    <StageContext.Provider value={stage}>
      <IngestClockContext.Provider value={clock}>{children}</IngestClockContext.Provider>
    </StageContext.Provider>
  );
}
