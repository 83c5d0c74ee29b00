'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { BroadcasterState, OutgoingMedia } from '../../core/index.js';
import { selectOutgoing } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';

const selectPicture = (state: BroadcasterState) => selectOutgoing(state).video;
/** A slate of the app's own says what it says. */
const selectIsSlateOwn = ({ picture: { slate } }: BroadcasterState) =>
  Boolean(slate.text || slate.image);

/** The props of `Broadcaster.Preview`; children lie on the picture. */
export type PreviewProps = ComponentPropsWithoutRef<'div'>;

/** The picture that is sent; `data-state` is excluded, off, opening, on, muted or failed. */
export const Preview = part<HTMLDivElement, PreviewProps>(
  'Broadcaster.Preview',
  {},
  function Preview({ children, className, style, ...props }, ref) {
    const { messages } = useRoot('Preview');
    const sent = useBroadcasterState(selectPicture);
    const shown = sent.status === 'on' ? sent : null;
    const state = shown?.slateFor ?? (shown?.muted === true ? 'muted' : sent.status);
    const isSlateOwn = useBroadcasterState(selectIsSlateOwn) && (shown?.slateFor ?? null) !== null;
    const video = useRef<HTMLVideoElement>(null);
    const [size, setSize] = useState<Size | null>(null);

    const track = shown?.track ?? null;
    useEffect(() => {
      const element = video.current;
      // Where tests run there is often a page and no media: the rest of the component works there.
      if (element === null || track === null || typeof MediaStream === 'undefined')
        return undefined;
      const stream = new MediaStream([track]);
      element.srcObject = stream;
      // React leaves the attribute out, and Safari plays inline by itself only what is muted.
      element.muted = true;
      // Refused autoplay, or a stream taken away meanwhile: the poster's place stays dark, no harm.
      element.play()?.catch(() => {});
      return () => {
        element.srcObject = null;
        setSize(null);
      };
    }, [track]);

    const picture = size ?? shown?.picture ?? null;
    const portrait = picture !== null && picture.height > picture.width;
    const data = {
      [DATA_ATTRIBUTES.state]: state,
      [DATA_ATTRIBUTES.orientation]: portrait ? 'portrait' : 'landscape',
      [DATA_ATTRIBUTES.mirrored]: shown?.isMirrored === true,
    };
    const ratio =
      portrait && picture !== null ? { aspectRatio: `${picture.width} / ${picture.height}` } : {};
    return (
      <div
        {...props}
        {...data}
        ref={ref}
        className={classNames('wb-stage', className)}
        style={{ ...ratio, ...style }}
      >
        <video
          ref={video}
          className="wb-preview-video"
          aria-label={messages[shown?.screen ? 'previewScreen' : 'preview']}
          muted
          playsInline
          autoPlay
          hidden={shown === null}
          onResize={({ currentTarget }) => setSize(sizeOf(currentTarget))}
          onLoadedMetadata={({ currentTarget }) => setSize(sizeOf(currentTarget))}
        />
        {state !== 'on' && !isSlateOwn && (
          <p className="wb-poster">{messages[POSTER_WORDS[state]]}</p>
        )}
        {children}
      </div>
    );
  },
);

interface Size {
  readonly width: number;
  readonly height: number;
}

const POSTER_WORDS = {
  excluded: 'posterNoCamera',
  off: 'posterOff',
  opening: 'posterOff',
  muted: 'posterMuted',
  failed: 'posterNoCamera',
} as const satisfies Record<Exclude<OutgoingMedia['status'], 'on'> | 'muted', string>;

/** A phone that is turned changes the size of a picture that runs already. */
function sizeOf({ videoWidth, videoHeight }: HTMLVideoElement): Size | null {
  return videoWidth > 0 && videoHeight > 0 ? { width: videoWidth, height: videoHeight } : null;
}
