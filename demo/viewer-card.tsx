import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import { measureLatency } from './latency.js';
import { watchStream } from './playback.js';

/** What a viewer of the stream sees now, and how far behind the preview it is. */
export function ViewerCard({
  publishUrl,
  status,
  broadcaster,
}: {
  /** The publishing address of the stream, or `null` where this page cannot watch it. */
  readonly publishUrl: string | null;
  /** The broadcaster's status: there is nothing to watch before it was live. */
  readonly status: string;
  /** Where the component is, to compare its preview with. */
  readonly broadcaster: RefObject<HTMLElement | null>;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [latency, setLatency] = useState<number | null>(null);
  const [isMuted, setIsMuted] = useState(true);
  const watching = publishUrl !== null && (status === 'live' || status === 'reconnecting');

  useEffect(() => {
    if (!watching || publishUrl === null) return undefined;
    const controller = new AbortController();
    void watchStream(publishUrl, setStream, controller.signal);
    return () => {
      controller.abort();
      setStream(null);
    };
  }, [watching, publishUrl]);

  useEffect(() => {
    const viewer = video.current;
    if (viewer === null) return undefined;
    viewer.srcObject = stream;
    const preview = broadcaster.current?.querySelector('video') ?? null;
    if (stream === null || preview === null) return undefined;
    // A viewer that is muted may always play; a refusal leaves the first frame standing.
    viewer.play().catch(() => {});
    const end = measureLatency(preview, viewer, setLatency);
    return () => {
      end();
      setLatency(null);
    };
  }, [stream, broadcaster]);

  return (
    <section className="card viewer" aria-labelledby="viewer-title">
      <div className="viewer-head">
        <div>
          <h2 id="viewer-title">What viewers see</h2>
          <p className="hint" data-testid="latency">
            {wordsFor({ publishUrl, status, stream, latency })}
          </p>
        </div>
        {stream !== null && (
          <button type="button" className="button" onClick={() => setIsMuted(!isMuted)}>
            {isMuted ? 'Listen' : 'Mute'}
          </button>
        )}
      </div>
      <video ref={video} muted={isMuted} playsInline autoPlay data-testid="viewer">
        <track kind="captions" />
      </video>
    </section>
  );
}

function wordsFor({
  publishUrl,
  status,
  stream,
  latency,
}: {
  readonly publishUrl: string | null;
  readonly status: string;
  readonly stream: MediaStream | null;
  readonly latency: number | null;
}): string {
  if (publishUrl === null) return 'Open your own player: this page only plays the local ingest.';
  if (status === 'reconnecting') return 'A freeze, until you are back.';
  if (status !== 'live') return 'Nothing yet. Go live to see your broadcast here.';
  if (stream === null) return 'Waiting for the first picture.';
  if (latency === null) return 'Live. Move a little to measure the delay.';
  return `${Math.max(0, latency).toFixed(2)} s behind you`;
}
