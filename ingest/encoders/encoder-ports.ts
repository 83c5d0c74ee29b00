import type { IngestContext } from '../context/ingest-context.js';
import type { WaysIn } from '../streams/addresses.js';
import type { FfmpegLookup } from '../transcoding/ffmpeg.js';
import type { EncoderPort } from './encoder-port.js';
import type { EncoderWays, WayIn } from './encoder-ways.js';
import { openRtmpEndpoint } from './rtmp-endpoint.js';
import { openSrtEndpoint } from './srt-endpoint.js';

/** The ports that are open for encoders. */
export interface EncoderPorts {
  readonly ways: EncoderWays;
  readonly addresses: WaysIn;
  /** Disconnects every encoder and stops listening. May be called again. */
  goDown(): Promise<void>;
  /** Listens on the same ports again. Rejects if somebody else took one. */
  comeUp(): Promise<void>;
}

/** Opens those that the options ask for and that can be. Rejects when a port is taken. */
export async function openEncoderPorts(
  context: IngestContext,
  programs: FfmpegLookup,
  server: { readonly address: string; readonly hostname: string },
): Promise<EncoderPorts> {
  const { rtmpPort, srtPort } = context.options;
  const open: EncoderPort[] = [];
  const closeAll = async () => {
    await Promise.all(open.map((port) => port.goDown()));
  };
  const way = async (
    name: string,
    port: number | undefined,
    work: (port: number) => Promise<EncoderPort | string>,
  ): Promise<WayIn> => {
    if (port === undefined) return { available: false, reason: `${name} was not given.` };
    const opened = await work(port);
    if (typeof opened === 'string') return { available: false, reason: opened };
    open.push(opened);
    return { available: true, port: opened.port };
  };
  const { address } = server;
  try {
    const rtmp = await way('rtmpPort', rtmpPort, async (port) => {
      if (programs.ffmpeg === undefined) return programs.reason;
      return openRtmpEndpoint({ context, ffmpeg: programs.ffmpeg, address, port });
    });
    const srt = await way('srtPort', srtPort, async (port) => {
      if (programs.ffmpeg === undefined) return programs.reason;
      if (!(await programs.ffmpeg.speaks('srt'))) {
        return 'This ffmpeg was built without libsrt: install one that has it.';
      }
      return openSrtEndpoint({ context, ffmpeg: programs.ffmpeg, address, port });
    });
    return {
      ways: { rtmp, srt },
      addresses: {
        rtmpUrl: () =>
          rtmp.available ? `rtmp://${server.hostname}:${rtmp.port}/qlive` : undefined,
        srtUrl: (streamKey) =>
          srt.available ? `srt://${server.hostname}:${srt.port}?streamid=${streamKey}` : undefined,
      },
      goDown: closeAll,
      async comeUp() {
        await Promise.all(open.map((port) => port.comeUp()));
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
