import type { BroadcasterInstance, BroadcasterState } from '../src/core/index.js';
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
}: {
  readonly broadcaster: BroadcasterInstance;
  readonly picture: OwnPicture;
  readonly song: Song;
}) {
  return (
    <details className="card fold">
      <summary>
        <h2>Sources</h2>
      </summary>
      <ScreenRow broadcaster={broadcaster} />
      <PictureRows broadcaster={broadcaster} picture={picture} />
      <SoundRows broadcaster={broadcaster} song={song} />
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
