import { Broadcaster, MESSAGES } from 'webrtc-broadcaster';
import { Desk } from './desk';

/** A server component: the parts are the browser's, the words are plain values here. */
export default function Parts() {
  return (
    <main className="flex flex-1 flex-col items-center justify-center gap-6 p-6">
      <h1 className="text-2xl font-semibold">A look of your own</h1>
      <p>Start the stream, turn your camera on, and press “{MESSAGES.goLive}”.</p>
      <Desk>
        <Broadcaster.Preview>
          <Broadcaster.StatusPill />
          <Broadcaster.ClockPill />
        </Broadcaster.Preview>
        <Broadcaster.Notice />
        <div className="flex items-center gap-4">
          <Broadcaster.MicrophoneToggle />
          <Broadcaster.CameraToggle />
          <Broadcaster.PrimaryButton />
          <Broadcaster.HealthBadge />
        </div>
        <Broadcaster.Announcer />
      </Desk>
    </main>
  );
}
