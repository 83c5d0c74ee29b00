import { AUDIO_CODEC, VIDEO_CODECS } from './codecs.js';
import type { Ffmpeg, FfmpegProcess } from './ffmpeg.js';
import type { MediaKind, MediaPacket } from './media-packet.js';
import { parseRtp } from './rtp.js';
import { openRtspReceiver, type RtspReceiver } from './rtsp-receiver.js';

/** How much the beginning may have until it is clear what it is. */
const MAX_HEAD = 16 * 1024 * 1024;
/** What ffmpeg and ffprobe look at, at most, before they decide what a stream holds. */
const LOOK = ['-probesize', '5000000', '-analyzeduration', '1000000', '-fpsprobesize', '0'];

/** Turns an encoder's container into the RTP that the ingest lives on: H.264 and Opus. */
export interface EncoderConverter {
  /** Takes what arrived. False when it should not get more until `drained` is called. */
  write(bytes: Buffer): boolean;
  /** Nothing more arrives. `ended` follows. */
  end(): void;
  /** Stops at once. Resolves when no process runs any more; `ended` is not called. */
  close(): Promise<void>;
}

/** What a converter tells. */
export interface ConverterListener {
  /** It knows what there is, and packets follow. */
  ready(kinds: readonly MediaKind[]): void;
  media(packet: MediaPacket): void;
  senderReport(kind: MediaKind): void;
  drained(): void;
  /** It is over; `complaint` says why, if it went wrong. */
  ended(complaint: string | undefined): void;
}

/** What ffprobe found out. */
interface Plan {
  /** `copy` where the picture can go to browsers as it is. */
  readonly video: 'copy' | 'encode' | undefined;
  readonly audio: boolean;
}

/**
 * ffprobe looks at the beginning, then ffmpeg converts from the beginning on. H.264 without B
 * frames stays as it is; B frames are encoded again, because WebRTC has no way to reorder.
 */
export function startConverter(
  ffmpeg: Ffmpeg,
  format: 'flv' | 'mpegts',
  listener: ConverterListener,
): EncoderConverter {
  let head: Buffer[] | undefined = [];
  let headSize = 0;
  let inputOver = false;
  let closed = false;
  let converter: FfmpegProcess | undefined;
  let receiver: RtspReceiver | undefined;
  const input = ['-v', 'error', '-fflags', '+nobuffer', ...LOOK, '-f', format, '-i', 'pipe:0'];
  const probe = ffmpeg.startProbe([
    ...input,
    ...['-of', 'json', '-show_entries', 'stream=codec_type,codec_name,has_b_frames'],
  ]);

  const over = (complaint: string | undefined) => {
    if (closed) return;
    closed = true;
    receiver?.close();
    listener.ended(complaint);
  };
  const convert = async () => {
    const [plan, { complaint }] = await Promise.all([readPlan(probe), probe.ended]);
    if (closed) return;
    if (plan === undefined) {
      return over(complaint || 'There is neither a picture nor sound that ffmpeg knows.');
    }
    receiver = await openRtspReceiver(rtspListener(listener));
    if (closed) return receiver.close();
    converter = ffmpeg.start([...input, ...conversion(plan), receiver.url]);
    void converter.ended.then(({ code, complaint }) => over(code === 0 ? undefined : complaint));
    converter.stdin.on('drain', () => listener.drained());
    for (const bytes of head ?? []) converter.stdin.write(bytes);
    head = undefined;
    if (inputOver) converter.stdin.end();
    else if (!converter.stdin.writableNeedDrain) listener.drained();
  };
  convert().catch((thrown: unknown) => over(String(thrown)));

  return {
    write(bytes) {
      if (closed || inputOver) return true;
      if (head === undefined) return converter?.stdin.write(bytes) ?? true;
      head.push(bytes);
      headSize += bytes.length;
      if (probe.stdin.writable) probe.stdin.write(bytes);
      return headSize < MAX_HEAD;
    },
    end() {
      inputOver = true;
      probe.stdin.end();
      converter?.stdin.end();
    },
    async close() {
      closed = true;
      receiver?.close();
      await Promise.all([probe.kill(), converter?.kill()]);
    },
  };
}

function rtspListener(listener: ConverterListener) {
  const payloadTypes = {
    video: VIDEO_CODECS.H264.payloadType,
    audio: AUDIO_CODEC.payloadType,
  };
  return {
    announced: listener.ready,
    rtp(kind: MediaKind, bytes: Buffer) {
      const packet = parseRtp(bytes);
      if (packet !== undefined) {
        listener.media({ kind, payloadType: payloadTypes[kind], ...packet });
      }
    },
    rtcp: (kind: MediaKind) => listener.senderReport(kind),
  };
}

function conversion({ video, audio }: Plan): readonly string[] {
  const x264 = ['-preset', 'ultrafast', '-tune', 'zerolatency', '-bf', '0', '-pix_fmt', 'yuv420p'];
  return [
    ...(video === undefined ? [] : ['-map', '0:v:0']),
    ...(video === 'copy' ? ['-c:v', 'copy'] : []),
    ...(video === 'encode'
      ? ['-c:v', 'libx264', ...x264, '-force_key_frames', 'expr:gte(t,n_forced)']
      : []),
    // Whoever joins later finds the parameter sets in front of each key frame.
    ...(video === undefined ? [] : ['-bsf:v', 'h264_mp4toannexb,dump_extra']),
    ...(audio
      ? ['-map', '0:a:0', '-c:a', 'libopus', '-b:a', '128k', '-ar', '48000', '-ac', '2']
      : []),
    // A track that pauses holds the other one up for no longer than this, in microseconds.
    ...['-max_interleave_delta', '200000'],
    ...['-f', 'rtsp', '-rtsp_transport', 'tcp', '-pkt_size', '1200'],
  ];
}

async function readPlan(probe: FfmpegProcess): Promise<Plan | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of probe.stdout) chunks.push(chunk);
  const streams = parseStreams(Buffer.concat(chunks).toString('utf8'));
  const video = streams.find(({ type }) => type === 'video');
  const audio = streams.some(({ type }) => type === 'audio');
  if (video === undefined) return audio ? { video: undefined, audio } : undefined;
  return { video: video.codec === 'h264' && video.ordered ? 'copy' : 'encode', audio };
}

/** Those whose codec ffprobe knows. */
function parseStreams(json: string) {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return [];
  }
  const streams: unknown = isObject(parsed) ? parsed['streams'] : undefined;
  if (!Array.isArray(streams)) return [];
  return streams.filter(isObject).flatMap((stream) => {
    const { codec_type: type, codec_name: codec, has_b_frames: reordered } = stream;
    return typeof codec === 'string' && codec !== 'unknown'
      ? [{ type, codec, ordered: reordered === 0 }]
      : [];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
