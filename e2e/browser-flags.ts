import { clipFiles } from './media.js';

/** The title of the tab that is chosen in each dialogue for a screen. */
export const SHARED_TITLE = 'A tab to share';

/**
 * The flags of Chromium. Never `--use-fake-ui-for-media-stream`: it grants everything, and
 * permissions are part of what is tested, so each context grants its own.
 */
export function chromiumArgs(
  { devices }: { readonly devices: 'clip' | 'none' } = { devices: 'clip' },
): readonly string[] {
  const { video, audio } = clipFiles();
  const clip = [
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${video}`,
    `--use-file-for-fake-audio-capture=${audio}`,
  ];
  return [
    '--no-sandbox',
    '--allow-loopback-in-peer-connection',
    '--disable-background-networking',
    '--autoplay-policy=no-user-gesture-required',
    `--auto-select-tab-capture-source-by-title=${SHARED_TITLE}`,
    ...(devices === 'clip' ? clip : []),
  ];
}
