'use client';

import type { ReactNode } from 'react';
import { Broadcaster, useBroadcaster, useBroadcastSession } from 'webrtc-broadcaster';

/** Holds the broadcaster, and leaves what is seen of it to the page. */
export function Desk({ children }: { children: ReactNode }) {
  const { phase, start, broadcasterProps } = useBroadcastSession('/api/broadcast');
  const { serverUrl, streamKey, startedAt } = broadcasterProps;
  const broadcaster = useBroadcaster({ serverUrl, streamKey, startedAt });
  return (
    <Broadcaster.Root broadcaster={broadcaster} className="w-full max-w-xl">
      <button type="button" disabled={phase !== 'idle'} onClick={() => start()}>
        Start stream
      </button>
      {children}
    </Broadcaster.Root>
  );
}
