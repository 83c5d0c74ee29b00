import OvenPlayer from 'ovenplayer';
import type { Screen } from './screen.js';
import { examine } from './screen.js';

declare global {
  interface Window {
    /** The picture that OvenPlayer shows, once it has a video on the page. */
    shown(): Screen | null;
  }
}

OvenPlayer.create('player', {
  autoStart: true,
  mute: true,
  sources: [{ label: 'live', type: 'webrtc', file: decodeURIComponent(location.hash.slice(1)) }],
});

let screen: Screen | null = null;
window.shown = () => {
  const video = document.querySelector('video');
  if (screen === null && video !== null) screen = examine(video, null);
  return screen;
};
