import { useState } from 'react';
import type {
  BroadcasterInstance,
  BroadcasterState,
  Permission,
  PicturePreset,
} from '../src/core/index.js';
import { canShareScreen } from '../src/core/index.js';
import { useBroadcasterState } from '../src/index.js';
import { Button } from './button.js';
import type { OwnPicture } from './picture-rows.js';
import { PictureRows } from './picture-rows.js';
import { SoundRows } from './sound-rows.js';
import type { Song } from './use-song.js';

/** Everything that the broadcast can show and sound like, beyond camera and microphone. */
export function SourcesCard({
  broadcaster,
  picture,
  song,
  ...devices
}: Parameters<typeof DevicesRow>[0] & { readonly picture: OwnPicture; readonly song: Song }) {
  // The meter listens while it is there.
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="card fold" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <h2>Sources</h2>
      </summary>
      <ScreenRow broadcaster={broadcaster} />
      <PictureRows broadcaster={broadcaster} picture={picture} />
      {isOpen && <SoundRows broadcaster={broadcaster} song={song} />}
      <DevicesRow broadcaster={broadcaster} {...devices} />
    </details>
  );
}

/** Shares a screen, a window or a tab, and stops. */
function ScreenRow({ broadcaster }: { readonly broadcaster: BroadcasterInstance }) {
  const screen = useBroadcasterState(selectScreen, broadcaster);
  if (!canShareScreen()) {
    return <p className="hint">This browser can’t share a screen. Try one on a computer.</p>;
  }
  const isShared = screen.status === 'on';
  // The screen says itself why nothing is shared.
  const share = () => void broadcaster.shareScreen().catch(() => {});
  const error = screen.status === 'failed' ? screen.error : isShared ? screen.problem : null;
  return (
    <>
      <div className="row">
        <Button meaning="share-screen" isOff={screen.status === 'opening'} onPress={share}>
          {isShared ? 'Share something else' : 'Share screen'}
        </Button>
        {isShared && (
          <Button meaning="stop-sharing" onPress={() => broadcaster.stopSharing()}>
            Stop sharing
          </Button>
        )}
      </div>
      <p className="hint" role="status">
        {isShared && (screen.capture.sound ? 'Shared with its sound.' : 'Shared without sound.')}
      </p>
      {error !== null && <p className="problem">{error.message}</p>}
    </>
  );
}

const selectScreen = ({ screen }: BroadcasterState) => screen;

const PRESETS: readonly PicturePreset[] = [
  '360p15',
  '360p30',
  '480p30',
  '720p30',
  '720p60',
  '1080p30',
  '1080p60',
  '1440p30',
  '2160p30',
];

const PERMISSION_WORDS: Record<Permission, string> = {
  prompt: 'the browser will ask',
  granted: 'allowed',
  denied: 'blocked by the browser',
  'blocked-by-system': 'blocked by the system',
  unsupported: 'not available here',
};

/** The size of the camera's picture, its other side, and the speaker for what viewers hear. */
function DevicesRow({
  broadcaster,
  preset,
  onPreset,
  speakerId,
  onSpeaker,
}: {
  readonly broadcaster: BroadcasterInstance;
  readonly preset: PicturePreset;
  onPreset(preset: PicturePreset): void;
  readonly speakerId: string | null;
  onSpeaker(id: string | null): void;
}) {
  const camera = useBroadcasterState(selectCamera, broadcaster);
  const devices = useBroadcasterState(selectDevices, broadcaster);
  const permissions = useBroadcasterState(selectPermissions, broadcaster);
  const speakers = devices.status === 'listed' ? devices.speakers : [];
  const cameras = devices.status === 'listed' ? devices.cameras : [];
  const facings = new Set(cameras.flatMap(({ facing }) => facing ?? []));
  const isFlippable = camera.status === 'on' && facings.size > 1;
  const picture = camera.status === 'on' ? camera.capture.picture : null;
  return (
    <>
      <div className="row">
        <label className="field">
          <span>Camera size</span>
          <select
            value={preset}
            onChange={({ target }) => {
              const chosen = PRESETS.find((one) => one === target.value);
              if (chosen !== undefined) onPreset(chosen);
            }}
          >
            {PRESETS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        {speakers.length > 0 && (
          <label className="field">
            <span>Speaker</span>
            <select
              value={speakerId ?? ''}
              onChange={({ target }) => onSpeaker(target.value || null)}
            >
              <option value="">System’s choice</option>
              {speakers.map(({ deviceId, label }) => (
                <option key={deviceId} value={deviceId}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
        {isFlippable && (
          <Button meaning="flip" onPress={() => broadcaster.flipCamera()}>
            Flip camera
          </Button>
        )}
      </div>
      <p className="hint">
        {picture !== null &&
          `Your camera gives ${picture.width}×${picture.height} at ${Math.round(picture.frameRate)} fps. `}
        Camera: {PERMISSION_WORDS[permissions.camera]}. Microphone:{' '}
        {PERMISSION_WORDS[permissions.microphone]}.
      </p>
    </>
  );
}

const selectCamera = ({ camera }: BroadcasterState) => camera;
const selectDevices = ({ devices }: BroadcasterState) => devices;
const selectPermissions = ({ permissions }: BroadcasterState) => permissions;
