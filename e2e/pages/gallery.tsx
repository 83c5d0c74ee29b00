import { createRoot } from 'react-dom/client';
import type { BroadcasterState } from '../../src/core/index.js';
import { Broadcaster, MESSAGES, WebRTCBroadcaster } from '../../src/index.js';
import {
  createFakeBroadcaster,
  failed,
  on,
  SOURCES_ON,
  stageStates,
  target,
} from '../../src/testing/index.js';
import '../../src/react/styles.css';

/**
 * The component in each stage, with nothing behind it, to be looked at and measured. `?stage=` shows
 * one of them, `?dir=rtl` writes from right to left, `?words=long` has words and names of devices as
 * long as some languages and makers have them.
 */
const query = new URLSearchParams(location.search);
document.documentElement.dir = query.get('dir') ?? 'ltr';

const isLong = query.get('words') === 'long';
const messages = isLong
  ? Object.fromEntries(
      Object.entries(MESSAGES).map(([name, text]) => [
        name,
        `${text} Übertragungsberechtigungseinstellungen`,
      ]),
    )
  : undefined;
const LONG_NAME =
  'Webcam Ultra HD Pro Business mit automatischer Gegenlichtkorrektur, ‏الكاميرا الخلفية‎, 背面カメラ 📷, USB 3.0 hinten rechts (046d:085e) (Virtual Default Communications 2)';

const LIVE = stageStates(Date.now())['live'] ?? {};

const STATES: Readonly<Record<string, Partial<BroadcasterState>>> = {
  ...stageStates(Date.now()),
  'no-microphone': { ...SOURCES_ON, target: target(), microphone: failed('device-in-use') },
  'all-muted': {
    ...LIVE,
    camera: on('camera', { muted: true }),
    microphone: on('microphone', { muted: true }),
  },
  'camera-lost': { ...LIVE, camera: failed('device-lost') },
  'back-from-an-interruption': { ...LIVE, stats: old(LIVE.stats) },
  'no-stream': { ...SOURCES_ON, target: { status: 'unset' } },
};
const only = query.get('stage');
const names = only === null ? Object.keys(STATES) : [only];
const tracks = { camera: drawnTrack(), microphone: silentTrack() };

const root = document.createElement('div');
document.getElementById('root')?.append(root);
createRoot(root).render(
  <>
    <h1>Stages</h1>
    {names.map((name) => {
      const broadcaster = createFakeBroadcaster(withTracks(STATES[name] ?? {}));
      return (
        <section key={name} aria-label={name} style={{ marginBlockEnd: 16 }}>
          <WebRTCBroadcaster broadcaster={broadcaster} messages={messages} />
          {['live', 'back-from-an-interruption'].includes(name) && (
            <Broadcaster.Root broadcaster={broadcaster} messages={messages}>
              <Broadcaster.StatsPanel />
            </Broadcaster.Root>
          )}
        </section>
      );
    })}
    <Broadcaster.EncoderSettings
      rtmp={{ serverUrl: 'rtmp://live.example.com/qlive', streamKey: 'no-secret' }}
      srt={{ serverUrl: 'srt://live.example.com:9999?streamid=no-secret' }}
    />
  </>,
);

/** Measured before an interruption. */
function old(stats: BroadcasterState['stats'] = { status: 'unknown' }): BroadcasterState['stats'] {
  return stats.status === 'sampled' ? { ...stats, isCurrent: false } : stats;
}

/** A browser plays real tracks only. */
function withTracks(state: Partial<BroadcasterState>): Partial<BroadcasterState> {
  const real = { ...state };
  for (const kind of ['camera', 'microphone'] as const) {
    const source = state[kind];
    if (source?.status !== 'on') continue;
    const { capture } = source;
    const label = isLong ? LONG_NAME : capture.label;
    real[kind] = { ...source, capture: { ...capture, label, track: tracks[kind] } };
  }
  return real;
}

function drawnTrack(): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1280, 720];
  const context = canvas.getContext('2d');
  if (context !== null) {
    const sky = context.createLinearGradient(0, 0, 0, 720);
    sky.addColorStop(0, '#24405e');
    sky.addColorStop(1, '#a9745b');
    context.fillStyle = sky;
    context.fillRect(0, 0, 1280, 720);
  }
  const [track] = canvas.captureStream(5).getVideoTracks();
  if (track === undefined) throw new Error('The canvas gives no track.');
  return track;
}

function silentTrack(): MediaStreamTrack {
  const [track] = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
  if (track === undefined) throw new Error('There is no silent track.');
  return track;
}
