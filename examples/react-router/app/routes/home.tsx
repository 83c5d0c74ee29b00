import { useBroadcastSession, WebRTCBroadcaster } from 'webrtc-broadcaster';

export function meta() {
  return [{ title: 'Go live' }];
}

export default function Home() {
  const { broadcasterProps } = useBroadcastSession('/api/broadcast');
  return (
    <main>
      <h1>Go live</h1>
      <WebRTCBroadcaster {...broadcasterProps} />
    </main>
  );
}
