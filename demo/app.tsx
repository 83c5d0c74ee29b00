import { useCallback, useRef, useState } from 'react';
import { WebRTCBroadcaster } from '../src/index.js';
import { EventsCard } from './events-card.js';
import { FaultsPanel } from './faults-panel.js';
import { joinAddress, splitAddress } from './publish-address.js';
import { StreamCard } from './stream-card.js';
import { useEvents } from './use-events.js';
import { useLocalStream } from './use-local-stream.js';
import { ViewerCard } from './viewer-card.js';

const ASKED_FOR = new URLSearchParams(location.search).get('u');

/** The page a person tries first: publish to the local ingest, or to any address, and watch it. */
export function App() {
  const local = useLocalStream({ enabled: ASKED_FOR === null });
  const [typed, setTyped] = useState(ASKED_FOR === null ? null : splitAddress(ASKED_FOR));
  const [status, setStatus] = useState('idle');
  const events = useEvents(local.stream?.id ?? null);
  const broadcaster = useRef<HTMLDivElement>(null);

  const { add } = events;
  const onStatusChange = useCallback(
    (next: string) => {
      setStatus(next);
      add(STATUS_WORDS[next] ?? next);
    },
    [add],
  );

  const localAddress = local.stream && splitAddress(local.stream.serverUrl);
  const address = typed ?? localAddress ?? { serverUrl: '', streamKey: '' };
  const isLocal = typed === null;

  return (
    <>
      <header className="page-header">
        <Mark />
        <h1>webrtc-broadcaster</h1>
        <span className="page-where">demo · {isLocal ? 'local ingest' : 'your server'}</span>
      </header>
      <main className="page">
        <div className="column">
          <div ref={broadcaster}>
            <WebRTCBroadcaster
              serverUrl={address.serverUrl}
              streamKey={address.streamKey}
              startedAt={isLocal ? local.stream?.startedAt : null}
              onStatusChange={onStatusChange}
              onStartAgain={isLocal ? local.startAgain : undefined}
            />
          </div>
          <StreamCard
            address={address}
            stream={isLocal ? local.stream : null}
            problem={isLocal ? local.problem : null}
            locked={status !== 'idle' && status !== 'failed'}
            onChange={setTyped}
            onUseLocal={() => {
              setTyped(null);
              local.open();
            }}
            onStartAgain={local.startAgain}
          />
        </div>
        <div className="column">
          <ViewerCard
            publishUrl={isLocal && local.stream !== null ? joinAddress(address) : null}
            status={status}
            broadcaster={broadcaster}
          />
          {isLocal && local.stream !== null && <FaultsPanel streamId={local.stream.id} />}
          <EventsCard lines={events.lines} />
        </div>
      </main>
    </>
  );
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  idle: 'Ready',
  connecting: 'Connecting to the ingest',
  live: 'You are live',
  reconnecting: 'Connection lost, reconnecting',
  failed: 'The broadcast could not go on',
};

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M6.5 5.5a9.2 9.2 0 0 0 0 13M17.5 5.5a9.2 9.2 0 0 1 0 13" />
      <circle cx="12" cy="12" r="3.6" />
    </svg>
  );
}
