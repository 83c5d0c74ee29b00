'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { callBack } from '../call-back.js';
import { classNames } from '../class-names.js';
import { useWords, ViewerContext } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { part } from '../part.js';
import { BOOLEAN, FUNCTION, TEXT } from '../use-checked.js';
import { useSpeaker } from '../use-speaker.js';
import type { LoadHls } from '../viewer/hls-player.js';
import type { PlayingHls } from '../viewer/play-hls.js';
import { playHls } from '../viewer/play-hls.js';
import { watchPlayback } from '../viewer/watch-playback.js';
import { VIEWER_WORDS } from '../words/viewer-words.js';

/** The state of a viewer. */
export type ViewerState =
  /** There is no playlist to play. */
  | 'off'
  /** There is nothing to show yet; the viewer keeps trying. */
  | 'waiting'
  | 'playing'
  /** It played, and has run out of picture. */
  | 'stalled'
  /** This browser plays no HLS by itself, and there is no library to do it. */
  | 'unsupported';

/** The props of `Broadcaster.Viewer`. */
export interface ViewerProps extends ComponentPropsWithoutRef<'div'> {
  /**
   * The HLS playlist of the broadcast's own output, which need not exist yet; nothing is loaded
   * without it.
   */
  readonly src: string | null | undefined;
  /**
   * Loads hls.js once it is needed: `() => import('hls.js')`. Without it only browsers that play
   * HLS by themselves, such as Safari, show anything.
   */
  readonly loadHls?: LoadHls | undefined;
  /** Default true: a browser lets nothing else play by itself. */
  readonly muted?: boolean | undefined;
  /**
   * The id of the speaker to play through, one of `devices.speakers`; without it, and in browsers
   * that let no page choose, the system's own.
   */
  readonly speakerId?: string | null | undefined;
  /** Called with each new state, which is `off` at first. */
  readonly onStateChange?: ((state: ViewerState) => void) | undefined;
}

const WORDS: Readonly<Record<ViewerState, keyof typeof VIEWER_WORDS | null>> = {
  off: 'viewerOff',
  waiting: 'viewerWaiting',
  playing: null,
  stalled: 'viewerStalled',
  unsupported: 'viewerUnsupported',
};

/**
 * Plays what viewers get, and waits for it as long as it takes; `data-state` is the state of
 * playback. A child, such as a `<Broadcaster.PlaybackCheck>`, looks at this player. Works with and
 * without a `<Broadcaster.Root>` around it.
 */
export const Viewer = part<HTMLDivElement, ViewerProps>(
  'Broadcaster.Viewer',
  { src: TEXT, loadHls: FUNCTION, muted: BOOLEAN, speakerId: TEXT },
  function Viewer(
    { src, loadHls, muted = true, speakerId, onStateChange, className, children, ...props },
    ref,
  ) {
    const messages = useWords(VIEWER_WORDS);
    const [video, setVideo] = useState<HTMLVideoElement | null>(null);
    useSpeaker(video, speakerId);
    const [state, setState] = useState<ViewerState>('off');
    const [isBlocked, setIsBlocked] = useState(false);
    const [hasControls, setHasControls] = useState(false);
    const playing = useRef<PlayingHls | null>(null);
    const latest = useRef({ loadHls, onStateChange });
    useEffect(() => {
      latest.current = { loadHls, onStateChange };
    });

    useEffect(() => {
      if (video === null || typeof src !== 'string' || src === '') return undefined;
      const life = new AbortController();
      const { signal } = life;
      setState('waiting');
      const play = () => {
        // A page without media, as tests have it, answers nothing.
        video.play()?.then(
          () => setIsBlocked(false),
          (thrown: unknown) => {
            const isRefused = isRefusal(thrown);
            setIsBlocked(isRefused);
            // They stay from then on: taken away, they would take the keyboard's place with them.
            if (isRefused) setHasControls(true);
          },
        );
      };
      video.addEventListener('canplay', play, { signal });
      watchPlayback(video, setState, signal);
      void playHls({
        video,
        src,
        loadHls: latest.current.loadHls,
        onPlayer: (player) => {
          playing.current = player;
        },
        onStartOver: () => setState('waiting'),
        onUnsupported: () => setState('unsupported'),
        signal,
      });
      return () => {
        life.abort();
        setState('off');
        setIsBlocked(false);
      };
    }, [video, src]);

    useEffect(() => {
      // React sets `muted` once, as an attribute that says what to begin with.
      if (video !== null) video.muted = muted;
    }, [video, muted]);

    const told = useRef<ViewerState>('off');
    useEffect(() => {
      if (told.current === state) return;
      told.current = state;
      callBack(latest.current.onStateChange, state);
    }, [state]);

    const viewer = useMemo(
      () => ({ video, playingDate: () => playing.current?.playingDate() ?? null }),
      [video],
    );
    const needsPress = isBlocked && state === 'waiting';
    const words = needsPress ? 'viewerBlocked' : WORDS[state];
    return (
      <div
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: state }}
        ref={ref}
        className={classNames('wb-part wb-viewer', className)}
      >
        <div className="wb-viewer-stage">
          <video
            ref={setVideo}
            aria-label={messages.viewer}
            muted
            playsInline
            autoPlay
            controls={hasControls}
          >
            <track kind="captions" />
          </video>
          {words !== null && <p className="wb-viewer-words">{messages[words]}</p>}
        </div>
        <ViewerContext.Provider value={viewer}>{children}</ViewerContext.Provider>
      </div>
    );
  },
);

/** A browser that wants a gesture first gets its own controls, and the person presses play. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'NotAllowedError';
}
