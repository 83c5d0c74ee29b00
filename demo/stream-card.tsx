import { useState } from 'react';
import { Broadcaster, MESSAGES, type useBroadcastSession } from '../src/index.js';
import { Button } from './button.js';
import { splitAddress } from './publish-address.js';
import { SecretAddress } from './secret-address.js';
import { type OwnBroadcast, STREAM_STAGES, streamStage } from './stream-stage.js';
import type { useStreams } from './use-streams.js';

/** The label of the button that starts the stream, here and in the broadcaster. */
export const START_WORDS = 'Start the stream';

/** The stream: chosen or created, started, where it stands, where to publish to, stopped. */
export function StreamCard({
  streams,
  session,
  isOwn,
  own,
  canStart,
  isToldAbove,
  locked,
  onStart,
  onTypeAddress,
}: {
  readonly streams: ReturnType<typeof useStreams>;
  readonly session: ReturnType<typeof useBroadcastSession>;
  /** The session is one of the chosen stream. */
  readonly isOwn: boolean;
  readonly own: OwnBroadcast;
  /** Whether the stream is started here, and not by the broadcaster's own button. */
  readonly canStart: boolean;
  /** Whether the broadcaster itself says why its stream could not be started. */
  readonly isToldAbove: boolean;
  /** While a broadcast runs its stream stays as it is. */
  readonly locked: boolean;
  onStart(): void;
  onTypeAddress(): void;
}) {
  const { chosen } = streams;
  const started = session.phase === 'started' || session.phase === 'stopping';
  const status = chosen?.status ?? null;
  const isRunning = status === 'waiting' || status === 'live' || status === 'idle';
  const isStarting = session.phase === 'starting';
  // A pressed button keeps its label until its action is done, though the stream runs before.
  const [wasRunning, setWasRunning] = useState(isRunning);
  if (!isStarting && wasRunning !== isRunning) setWasRunning(isRunning);
  // The stream that starts must be the one that is chosen, now and when it starts.
  const isBusy = locked || streams.isCreating || session.phase === 'starting';
  const problem = streams.problem ?? (isToldAbove ? null : (session.error?.message ?? null));
  return (
    <section className="card" aria-labelledby="stream-title">
      <h2 id="stream-title">Stream</h2>
      <p className="hint">
        {hintFor(session.phase === 'ended' && !isOwn ? 'idle' : session.phase)}
      </p>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <Stages status={streamStage(status, isOwn ? own : null)} />
      {started && session.session !== null ? (
        <Started session={session} current={session.session} />
      ) : (
        <div className="choice">
          <label className="field">
            <span>Which stream</span>
            <select
              value={chosen?.id ?? ''}
              disabled={isBusy || streams.streams.length === 0}
              onChange={({ target }) => streams.choose(target.value)}
            >
              {streams.streams.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              {chosen === null && <option value="">None yet</option>}
            </select>
          </label>
          <Button meaning="create" isOff={isBusy} onPress={streams.create}>
            New stream
          </Button>
          {canStart && (
            <Button
              meaning="start"
              className="button accent"
              isOff={isBusy || chosen === null}
              onPress={onStart}
            >
              {(isStarting ? wasRunning : isRunning) ? MESSAGES.openStream : START_WORDS}
            </Button>
          )}
        </div>
      )}
      <Button meaning="type-address" className="link" isOff={locked} onPress={onTypeAddress}>
        Publish to another address
      </Button>
    </section>
  );
}

/** Where to publish to, three ways, and the end of it. */
function Started({
  session,
  current,
}: {
  readonly session: ReturnType<typeof useBroadcastSession>;
  readonly current: NonNullable<ReturnType<typeof useBroadcastSession>['session']>;
}) {
  const { serverUrl, streamKey, rtmpUrl, srtUrl } = current;
  return (
    <>
      <SecretAddress address={splitAddress(serverUrl)}>
        <Button
          meaning="stop"
          className="button danger"
          isOff={session.phase === 'stopping'}
          onPress={() => void session.stop()}
        >
          Stop the stream
        </Button>
      </SecretAddress>
      <details className="encoder">
        <summary>Publish from OBS or another encoder</summary>
        <Broadcaster.EncoderSettings
          rtmp={rtmpUrl === null ? undefined : { serverUrl: rtmpUrl, streamKey }}
          srt={srtUrl === null ? undefined : { serverUrl: srtUrl }}
        />
      </details>
    </>
  );
}

function hintFor(phase: ReturnType<typeof useBroadcastSession>['phase']): string {
  switch (phase) {
    case 'started':
      return 'Started. Input must arrive within 120 seconds, and may pause as long.';
    case 'stopping':
      return 'Stopping: the ingest cuts whoever publishes.';
    case 'ended':
      return 'The stream is over. Started again, it gets a new address.';
    case 'starting':
    case 'renewing':
      return 'Waiting for the ingest to give the stream an address.';
    default:
      return 'Starting a stream gives it an address, and 120 seconds to go live.';
  }
}

/** The life of a stream as a line, with the present stage marked. */
function Stages({ status }: { readonly status: string | null }) {
  const present = (STREAM_STAGES as readonly (string | null)[]).indexOf(status);
  return (
    <ol className="stages" aria-label="Where the stream stands">
      {STREAM_STAGES.map((stage, index) => (
        <li
          key={stage}
          data-reached={index <= present}
          aria-current={index === present ? 'step' : undefined}
        >
          {stage[0]?.toUpperCase()}
          {stage.slice(1)}
        </li>
      ))}
    </ol>
  );
}
