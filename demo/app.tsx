import { useCallback, useRef, useState } from 'react';
import {
  useBroadcaster,
  useBroadcastSession,
  useFocusKeeper,
  WebRTCBroadcaster,
} from '../src/index.js';
import { AddressCard } from './address-card.js';
import { EventsCard } from './events-card.js';
import { FaultsPanel } from './faults-panel.js';
import { takeAskedForAddress } from './publish-address.js';
import { StatsCard } from './stats-card.js';
import { StreamCard } from './stream-card.js';
import { useEvents } from './use-events.js';
import { useStreams } from './use-streams.js';
import { ViewersCard } from './viewers-card.js';

const ASKED_FOR = takeAskedForAddress();

/** The page a person tries first: start a stream, go live, watch it, lose the network, stop. */
export function App() {
  const [address, setAddress] = useState(ASKED_FOR);
  const [status, setStatus] = useState('idle');
  const streams = useStreams();
  const streamId = streams.chosen?.id ?? null;
  const session = useBroadcastSession(`/api/broadcast?stream=${streamId ?? ''}`);
  const [startedId, setStartedId] = useState<string | null>(null);
  const events = useEvents(streamId, streams.service);
  const stage = useRef<HTMLDivElement>(null);
  const page = useRef<HTMLElement>(null);
  useFocusKeeper(page, '.wb-primary');

  const { add } = events;
  const onStatusChange = useCallback(
    (next: string) => {
      setStatus(next);
      add(STATUS_WORDS[next] ?? next);
    },
    [add],
  );

  // Started, and started again: another stream may have been chosen since.
  const start = () => {
    setStartedId(streamId);
    void session.start();
  };
  const { isStarting } = session.broadcasterProps;
  const props = address ?? {
    ...session.broadcasterProps,
    onStartAgain: start,
    // A stream that is being created will be the chosen one.
    isStarting: isStarting || streams.isCreating,
  };
  const broadcaster = useBroadcaster({ ...props, warnBeforeLeaving: true });
  const isPublishing = status !== 'idle' && status !== 'failed';
  return (
    <>
      <header className="page-header">
        <Mark />
        <h1>webrtc-broadcaster</h1>
        <span className="page-where">
          demo{address === null ? SERVICE_WORDS[streams.service ?? 'none'] : ' · your server'}
        </span>
      </header>
      <main ref={page} className="page">
        <div className="column">
          <div ref={stage}>
            <WebRTCBroadcaster
              {...props}
              broadcaster={broadcaster}
              onStatusChange={onStatusChange}
            />
          </div>
          {address === null ? (
            <StreamCard
              streams={streams}
              session={session}
              isOwn={startedId === streamId}
              locked={isPublishing}
              onStart={start}
              onTypeAddress={() => setAddress({ serverUrl: '', streamKey: '' })}
            />
          ) : (
            <AddressCard
              address={address}
              locked={isPublishing}
              onChange={setAddress}
              onUseStreams={() => setAddress(null)}
            />
          )}
        </div>
        <div className="column">
          {address === null && (
            <ViewersCard
              session={session.session}
              streamStatus={session.streamStatus}
              hasWebRtc={streams.service === 'local'}
              broadcaster={stage}
            />
          )}
          <StatsCard broadcaster={broadcaster} />
          {address === null && streams.service === 'local' && streamId !== null && (
            <FaultsPanel streamId={streamId} />
          )}
          <EventsCard lines={events.lines} />
        </div>
      </main>
    </>
  );
}

const SERVICE_WORDS = { none: '', local: ' · local ingest', qencode: ' · Qencode Live' } as const;

const STATUS_WORDS: Readonly<Record<string, string>> = {
  idle: 'You are not on air',
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
