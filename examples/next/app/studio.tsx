'use client';

import { useBroadcastSession, WebRTCBroadcaster } from 'webrtc-broadcaster';

/** The ready-made component on the stream that this app's own server starts. */
export function Studio() {
  const { broadcasterProps } = useBroadcastSession('/api/broadcast');
  return <WebRTCBroadcaster {...broadcasterProps} />;
}
