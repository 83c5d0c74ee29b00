import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  Broadcaster,
  useBroadcastSession,
  useIngestTimeout,
  WebRTCBroadcaster,
} from 'webrtc-broadcaster';
import 'webrtc-broadcaster/styles.css';

function App() {
  const [serverUrl, setServerUrl] = useState('');
  const [streamKey, setStreamKey] = useState('');
  useIngestTimeout({ status: 'on air', startedAt: 'yesterday-ish', timeoutSeconds: '2 minutes' });
  useBroadcastSession(42, { headers: { Authorization: 'none' }, credentials: 'always' });

  return (
    <>
      <WebRTCBroadcaster
        serverUrl={serverUrl}
        streamKey={streamKey}
        startedAt="yesterday-ish"
        timeoutSeconds="2 minutes"
        camera={{ width: 'big', facingMode: 'user', frame_rate: 30 }}
        microphone="loud"
        videoCodec="theora"
        maxVideoKbps={-1}
        iceServers="stun:stun.example.com"
        transport="carrier pigeon"
        logger="console"
        onPeerConnection="show"
        autoPreview="yes"
        confirmStop="always"
        messages={{ goLive: 42, golive: 'Senden', errors: 'none' }}
        style="color: red"
        className={7}
        onStatusChange="tell"
        onError={{}}
        broadcaster={{}}
        resume_on_reload
      />
      <Broadcaster.EncoderSettings
        rtmp="rtmp://example.com/live"
        srt={{ url: 'srt://example.com' }}
      />
      <Broadcaster.Viewer src={7} loadHls="hls.js" muted="yes">
        <Broadcaster.PlaybackCheck live="yes" video="#player" behindSeconds="two" />
      </Broadcaster.Viewer>
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

createRoot(document.getElementById('root')).render(<App />);
