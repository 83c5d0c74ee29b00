'use client';

import { createContext, useContext, useMemo } from 'react';
import type { BroadcasterInstance, IngestWindow } from '../core/index.js';
import type { FirstMessages, MessageOverrides, NoticeMessages } from './messages.js';
import type { Stage } from './stage.js';
import { isBroadcaster } from './use-checked.js';
import { withOverrides } from './words/with-overrides.js';

/** The context that a `<Broadcaster.Root>` gives to the parts inside it. */
export interface RootContextValue {
  readonly broadcaster: BroadcasterInstance;
  /** The app's own words. */
  readonly overrides: MessageOverrides | undefined;
  /** The words that a page has when it opens. */
  readonly messages: FirstMessages;
  /** The words for notices; `null` until they are loaded. */
  readonly notices: NoticeMessages | null;
  /** The id of the notice, which says why a button cannot be pressed. */
  readonly noticeId: string;
}

/** The root's context. */
export const RootContext = createContext<RootContextValue | null>(null);

/** The stage: apart from the clock, so that a part that needs no seconds does not render each one. */
export const StageContext = createContext<Stage>('blank');

/** The ingest's clock, new each second while it runs. */
export const IngestClockContext = createContext<IngestWindow>({
  phase: 'not-started',
  remainingSeconds: null,
  deadline: null,
  progress: null,
});

/** The player of the `<Broadcaster.Viewer>` above. */
export const ViewerContext = createContext<{
  readonly video: HTMLVideoElement | null;
  /** Wall-clock time of the frame that is shown, where the stream says. */
  playingDate(): Date | null;
} | null>(null);

/** The broadcaster that was given, or else the one of the root above. */
export function useBroadcasterFromContext(
  caller: string,
  given?: BroadcasterInstance,
): BroadcasterInstance {
  const root = useContext(RootContext);
  const broadcaster = isBroadcaster(given) ? given : root?.broadcaster;
  if (broadcaster === undefined) {
    throw new Error(
      `${caller} found no <Broadcaster.Root> above it. Render it inside <Broadcaster.Root broadcaster={…}>, or hand the broadcaster to the hook.`,
    );
  }
  return broadcaster;
}

/** The context of the root above, for a part of this name. */
export function useRoot(part: string): RootContextValue {
  const root = useContext(RootContext);
  if (root === null) {
    throw new Error(
      `<Broadcaster.${part}> found no <Broadcaster.Root> above it. Put it inside <Broadcaster.Root broadcaster={…}>.`,
    );
  }
  return root;
}

/** The words of one part, which comes with them, with those of the root above in their place. */
export function useWords<Name extends string>(
  own: Readonly<Record<Name, string>>,
): Readonly<Record<Name, string>> {
  const overrides = useContext(RootContext)?.overrides;
  return useMemo(() => withOverrides(own, overrides), [own, overrides]);
}

/** Where the person stands, for parts of one's own inside a `<Broadcaster.Root>`. */
export function useStage(): Stage {
  return useContext(StageContext);
}

/** The clock of the ingest's rules, for parts of one's own inside a `<Broadcaster.Root>`. */
export function useIngestClock(): IngestWindow {
  return useContext(IngestClockContext);
}
