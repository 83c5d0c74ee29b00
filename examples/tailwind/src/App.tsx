import { useState } from 'react';
import { Broadcaster, useBroadcaster, WebRTCBroadcaster } from 'webrtc-broadcaster';
import 'webrtc-broadcaster/styles.css';

export function App() {
  const [serverUrl, setServerUrl] = useState('');
  const [streamKey, setStreamKey] = useState('');
  const broadcaster = useBroadcaster({ serverUrl, streamKey });

  return (
    <main className="flex min-h-screen flex-col items-center justify-center gap-6 bg-slate-100 p-4">
      <h1 className="text-3xl font-semibold">Go live</h1>
      <WebRTCBroadcaster
        className="rounded-none border-4 border-sky-500 shadow-lg"
        broadcaster={broadcaster}
        serverUrl={serverUrl}
        streamKey={streamKey}
      />
      <Broadcaster.Root broadcaster={broadcaster} className="border-0 bg-transparent">
        <Broadcaster.MicrophoneToggle className="rounded-full bg-sky-200 px-8" />
      </Broadcaster.Root>
      <label className="grid gap-1 text-sm">
        Server URL
        <input
          className="rounded border bg-white p-2"
          value={serverUrl}
          onChange={(event) => setServerUrl(event.target.value)}
        />
      </label>
      <label className="grid gap-1 text-sm">
        Stream key
        <input
          className="rounded border bg-white p-2"
          type="password"
          value={streamKey}
          onChange={(event) => setStreamKey(event.target.value)}
        />
      </label>
    </main>
  );
}
