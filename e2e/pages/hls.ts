import Hls from 'hls.js';
import type { Screen } from './screen.js';
import { examine } from './screen.js';

declare global {
  interface Window {
    /** The picture that hls.js shows. */
    hlsScreen: Screen;
    /** Bytes of sound that the browser decoded. */
    hlsSoundBytes(): number;
    /** How far behind the arrival of its media it plays, in ms; NaN while it does not play. */
    hlsLatencyMs(): number;
    /** The error for which hls.js gave up. */
    readonly hlsFaults: string[];
  }
}

const video = document.querySelector('video');
if (video === null) throw new Error('The page has no video.');
const hls = new Hls({ liveSyncDurationCount: 2 });
const faults: string[] = [];
hls.on(Hls.Events.ERROR, (_, { fatal, details }) => {
  if (fatal) faults.push(details);
});
hls.loadSource(decodeURIComponent(location.hash.slice(1)));
hls.attachMedia(video);
Object.defineProperty(window, 'hlsFaults', { value: faults });
window.hlsScreen = examine(video, null);
window.hlsLatencyMs = () => Date.now() - (hls.playingDate?.getTime() ?? Number.NaN);
// Chromium's own; no standard way tells whether there is sound.
window.hlsSoundBytes = () => Number(Reflect.get(video, 'webkitAudioDecodedByteCount'));
