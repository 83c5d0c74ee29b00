/** Synthetic media of a camera or a microphone that goes on living. */
export interface SyntheticDevices {
  /** Pictures that move, the same one again and again, black ones, or none at all. */
  camera: 'MOVES' | 'REPEATS' | 'IS_COVERED' | 'IS_FROZEN';
  /** A tone of 440 Hz all the time, nothing, or no microphone any more. */
  microphone: 'HEARS' | 'GIVES_ZEROS' | 'IS_UNPLUGGED';
}

declare global {
  interface Window {
    devices: SyntheticDevices;
  }
}

/** An init script: devices of the page's own that do what no device of a browser does on demand. */
export function installSyntheticDevices(): void {
  if (navigator.mediaDevices === undefined) return;
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const context = canvas.getContext('2d');
  window.devices = { camera: 'MOVES', microphone: 'HEARS' };
  let turn = 0;
  const draw = () => {
    const { camera } = window.devices;
    if (context === null || camera === 'IS_FROZEN') return;
    if (camera === 'MOVES') turn += 1;
    context.fillStyle = camera === 'IS_COVERED' ? '#050505' : `hsl(${turn * 7} 60% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  setInterval(draw, 40);
  const openMicrophone = () => {
    const sound = new AudioContext();
    void sound.resume();
    const [gain, out] = [sound.createGain(), sound.createMediaStreamDestination()];
    const tone = sound.createOscillator();
    tone.connect(gain).connect(out);
    const [track] = out.stream.getAudioTracks();
    const behave = () => {
      const { microphone } = window.devices;
      gain.gain.value = microphone === 'HEARS' ? 0.2 : 0;
      if (microphone !== 'IS_UNPLUGGED' || track?.readyState !== 'live') return;
      track.stop();
      track.dispatchEvent(new Event('ended'));
    };
    behave();
    setInterval(behave, 100);
    tone.start();
    return track === undefined ? [] : [track];
  };
  navigator.mediaDevices.getUserMedia = async ({ video, audio }: MediaStreamConstraints = {}) => {
    if (audio && window.devices.microphone === 'IS_UNPLUGGED') {
      throw new DOMException('There is none.', 'NotFoundError');
    }
    return new MediaStream([
      ...(video ? canvas.captureStream(25).getVideoTracks() : []),
      ...(audio ? openMicrophone() : []),
    ]);
  };
}
