import { WebRTCBroadcaster } from 'webrtc-broadcaster';

/** A page of an app: the component, and a line for when it is live. */
export function Studio({ broadcaster, onLive }) {
  return (
    <WebRTCBroadcaster
      broadcaster={broadcaster}
      confirmStop={false}
      onStatusChange={(status) => status === 'live' && onLive?.()}
    />
  );
}
