#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { WayIn } from './encoder-ports.js';
import type { LiveStream } from './live-stream.js';
import { preferredPort } from './preferred-port.js';
import { type Ingest, startIngest } from './start-ingest.js';

const USAGE = `Usage: webrtc-broadcaster ingest [options]

Starts the local ingest with one stream on it, until Ctrl-C. Whoever can reach it can use it: it
listens on this machine only, unless --host says otherwise.

  --port <number>         TCP port (3334)
  --rtmp-port <number>    TCP port of RTMP (1935, or any free one)
  --srt-port <number>     UDP port of SRT (9999, or any free one)
  --host <address>        address to listen on (127.0.0.1)
  --time-scale <number>   how much faster the 120-second rules run (1)
  --directory <path>      where streams and keys outlive the process (nowhere)
  --help                  this text
`;

/** Thrown for a command line that makes no sense. */
class UsageError extends Error {}

function readFlags(args: readonly string[]) {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help === true) return undefined;
  if (command !== 'ingest') {
    throw new UsageError('Say what to start: webrtc-broadcaster ingest');
  }
  if (rest.length > 0) throw new UsageError(`There is nothing to do with "${rest.join(' ')}".`);
  return {
    port: number('--port', values.port ?? '3334'),
    timeScale: number('--time-scale', values['time-scale'] ?? '1'),
    rtmpPort: optionalNumber('--rtmp-port', values['rtmp-port']),
    srtPort: optionalNumber('--srt-port', values['srt-port']),
    host: values.host ?? '127.0.0.1',
    ...(values.directory === undefined ? {} : { directory: values.directory }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        'rtmp-port': { type: 'string' },
        'srt-port': { type: 'string' },
        host: { type: 'string' },
        'time-scale': { type: 'string' },
        directory: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function number(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`${flag} takes a number, not "${text}".`);
}

function optionalNumber(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : number(flag, text);
}

/** The stream of this command: with a directory, the one of the last time. */
function openStream(ingest: Ingest): LiveStream {
  const last = ingest.listStreams().find(({ name }) => name === 'Command line');
  if (last === undefined) return ingest.openStream({ name: 'Command line' });
  return last.server_urls.webrtc === undefined ? ingest.startStream(last.id) : last;
}

function secondsLeft(ingest: Ingest, { stream_key }: LiveStream): number {
  const { deadlineAt = Date.now() } = ingest.inspect(stream_key) ?? {};
  return Math.ceil((deadlineAt - Date.now()) / 1000);
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
  const ingest = await startIngest({
    ...flags,
    rtmpPort: flags.rtmpPort ?? (await preferredPort('tcp', 1935, flags.host)),
    srtPort: flags.srtPort ?? (await preferredPort('udp', 9999, flags.host)),
    log: (line) => console.log(`  ${line}`),
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
  const { webrtc, rtmp, srt } = stream.server_urls;
  console.log(`
  Page        ${ingest.url}/
  Publish to  ${webrtc}
  with RTMP   ${rtmp === undefined ? reasonOf(ingest.ways.rtmp) : `${rtmp}/${stream.stream_key}`}
  with SRT    ${srt ?? reasonOf(ingest.ways.srt)}
  Watch at    the first address, in OvenPlayer
  with HLS    ${stream.playback_urls.join(' ')}

  The stream waits ${secondsLeft(ingest, stream)} s for a broadcast. Ctrl-C stops the ingest.
`);
}

run(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = thrown instanceof UsageError || thrown instanceof RangeError ? 2 : 1;
});
