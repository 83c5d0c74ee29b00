import { useState } from 'react';
import { WebRTCBroadcaster } from 'webrtc-broadcaster';
import 'webrtc-broadcaster/styles.css';

export function App() {
  const [serverUrl, setServerUrl] = useState('');
  const [streamKey, setStreamKey] = useState('');

  return (
    <>
      <WebRTCBroadcaster serverUrl={serverUrl} streamKey={streamKey} />
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
    </>
  );
}
