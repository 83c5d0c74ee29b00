import { useState } from 'react';
import { WebRTCBroadcaster } from 'webrtc-broadcaster';
import 'webrtc-broadcaster/styles.css';
import './App.css';

export function App() {
  const [serverUrl, setServerUrl] = useState('');
  const [streamKey, setStreamKey] = useState('');

  return (
    <section id="center">
      <h1>Go live</h1>
      <WebRTCBroadcaster serverUrl={serverUrl} streamKey={streamKey} />
      <label>
        Server URL
        <input value={serverUrl} onChange={(event) => setServerUrl(event.target.value)} />
      </label>
      <label>
        Stream key
        <input
          type="password"
          value={streamKey}
          onChange={(event) => setStreamKey(event.target.value)}
        />
      </label>
    </section>
  );
}
