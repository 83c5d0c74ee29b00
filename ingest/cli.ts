#!/usr/bin/env node
import { readFlags, UsageError, wordsFor } from './command-line.js';
import type { WayIn } from './encoders/encoder-ways.js';
import { isLoopback } from './http/callers.js';
import { preferredPort } from './preferred-port.js';
import { type Ingest, startIngest } from './start-ingest.js';
import type { LiveStream } from './streams/live-stream.js';

const USAGE = `Usage: webrtc-broadcaster-ingest [options]

Starts the local ingest with one stream on it, until Ctrl-C. The stream starts again by itself when
the 120-second rules stop it, so that its address can be published to at any time. Whoever can reach it can use it: it
listens on this machine only, unless --host says otherwise.

  --port <number>         TCP port (3334)
  --rtmp-port <number>    TCP port of RTMP (1935, or any free one)
  --srt-port <number>     UDP port of SRT (9999, or any free one)
  --host <address>        address to listen on (127.0.0.1)
  --allow-host <name>     a name, besides its own, that it may be called by; may be repeated
  --tls                   https and wss, with a certificate that it makes once and keeps
  --tls-cert <file>, --tls-key <file>
                          the same with a certificate of yours, as PEM
  --time-scale <number>   how much faster the 120-second rules run (1)
  --directory <path>      where streams and keys outlive the process (nowhere)
  --help                  this text
`;

const OPEN_TO_OTHERS = `  Warning: everybody who can reach this machine can start, stop, watch and delete streams here.
  Browsers give a camera to pages on https only, but for localhost: --tls helps.
`;

/** The stream of this command: with a directory, the one of the last time. */
function openStream(ingest: Ingest): LiveStream {
  const last = ingest.listStreams().find(({ name }) => name === 'Command line');
  if (last === undefined) return ingest.openStream({ name: 'Command line' });
  return last.server_urls.webrtc === undefined ? ingest.startStream(last.id) : last;
}

/**
 * Starts the stream again whenever a rule stops it; one that somebody stopped stays as it is. Prints
 * what happens, but not that nobody published for another 120 seconds.
 */
function keepStarted(ingest: Ingest, { id, stream_key }: LiveStream): void {
  let startsAgain = false;
  ingest.subscribe(({ kind, streamId, text }) => {
    const about = streamId === undefined ? '' : ` (stream ${streamId})`;
    const say = () => console.log(`  ${text}${about}`);
    if (streamId !== id) return say();
    const { stopReason } = ingest.inspect(stream_key) ?? {};
    if (kind === 'stream-stopped' && stopReason !== 'asked') {
      startsAgain = stopReason === 'no-input';
      if (!startsAgain) say();
      // The registry is still busy with the stop; nobody who publishes comes in between.
      queueMicrotask(() => {
        if (ingest.inspect(stream_key)?.status === 'stopped') ingest.startStream(id);
      });
      return;
    }
    if (kind !== 'stream-started' || !startsAgain) say();
    if (kind === 'publish-refused' && stopReason === 'asked') {
      console.log(`  It was stopped: start it again on ${ingest.url}/`);
    }
  });
}

function reasonOf(way: WayIn): string {
  return way.available ? '' : `not here: ${way.reason}`;
}

async function run(args: readonly string[]): Promise<void> {
  const flags = readFlags(args);
  if (flags === undefined) {
    console.log(USAGE);
    return;
  }
  let isOpen = false;
  const start = (ports: { readonly rtmpPort: number; readonly srtPort: number }) =>
    startIngest({
      ...flags,
      rtmpPort: flags.rtmpPort ?? ports.rtmpPort,
      srtPort: flags.srtPort ?? ports.srtPort,
      log: (line) => {
        if (!isOpen) console.log(`  ${line}`);
      },
    });
  const ingest = await start({
    rtmpPort: await preferredPort('tcp', 1935, flags.host),
    srtPort: await preferredPort('udp', 9999, flags.host),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    // Somebody took one of the usual ports since it was seen to be free.
    return start({ rtmpPort: 0, srtPort: 0 });
  });
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      void ingest.close();
    });
  }
  const stream = openStream(ingest);
  await ingest.flushed();
  keepStarted(ingest, stream);
  isOpen = true;
  const { rtmp, srt } = stream.server_urls;
  console.log(`
  Page        ${ingest.url}/
  Publish to  ${ingest.webSocketUrl}/qlive/${stream.stream_key}
  with RTMP   ${rtmp === undefined ? reasonOf(ingest.ways.rtmp) : `${rtmp}/${stream.stream_key}`}
  with SRT    ${srt ?? reasonOf(ingest.ways.srt)}
  Watch at    the first address, in OvenPlayer
  with HLS    ${stream.playback_urls.join(' ')}

  The stream waits for a broadcast, now and after each one. Ctrl-C stops the ingest.
`);
  if (flags.host !== 'localhost' && !isLoopback(flags.host)) console.log(OPEN_TO_OTHERS);
}

run(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(wordsFor(thrown));
  process.exitCode = thrown instanceof UsageError || thrown instanceof RangeError ? 2 : 1;
});
