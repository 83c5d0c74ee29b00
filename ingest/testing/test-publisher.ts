import { readFileSync } from 'node:fs';
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
} from 'werift';
import type { VideoCodec } from '../media/codecs.js';
import { type OmeClient, openOmeClient, type Reply } from './ome-client.js';
import { waitUntil } from './wait-until.js';

/** Media of half a second, encoded by ffmpeg beforehand, sent again and again. */
export interface Clip {
  readonly codec: VideoCodec;
  /** One entry a frame: its RTP payloads. The first is a key frame. */
  readonly frames: readonly (readonly Buffer[])[];
}

/** A publisher with real ICE, DTLS and SRTP. */
export interface TestPublisher {
  readonly client: OmeClient;
  readonly connectionState: string;
  /** Frames sent so far. */
  readonly framesSent: number;
  /** UDP port of the ingest's end. */
  readonly mediaPort: number;
  /** Sends a datagram as it is, from the address that media comes from. */
  sendDatagram(bytes: Buffer): Promise<void>;
  /** Stops sending and closes both. */
  close(): Promise<void>;
  /** Vanishes without a word: the media path is gone, the socket stays. */
  closeMedia(): Promise<void>;
}

/**
 * Publishes a clip, one frame every `frameMs`. Resolves when the answer is sent. `waitForMedia`
 * also waits until DTLS is up. Rejects with the server's words when it refuses.
 */
export async function publish(
  url: string,
  clip: Clip,
  {
    waitForMedia = true,
    frameMs = 40,
  }: { readonly waitForMedia?: boolean; readonly frameMs?: number } = {},
): Promise<TestPublisher> {
  const client = await openOmeClient(`${url}?direction=send`);
  const offer = await client.ask({ command: 'request_offer' });
  if (typeof offer['error'] === 'string') {
    await client.close();
    throw new Error(offer['error']);
  }
  const { connection, answer, stop, sent } = await answerWithMedia(offer, clip, frameMs);
  const { id, peer_id } = offer;
  const candidates = offer['candidates'] as readonly { readonly candidate: string }[];
  client.send({ command: 'answer', id, peer_id, sdp: { type: 'answer', sdp: answer } });
  const publisher: TestPublisher = {
    client,
    get connectionState() {
      return connection.connectionState;
    },
    get framesSent() {
      return sent();
    },
    mediaPort: Number(candidates[0]?.candidate.split(' ')[5]),
    async sendDatagram(bytes) {
      const pair = connection.iceTransports[0]?.connection.nominated;
      await pair?.protocol.sendData(bytes, pair.remoteAddr);
    },
    async closeMedia() {
      stop();
      await connection.close();
    },
    async close() {
      stop();
      await Promise.all([connection.close(), client.close()]);
    },
  };
  if (waitForMedia) {
    await waitUntil(() => connection.connectionState === 'connected', 'the publisher connects');
  }
  return publisher;
}

async function answerWithMedia(offer: Reply, clip: Clip, frameMs: number) {
  const { sdp } = offer['sdp'] as { readonly sdp: string };
  const connection = createConnection(clip.codec);
  const video = new MediaStreamTrack({ kind: 'video' });
  const audio = new MediaStreamTrack({ kind: 'audio' });
  connection.addTrack(video);
  connection.addTrack(audio);
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  for (const candidate of offer['candidates'] as readonly { readonly candidate: string }[]) {
    await connection.addIceCandidate({ ...candidate, sdpMLineIndex: 0 }).catch(() => {});
  }
  const answer = connection.localDescription?.sdp ?? '';
  return { connection, answer, ...sendClip(clip, frameMs, video, audio) };
}

/** A publisher over WHIP, with real ICE, DTLS and SRTP. */
export interface TestWhipPublisher {
  readonly connectionState: string;
  /** The whole URL of its session. */
  readonly session: string;
  readonly created: Response;
  readonly connection: RTCPeerConnection;
  /** Vanishes without a word. */
  close(): Promise<void>;
}

/**
 * Publishes a clip over WHIP. Resolves when DTLS is up; rejects with the server's words when it
 * refuses.
 */
export async function publishOverWhip(url: string, clip: Clip): Promise<TestWhipPublisher> {
  const connection = createConnection(clip.codec);
  const video = new MediaStreamTrack({ kind: 'video' });
  const audio = new MediaStreamTrack({ kind: 'audio' });
  connection.addTransceiver(audio, { direction: 'sendonly' });
  connection.addTransceiver(video, { direction: 'sendonly' });
  await connection.setLocalDescription(await connection.createOffer());
  const created = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: connection.localDescription?.sdp ?? '',
  });
  const sdp = await created.text();
  if (created.status !== 201) {
    await connection.close();
    throw new Error(`${created.status} ${sdp}`);
  }
  // Once no more candidates can come, werift gives up after the first check that a busy machine delays.
  const open = sdp.replace(/^a=end-of-candidates\r\n/gm, '');
  await connection.setRemoteDescription({ type: 'answer', sdp: open });
  const { stop } = sendClip(clip, 40, video, audio);
  await waitUntil(() => connection.connectionState === 'connected', 'the publisher connects');
  return {
    get connectionState() {
      return connection.connectionState;
    },
    session: new URL(created.headers.get('location') ?? '', created.url).href,
    created,
    connection,
    async close() {
      stop();
      await connection.close();
    },
  };
}

function createConnection(codec: VideoCodec): RTCPeerConnection {
  const feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];
  return new RTCPeerConnection({
    iceServers: [],
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    bundlePolicy: 'max-bundle',
    codecs: {
      video: [
        new RTCRtpCodecParameters({
          mimeType: `video/${codec}`,
          clockRate: 90_000,
          rtcpFeedback: feedback,
          ...(codec === 'H264'
            ? {
                parameters:
                  'packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1',
              }
            : {}),
        }),
      ],
      audio: [
        new RTCRtpCodecParameters({ mimeType: 'audio/OPUS', clockRate: 48_000, channels: 2 }),
      ],
    },
  });
}

/** One frame of silence in Opus (RFC 6716 section 3.1, TOC byte only). */
const OPUS_SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const AUDIO_MS = 20;

function sendClip(clip: Clip, frameMs: number, video: MediaStreamTrack, audio: MediaStreamTrack) {
  const startedAt = performance.now();
  let frame = 0;
  let videoSequence = 0;
  let audioSequence = 0;
  const sendFrame = () => {
    const payloads = clip.frames[frame % clip.frames.length] ?? [];
    payloads.forEach((payload, index) => {
      const header = new RtpHeader({
        payloadType: 96,
        ssrc: 1,
        sequenceNumber: videoSequence++ & 0xffff,
        timestamp: Math.round(frame * frameMs * 90) >>> 0,
        marker: index === payloads.length - 1,
      });
      video.writeRtp(new RtpPacket(header, payload));
    });
    while (audioSequence * AUDIO_MS < (frame + 1) * frameMs) {
      const timestamp = (audioSequence * 960) >>> 0;
      const sequenceNumber = audioSequence++ & 0xffff;
      const header = new RtpHeader({ payloadType: 97, ssrc: 2, sequenceNumber, timestamp });
      audio.writeRtp(new RtpPacket(header, OPUS_SILENCE));
    }
    frame += 1;
  };
  // Timers run late on a busy machine; what is due is sent, so that the rate holds.
  const timer = setInterval(() => {
    while (frame * frameMs <= performance.now() - startedAt) sendFrame();
  }, frameMs);
  return { stop: () => clearInterval(timer), sent: () => frame };
}

/** Reads an Annex B file into a clip: parameter sets and slices of one access unit make a frame. */
export function readH264(file: string): Clip {
  const units = splitNalUnits(readFileSync(file));
  const frames: Buffer[][] = [];
  let current: Buffer[] = [];
  for (const unit of units) {
    const type = (unit[0] ?? 0) & 0x1f;
    if (type === 6 || type === 9) continue;
    current.push(...fragment(unit));
    if (type === 1 || type === 5) {
      frames.push(current);
      current = [];
    }
  }
  return { codec: 'H264', frames };
}

function splitNalUnits(bytes: Buffer): Buffer[] {
  const units: Buffer[] = [];
  const code = Buffer.from([0, 0, 1]);
  for (let at = bytes.indexOf(code); at >= 0; ) {
    const next = bytes.indexOf(code, at + 3);
    let end = next < 0 ? bytes.length : next;
    while (end > at && bytes[end - 1] === 0) end -= 1;
    units.push(bytes.subarray(at + 3, end));
    at = next;
  }
  return units;
}

/** FU-A fragments of at most 1100 bytes (RFC 6184 section 5.8). */
function fragment(unit: Buffer): Buffer[] {
  if (unit.length <= 1100) return [unit];
  const header = unit[0] ?? 0;
  const parts: Buffer[] = [];
  for (let at = 1; at < unit.length; at += 1100) {
    const end = Math.min(at + 1100, unit.length);
    const flags = (at === 1 ? 0x80 : 0) | (end === unit.length ? 0x40 : 0);
    const start = Buffer.from([(header & 0xe0) | 28, flags | (header & 0x1f)]);
    parts.push(Buffer.concat([start, unit.subarray(at, end)]));
  }
  return parts;
}

/** Reads an IVF file of VP8 into a clip. */
export function readVp8(file: string): Clip {
  const bytes = readFileSync(file);
  const frames: Buffer[][] = [];
  for (let at = 32; at + 12 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    const frame = bytes.subarray(at + 12, at + 12 + size);
    const payloads: Buffer[] = [];
    for (let from = 0; from < frame.length; from += 1100) {
      const descriptor = Buffer.from([from === 0 ? 0x10 : 0x00]);
      payloads.push(Buffer.concat([descriptor, frame.subarray(from, from + 1100)]));
    }
    frames.push(payloads);
    at += 12 + size;
  }
  return { codec: 'VP8', frames };
}
