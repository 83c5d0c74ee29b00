import { spawn } from 'node:child_process';

/** How a test's encoder encodes. */
export interface TestEncoding {
  /** Default: H.264 without B frames, a key frame each second. */
  readonly video?: readonly string[];
  /** Default: AAC. `null` sends no sound. */
  readonly audio?: readonly string[] | null;
}

/** An ffmpeg that publishes 640x360 at 15 frames a second and a tone, as OBS would. */
export interface TestEncoder {
  /** Resolves when it is gone: true if it ended because it was told to. */
  readonly ended: Promise<boolean>;
  /** Ends it as its user would, with a goodbye to the server. */
  stop(): Promise<void>;
  /** It is gone without a word. */
  kill(): Promise<void>;
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '15'];

/** Starts publishing to an `rtmp:` or `srt:` address. */
export function startEncoder(url: string, { video = H264, audio }: TestEncoding = {}): TestEncoder {
  const tone = ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=44100'];
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=15'],
      ...(audio === null ? [] : tone),
      ...[...video, '-pix_fmt', 'yuv420p'],
      ...(audio === null ? [] : (audio ?? ['-c:a', 'aac'])),
      ...['-f', url.startsWith('srt:') ? 'mpegts' : 'flv', url],
    ],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  );
  const ended = new Promise<boolean>((resolve) => {
    child.once('exit', (code) => resolve(code === 0));
  });
  return {
    ended,
    async stop() {
      child.stdin.write('q');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
