import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import {
  Broadcaster,
  type BroadcastSession,
  MESSAGES,
  type useBroadcaster,
  useDelivery,
  useSpeaker,
} from '../src/index.js';
import { Button } from './button.js';
import { measureLatency } from './latency.js';
import { watchStream } from './playback.js';

/** The stream as viewers see it, over WebRTC and over HLS beside each other, and how late it is. */
export function ViewersCard({
  session,
  streamStatus,
  hasWebRtc,
  preview,
  speakerId,
  broadcaster,
}: {
  readonly session: BroadcastSession | null;
  readonly streamStatus: string | null;
  /** The service plays streams over WebRTC too. */
  readonly hasWebRtc: boolean;
  /** Where the component is, to compare its preview with. */
  readonly preview: RefObject<HTMLElement | null>;
  /** The speaker to play through; `null` for the system's own. */
  readonly speakerId: string | null;
  readonly broadcaster: ReturnType<typeof useBroadcaster>;
}) {
  const [isMuted, setIsMuted] = useState(true);
  // An interrupted stream is watched on: that is how its viewers see it come back.
  const isOn = session !== null && (streamStatus === 'live' || streamStatus === 'idle');
  return (
    <section className="card viewers" aria-labelledby="viewers-title">
      <div className="viewers-head">
        <h2 id="viewers-title">What viewers see</h2>
        <Button meaning={isMuted ? 'listen' : 'mute'} onPress={() => setIsMuted(!isMuted)}>
          {isMuted ? 'Listen' : 'Mute'}
        </Button>
      </div>
      <div className="viewers-tiles">
        {hasWebRtc && (
          <WebRtcTile
            publishUrl={isOn ? session.serverUrl : null}
            isLive={streamStatus === 'live'}
            isMuted={isMuted}
            speakerId={speakerId}
            preview={preview}
            broadcaster={broadcaster}
          />
        )}
        <HlsTile
          playbackUrl={isOn ? session.playbackUrl : null}
          streamStatus={streamStatus}
          isMuted={hasWebRtc || isMuted}
          speakerId={speakerId}
          broadcaster={broadcaster}
        />
      </div>
    </section>
  );
}

function WebRtcTile({
  publishUrl,
  isLive,
  isMuted,
  speakerId,
  preview,
  broadcaster,
}: {
  readonly publishUrl: string | null;
  readonly isLive: boolean;
  readonly isMuted: boolean;
  readonly speakerId: string | null;
  readonly preview: RefObject<HTMLElement | null>;
  readonly broadcaster: ReturnType<typeof useBroadcaster>;
}) {
  const video = useRef<HTMLVideoElement>(null);
  useSpeaker(video, speakerId);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [latency, setLatency] = useState<number | null>(null);
  const { status, picture } = useDelivery(broadcaster);
  const isReached = status === 'reaching' && picture === 'whole';

  useEffect(() => {
    if (publishUrl === null) return undefined;
    const controller = new AbortController();
    void watchStream(publishUrl, setStream, controller.signal);
    return () => {
      controller.abort();
      setStream(null);
    };
  }, [publishUrl]);

  useEffect(() => {
    const viewer = video.current;
    if (viewer === null) return undefined;
    viewer.srcObject = stream;
    const own = preview.current?.querySelector('video') ?? null;
    if (stream === null || own === null) return undefined;
    // A viewer that is muted may always play; a refusal leaves the first frame standing.
    viewer.play().catch(() => {});
    const end = measureLatency(own, viewer, setLatency);
    return () => {
      end();
      setLatency(null);
    };
  }, [stream, preview]);

  return (
    <figure className="tile">
      <div className="tile-stage">
        <video ref={video} muted={isMuted} playsInline autoPlay data-testid="webrtc-viewer">
          <track kind="captions" />
        </video>
        {stream === null && (
          <p className="tile-words">
            {publishUrl === null ? MESSAGES.viewerOff : MESSAGES.viewerWaiting}
          </p>
        )}
      </div>
      <figcaption>
        <strong>WebRTC</strong>
        <Broadcaster.PlaybackCheck broadcaster={broadcaster} live={isLive} video={video} />
        <span className="hint" data-testid="webrtc-latency">
          {latency !== null && isReached && `${Math.max(0, latency).toFixed(2)} s behind you`}
        </span>
      </figcaption>
    </figure>
  );
}

function HlsTile({
  playbackUrl,
  streamStatus,
  isMuted,
  speakerId,
  broadcaster,
}: {
  readonly playbackUrl: string | null;
  readonly streamStatus: string | null;
  readonly isMuted: boolean;
  readonly speakerId: string | null;
  readonly broadcaster: ReturnType<typeof useBroadcaster>;
}) {
  return (
    <figure className="tile">
      <Broadcaster.Viewer src={playbackUrl} loadHls={loadHls} muted={isMuted} speakerId={speakerId}>
        <figcaption>
          <strong>HLS</strong>
          <Broadcaster.PlaybackCheck
            broadcaster={broadcaster}
            live={streamStatus === 'live'}
            data-testid="hls-latency"
          />
        </figcaption>
      </Broadcaster.Viewer>
    </figure>
  );
}

const loadHls = () => import('hls.js');
