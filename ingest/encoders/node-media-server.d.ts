declare module 'node-media-server/src/protocol/rtmp.js' {
  import type { ParsedPacket, RtmpCommand } from './rtmp-protocol.js';

  class Rtmp {
    onOutputCallback: (bytes: Buffer) => void;
    parserPacket: ParsedPacket;
    inPackets: Map<number, ParsedPacket>;
    inChunkSize: number;
    outChunkSize: number;
    streamApp: string;
    streamName: string;
    streamId: number;
    objectEncoding: number;
    parserData(bytes: Buffer): string | null;
    packetAlloc(): void;
    controlHandler(): void;
    invokeHandler(): void;
    dataHandler(): void;
    sendWindowACK(size: number): void;
    setPeerBandwidth(size: number, type: number): void;
    setChunkSize(size: number): void;
    sendInvokeMessage(streamId: number, command: RtmpCommand): void;
    sendStatusMessage(streamId: number, level: string, code: string, description: string): void;
    respondConnect(transaction: number): void;
    respondCreateStream(transaction: number): void;
    respondPublish(): void;
  }
  export = Rtmp;
}

declare module 'node-media-server/src/protocol/amf.js' {
  import type { RtmpCommand } from './rtmp-protocol.js';

  const AMF: { decodeAmf0Cmd(bytes: Buffer): RtmpCommand };
  export = AMF;
}
