/** One FLV tag's worth of an RTMP stream, as node-media-server hands it on. */
export interface RtmpPacket {
  /** FLV tag type. */
  readonly codec_type: number;
  readonly dts: number;
  readonly size: number;
  /** Overwritten by the next packet. */
  readonly data: Buffer;
}

/** node-media-server's parser and writer of one RTMP connection: as much of it as we drive. */
export interface RtmpConnection {
  onConnectCallback: (request: { readonly app: string; readonly name: string }) => void;
  onPlayCallback: () => void;
  onPushCallback: () => void;
  onPacketCallback: (packet: RtmpPacket) => void;
  onOutputCallback: (bytes: Buffer) => void;
  /** The message stream that `publish` came on. */
  readonly streamId: number;
  /** Says yes to `publish`; it does so by itself, before it asks. */
  respondPublish: () => void;
  sendStatusMessage(streamId: number, level: string, code: string, description: string): void;
  /** Takes what arrived. Throws for bytes that it does not expect; a text is an error too. */
  parserData(bytes: Buffer): string | null;
}

/** The parts of node-media-server that stand alone: no server, no globals. */
export interface RtmpProtocol {
  createConnection(): RtmpConnection;
  /** The beginning of an FLV stream with both media. */
  createFlvHeader(): Buffer;
  createFlvTag(packet: RtmpPacket): Buffer;
}

/** The protocol, or why there is none. */
export type RtmpProtocolLookup =
  | { readonly protocol: RtmpProtocol }
  | { readonly protocol?: undefined; readonly reason: string };

/** Loads it from node-media-server. Never rejects. */
export async function loadRtmpProtocol(): Promise<RtmpProtocolLookup> {
  try {
    const [{ default: Rtmp }, { default: Flv }] = await Promise.all([
      import('node-media-server/src/protocol/rtmp.js'),
      import('node-media-server/src/protocol/flv.js'),
    ]);
    return {
      protocol: {
        createConnection: () => new Rtmp(),
        createFlvHeader: () => Flv.createHeader(true, true),
        createFlvTag: (packet) => Flv.createMessage(packet),
      },
    };
  } catch {
    return {
      reason: 'node-media-server is not installed: npm install --save-dev node-media-server',
    };
  }
}
