import type { ComponentPropsWithoutRef } from 'react';
import { forwardRef, useEffect, useMemo, useRef, useState } from 'react';
import { classNames } from '../class-names.js';
import { useMessages, ViewerContext } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import type { MessageName } from '../messages.js';
import { type LoadHls, type PlaybackPhase, type PlayingHls, playHls } from '../play-hls.js';

/** The props of `Broadcaster.Viewer`. */
export interface ViewerProps extends ComponentPropsWithoutRef<'div'> {
  /** The HLS playlist of the broadcast's own output; nothing is loaded without it. */
  readonly src: string | null | undefined;
  /**
   * Loads hls.js once it is needed: `() => import('hls.js')`. Without it only browsers that play
   * HLS by themselves, such as Safari, show anything.
   */
  readonly loadHls?: LoadHls | undefined;
  /** Default true: a browser lets nothing else play by itself. */
  readonly muted?: boolean | undefined;
}

const WORDS: Readonly<Record<PlaybackPhase | 'off', MessageName | null>> = {
  off: 'viewerOff',
  waiting: 'viewerWaiting',
  playing: null,
  stalled: null,
  unsupported: 'viewerUnsupported',
};

/**
 * Plays what viewers get, and waits for it as long as it takes; `data-state` is how playback does.
 * What is put inside it, such as a `<Broadcaster.GlassCheck>`, looks at this player. Works with and
 * without a `<Broadcaster.Root>` around it.
 */
export const Viewer = forwardRef<HTMLDivElement, ViewerProps>(function Viewer(
  { src, loadHls, muted = true, className, children, ...props },
  ref,
) {
  const messages = useMessages();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [phase, setPhase] = useState<PlaybackPhase | 'off'>('off');
  const playing = useRef<PlayingHls | null>(null);
  const load = useRef(loadHls);
  useEffect(() => {
    load.current = loadHls;
  });

  useEffect(() => {
    if (video === null || !src) {
      setPhase('off');
      return undefined;
    }
    const started = playHls({ video, src, loadHls: load.current, onPhase: setPhase });
    playing.current = started;
    return () => {
      playing.current = null;
      started.end();
    };
  }, [video, src]);

  useEffect(() => {
    // React sets `muted` once, as an attribute that says what to begin with.
    if (video !== null) video.muted = muted;
  }, [video, muted]);

  const viewer = useMemo(
    () => ({ video, playingDate: () => playing.current?.playingDate() ?? null }),
    [video],
  );
  const words = WORDS[phase];
  return (
    <div
      {...props}
      {...{ [DATA_ATTRIBUTES.state]: phase }}
      ref={ref}
      className={classNames('wb-part wb-viewer', className)}
    >
      <div className="wb-viewer-stage">
        <video ref={setVideo} aria-label={messages.viewer} muted playsInline autoPlay>
          <track kind="captions" />
        </video>
        {words !== null && <p className="wb-viewer-words">{messages[words]}</p>}
      </div>
      <ViewerContext.Provider value={viewer}>{children}</ViewerContext.Provider>
    </div>
  );
});
