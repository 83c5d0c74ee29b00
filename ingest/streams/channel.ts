import { h264Start } from '../media/h264.js';
import type { MediaPacket } from '../media/media-packet.js';
import type { PublishSession } from './publish-session.js';

/** Half a minute of a picture in 1080p, in bytes. */
const MAX_REMEMBERED = 32 * 1024 * 1024;

/** A publisher: the media session, and the signalling socket it came over. */
export interface Publisher {
  readonly session: PublishSession;
  /** Ends the TCP connection, as OvenMediaEngine does: without a close frame. */
  destroySocket(): void;
}

/** Somebody who takes the packets of a stream: a viewer, a recording, the HLS packager. */
export interface Sink {
  readonly kind: 'viewer' | 'recording' | 'hls';
  media(packet: MediaPacket, atMs: number): void;
  /** True while it cannot go on without a key frame. */
  readonly wantsKeyFrame: boolean;
  /** The publisher's codec is another one now. */
  codecChanged?(): void;
}

/**
 * The media of one stream name: at most one publisher, any number of sinks that outlive it.
 *
 * ```text
 * browser ── WebRTC ── webrtc-session ─┐                        ┌─ viewers (WebRTC)
 * OBS ────── RTMP ─┐                   ├─ Channel (RTP: H.264 ──┼─ recordings (MP4, WebM)
 * ffmpeg ─── SRT ──┴─ encoder-session ─┘   or VP8, Opus)        └─ HLS, while somebody asks
 *                     (ffmpeg)
 * ```
 */
export class Channel {
  /** Sessions that were accepted so far. */
  sessions = 0;
  #publisher: Publisher | undefined;
  #claimed = false;
  #last: PublishSession | undefined;
  readonly #sinks = new Set<Sink>();
  /** From the last key frame on, of a publisher that cannot be asked for one. */
  #sinceKeyFrame: { readonly packet: MediaPacket; readonly atMs: number }[] = [];
  #sinceBytes = 0;

  get publisher(): Publisher | undefined {
    return this.#publisher;
  }

  /** The session that publishes, or the last one that did. */
  get lastSession(): PublishSession | undefined {
    return this.#last;
  }

  /** Nobody publishes, and nobody's answer is being taken. */
  get isFree(): boolean {
    return this.#publisher === undefined && !this.#claimed;
  }

  /** Keeps the name while an answer is taken, which takes a moment. */
  async claim<T>(work: () => Promise<T>): Promise<T> {
    this.#claimed = true;
    try {
      return await work();
    } finally {
      this.#claimed = false;
    }
  }

  /** Takes the name. The caller has seen that it is free. */
  occupy(publisher: Publisher): void {
    const changed =
      this.#last !== undefined && this.#last.offeredCodec !== publisher.session.offeredCodec;
    this.#publisher = publisher;
    this.#last = publisher.session;
    this.sessions += 1;
    if (changed) for (const sink of [...this.#sinks]) sink.codecChanged?.();
  }

  /** Frees the name. False if this publisher did not hold it. */
  vacate(publisher: Publisher): boolean {
    if (this.#publisher !== publisher) return false;
    this.#publisher = undefined;
    this.#forget();
    return true;
  }

  get viewers(): number {
    return [...this.#sinks].filter(({ kind }) => kind === 'viewer').length;
  }

  /** HLS also gets what came since the last key frame: its first segment begins there. */
  attach(sink: Sink): () => void {
    if (sink.kind === 'hls') {
      for (const { packet, atMs } of this.#sinceKeyFrame) sink.media(packet, atMs);
    }
    this.#sinks.add(sink);
    this.wantKeyFrame();
    return () => this.#sinks.delete(sink);
  }

  wantKeyFrame(): void {
    this.#publisher?.session.wantKeyFrame();
  }

  /**
   * Hands a packet on that is of `atMs` (epoch ms); before the output is ready only `recordings` get
   * what arrives.
   */
  distribute(packet: MediaPacket, to: 'everyone' | 'recordings', atMs: number): void {
    if (this.#publisher?.session.keepsItsKeyFrames) this.#remember(packet, atMs);
    for (const sink of this.#sinks) {
      if (to === 'recordings' && sink.kind !== 'recording') continue;
      sink.media(packet, atMs);
      if (packet.kind === 'video' && sink.wantsKeyFrame) this.wantKeyFrame();
    }
  }

  #remember(packet: MediaPacket, atMs: number): void {
    const begins = packet.kind === 'video' && h264Start(packet.payload).sps !== undefined;
    if (begins) this.#forget();
    else if (this.#sinceKeyFrame.length === 0) return;
    this.#sinceKeyFrame.push({ packet, atMs });
    this.#sinceBytes += packet.payload.length;
    // Too long to be worth it: whoever comes waits for the next key frame.
    if (this.#sinceBytes > MAX_REMEMBERED) this.#forget();
  }

  #forget(): void {
    this.#sinceKeyFrame = [];
    this.#sinceBytes = 0;
  }
}
