import type { BroadcasterInstance, BroadcasterState } from '../src/core/index.js';
import { Broadcaster, useBroadcasterState } from '../src/index.js';
import { Button } from './button.js';
import type { Song } from './use-song.js';

/** How loud the sound is, and each of its inputs; and a sound of the page's own to mix in. */
export function SoundRows({
  broadcaster,
  song,
}: {
  readonly broadcaster: BroadcasterInstance;
  readonly song: Song;
}) {
  const hasTab = useBroadcasterState(selectHasTab, broadcaster);
  const { mix } = useBroadcasterState(selectSound, broadcaster);
  return (
    <>
      <Broadcaster.Root broadcaster={broadcaster}>
        <Broadcaster.LevelMeter className="level" />
      </Broadcaster.Root>
      <Gain broadcaster={broadcaster} input="microphone" label="Microphone" />
      {hasTab && <Gain broadcaster={broadcaster} input="screen" label="Shared sound" />}
      {song.isPlaying && <Gain broadcaster={broadcaster} input="song" label="Chord" />}
      <div className="row">
        <Button meaning="play-song" onPress={song.toggle}>
          {song.isPlaying ? 'Stop the chord' : 'Mix in a chord'}
        </Button>
      </div>
      {mix.status === 'suspended' && (
        <p className="hint">
          Your browser holds the mix back. Viewers hear your microphone. Press anywhere to go on.
        </p>
      )}
      {mix.status === 'failed' && <p className="problem">{mix.error.message}</p>}
    </>
  );
}

/** The loudness of one input, from silent to twice as loud as it comes. */
function Gain({
  broadcaster,
  input,
  label,
}: {
  readonly broadcaster: BroadcasterInstance;
  readonly input: string;
  readonly label: string;
}) {
  const { gains } = useBroadcasterState(selectSound, broadcaster);
  return (
    <label className="gain">
      <span>{label}</span>
      <input
        type="range"
        min={0}
        max={2}
        step={0.05}
        value={gains[input] ?? 1}
        onChange={({ target }) => broadcaster.setGain(input, target.valueAsNumber)}
      />
    </label>
  );
}

const selectSound = ({ sound }: BroadcasterState) => sound;
const selectHasTab = ({ screen }: BroadcasterState) =>
  screen.status === 'on' && screen.capture.sound !== null;
