import { useCallback, useEffect, useRef, useState } from 'react';
import type { BroadcasterState, PicturePreset } from '../src/core/index.js';
import { selectIsTaken, selectOutgoing } from '../src/core/index.js';
import {
  useBroadcaster,
  useBroadcasterState,
  useBroadcastSession,
  useDelivery,
  useFocusKeeper,
  WebRTCBroadcaster,
} from '../src/index.js';
import { AddressCard } from './address-card.js';
import { EventsCard } from './events-card.js';
import { FaultsPanel } from './faults-panel.js';
import { useOwnPicture } from './picture-rows.js';
import { takeAskedForAddress } from './publish-address.js';
import { SourcesCard } from './sources-card.js';
import { StatsCard } from './stats-card.js';
import { START_WORDS, StreamCard } from './stream-card.js';
import { useEvents } from './use-events.js';
import { useSong } from './use-song.js';
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
  const { service, clockOffsetMs, hear } = streams;
  const events = useEvents({ streamId, service, clockOffsetMs, onCallback: hear });
  const { streamStatus: told } = session;
  useEffect(() => {
    if (startedId !== null && told !== null) hear({ id: startedId, status: told });
  }, [startedId, told, hear]);
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
    // A stream that is being created will be the chosen one.
    if (streams.isCreating) return;
    setStartedId(streamId);
    void session.start();
  };
  // The newest word on the stream, whoever brought it; another one may be chosen since it was started.
  const isAnother = session.session !== null && startedId !== streamId;
  // A stream that has ended does not matter once another one is chosen.
  const isLeft = isAnother && (session.phase === 'ended' || session.phase === 'failed');
  const word = isAnother && !isLeft ? session.streamStatus : (streams.chosen?.status ?? null);
  const { startProblem, serverUrl, streamKey, startedAt, ...wishes } = session.broadcasterProps;
  const props = address ?? {
    ...wishes,
    ...(!isLeft && { serverUrl, streamKey, startedAt }),
    streamStatus: word,
    onStartAgain: start,
    startProblem: isLeft ? null : startProblem,
  };
  const song = useSong();
  const picture = useOwnPicture();
  const [preset, setPreset] = useState<PicturePreset>('720p30');
  const [speakerId, setSpeakerId] = useState<string | null>(null);
  const broadcaster = useBroadcaster({
    ...props,
    warnBeforeLeaving: true,
    camera: { preset, ...picture.camera },
    sounds: song.sounds,
  });
  const stream = useBroadcasterState(selectStream, broadcaster);
  const delivery = useDelivery(broadcaster);
  // Then the broadcaster's own button starts the stream.
  const hasSource = useBroadcasterState(selectHasSource, broadcaster);
  const isTaken = useBroadcasterState(selectIsTaken, broadcaster);
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
              messages={MESSAGES_HERE}
              broadcaster={broadcaster}
              onStatusChange={onStatusChange}
            />
          </div>
          {address === null ? (
            <StreamCard
              streams={streams}
              session={session}
              isOwn={startedId === streamId}
              own={{ status: delivery.status, isOurs: stream.isOurs }}
              canStart={!hasSource}
              isToldAbove={hasSource && (session.phase === 'failed' || isTaken)}
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
              streamStatus={word}
              hasWebRtc={streams.service !== 'qencode'}
              preview={stage}
              speakerId={speakerId}
              broadcaster={broadcaster}
            />
          )}
          <SourcesCard
            broadcaster={broadcaster}
            picture={picture}
            song={song}
            preset={preset}
            onPreset={setPreset}
            speakerId={speakerId}
            onSpeaker={setSpeakerId}
          />
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

/** One name for one thing, wherever its button is. */
const MESSAGES_HERE = { startStream: START_WORDS, startAgain: START_WORDS } as const;

const selectStream = ({ stream }: BroadcasterState) => stream;
const selectHasSource = (state: BroadcasterState) => {
  const { video, audio } = selectOutgoing(state);
  return video.status === 'on' || audio.status === 'on';
};

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
