import { useRef, useState } from 'react';
import { WebRTCBroadcaster } from 'webrtc-broadcaster';
import 'webrtc-broadcaster/styles.css';
import './App.css';

export function App() {
  const [serverUrl, setServerUrl] = useState('');
  const [streamKey, setStreamKey] = useState('');
  const broadcaster = useRef<HTMLDivElement>(null);

  return (
    <>
      <h1>Go live</h1>
      <WebRTCBroadcaster ref={broadcaster} serverUrl={serverUrl} streamKey={streamKey} />
      <p>
        <label>
          Server URL{' '}
          <input value={serverUrl} onChange={(event) => setServerUrl(event.target.value)} />
        </label>
      </p>
      <p>
        <label>
          Stream key{' '}
          <input
            type="password"
            value={streamKey}
            onChange={(event) => setStreamKey(event.target.value)}
          />
        </label>
      </p>
      <button type="button" onClick={() => broadcaster.current?.requestFullscreen()}>
        Full screen
      </button>
    </>
  );
}
