import type { ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { Broadcaster, WebRTCBroadcaster } from '../../src/index.js';
import '../../src/react/styles.css';
import { createFakeBroadcaster, stageStates } from '../../src/testing/index.js';

const states = stageStates(Date.now());
const stages = Object.keys(states);
const [track] = document.createElement('canvas').captureStream().getVideoTracks();

/** A broadcaster that stands there, with a picture that the browser can show. */
function fake(stage: string) {
  const state = states[stage] ?? {};
  const { camera } = state;
  if (camera?.status !== 'on' || track === undefined) return createFakeBroadcaster(state);
  return createFakeBroadcaster({
    ...state,
    camera: { ...camera, capture: { ...camera.capture, track } },
  });
}

/** All that the kit shows, in every stage, with what folds away unfolded. */
function Everything() {
  return (
    <>
      {stages.map((stage) => (
        <WebRTCBroadcaster key={stage} broadcaster={fake(stage)} />
      ))}
      <Broadcaster.Root broadcaster={fake('live')}>
        <Broadcaster.HealthBadge />
        <Broadcaster.StatsPanel />
      </Broadcaster.Root>
      <Lone />
    </>
  );
}

/** The parts that need no root. */
function Lone() {
  return (
    <>
      <Broadcaster.EncoderSettings rtmp={{ serverUrl: 'rtmp://host/qlive', streamKey: 'x' }} />
      <Broadcaster.Viewer src={null}>
        <Broadcaster.PlaybackCheck live={false} />
      </Broadcaster.Viewer>
    </>
  );
}

const live = fake('live');
const KINDS: Readonly<Record<string, ReactElement>> = {
  everything: <Everything />,
  component: <WebRTCBroadcaster />,
  classed: <WebRTCBroadcaster className="mine" />,
  stage: (
    <Broadcaster.Root broadcaster={live}>
      <Broadcaster.Preview />
    </Broadcaster.Root>
  ),
  health: (
    <Broadcaster.Root broadcaster={live}>
      <Broadcaster.HealthLine />
    </Broadcaster.Root>
  ),
  stats: (
    <Broadcaster.Root broadcaster={live}>
      <Broadcaster.StatsPanel />
    </Broadcaster.Root>
  ),
  encoder: <Broadcaster.EncoderSettings rtmp={{ serverUrl: 'rtmp://host/a', streamKey: 'x' }} />,
  viewer: <Broadcaster.Viewer src={null} />,
  playback: <Broadcaster.PlaybackCheck live={false} />,
};

/** Makes the page this one, and puts into each `data-kit` what it names. */
window.embed = (html) => {
  document.body.innerHTML = html;
  for (const place of document.querySelectorAll<HTMLElement>('[data-kit]')) {
    const kind = KINDS[place.dataset['kit'] ?? ''];
    if (kind === undefined) throw new Error(`There is no ${place.dataset['kit']}.`);
    flushSync(() => createRoot(place).render(kind));
  }
  for (const details of document.querySelectorAll('details')) details.open = true;
};

declare global {
  interface Window {
    embed(html: string): void;
  }
}
