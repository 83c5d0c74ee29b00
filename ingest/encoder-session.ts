import type { Publisher } from './channel.js';
import { startConverter } from './encoder-converter.js';
import { endPublisher } from './end-publisher.js';
import type { Ffmpeg } from './ffmpeg.js';
import type { IngestContext } from './ingest-context.js';
import { isStarted } from './live-streams.js';
import { createMediaCounter } from './media-counter.js';
import type { MediaKind } from './media-packet.js';
import { createOutputGate } from './output-gate.js';
import type { PublishSession } from './publish-session.js';
import type { StreamRecord } from './stream-record.js';

/** The connection that an encoder came over. */
export interface EncoderConnection {
  readonly transport: 'rtmp' | 'srt';
  readonly format: 'flv' | 'mpegts';
  /** Ends it at once. May be called again. */
  disconnect(): void;
  /** It may bring more, after `write` said false. */
  resume(): void;
}

/** An encoder's media on its way into a stream. */
export interface EncoderSession {
  /** Takes what the encoder sent, in its container. False: not more, until `resume` is called. */
  write(bytes: Buffer): boolean;
  /** The connection is gone. May be called again. */
  end(): void;
}

/**
 * Holds the stream's name for an encoder from now on, and publishes as soon as it is clear what it
 * sends. The caller has seen that the stream runs and its name is free. When the stream is stopped
 * the encoder is disconnected.
 */
export function acceptEncoder(
  stream: StreamRecord,
  connection: EncoderConnection,
  { context, ffmpeg }: { readonly context: IngestContext; readonly ffmpeg: Ffmpeg },
): EncoderSession {
  const { events, faults, registry } = context;
  const { channel } = stream;
  const acceptedAt = Date.now();
  let publisher: Publisher | undefined;
  let over = false;
  let decided: () => void = () => {};
  channel
    .claim(
      () =>
        new Promise<void>((resolve) => {
          decided = resolve;
        }),
    )
    .catch(() => {});

  const close = async () => {
    over = true;
    decided();
    unsubscribe();
    connection.disconnect();
    await converter.close();
  };
  const end = () => {
    if (over) return;
    if (publisher === undefined) void close();
    else endPublisher(stream, context, publisher).catch(() => {});
  };
  const publish = (kinds: readonly MediaKind[]) => {
    if (over) return;
    if (!isStarted(stream.life)) return end();
    const session = createSession(kinds);
    publisher = { session, destroySocket: connection.disconnect };
    channel.occupy(publisher);
    const protocol = connection.transport.toUpperCase();
    events.add('publisher-connected', `Publisher connected over ${protocol}`, stream.id);
    decided();
  };
  let counter = createMediaCounter(undefined);
  let output = createOutputGate([]);
  let outputReadyAt: number | undefined;
  let cut = false;
  const createSession = (kinds: readonly MediaKind[]): PublishSession => {
    const codec = kinds.includes('video') ? 'H264' : undefined;
    const fault = faults.get(stream.key);
    cut = fault?.kind === 'cut-media' && fault.scope === 'path';
    counter = createMediaCounter(codec);
    output = createOutputGate(kinds);
    return {
      codec,
      hasAudio: kinds.includes('audio'),
      counter,
      negotiatedAt: acceptedAt,
      connectedAt: Date.now(),
      get isConnected() {
        return !over;
      },
      transport: connection.transport,
      get outputReadyAt() {
        return outputReadyAt;
      },
      packetsLost: 0,
      wantKeyFrame() {},
      setCut(value) {
        cut = value;
      },
      // Its protocol sends again what is lost, and waits for a slow line: nothing of media to see.
      setUplink() {},
      close,
    };
  };
  let seen = false;
  const converter = startConverter(ffmpeg, connection.format, {
    ready: publish,
    media(packet) {
      if (cut || publisher === undefined || channel.publisher !== publisher) return;
      const now = Date.now();
      counter.add(packet, now);
      if (!seen) registry.happened(stream, 'input');
      seen = true;
      channel.distribute(packet, 'everyone');
      if (output.media(packet.kind, packet.timestamp, now)) {
        outputReadyAt = now;
        events.add('output-ready', 'Output ready', stream.id);
      }
    },
    senderReport: (kind) => output.senderReport(kind),
    drained: () => connection.resume(),
    ended(complaint) {
      if (complaint !== undefined) {
        const [reason] = complaint.split('\n');
        events.add('publish-refused', `Encoder refused: ${reason}`, stream.id);
      }
      end();
    },
  });
  const unsubscribe = events.subscribe(({ kind, streamId }) => {
    if (streamId === stream.id && (kind === 'stream-stopped' || kind === 'stream-deleted')) end();
  });
  return {
    write: (bytes) => over || converter.write(bytes),
    end,
  };
}
