declare module 'node-media-server/src/protocol/rtmp.js' {
  import type { RtmpConnection } from './rtmp-protocol.js';

  const Rtmp: new () => RtmpConnection;
  export = Rtmp;
}

declare module 'node-media-server/src/protocol/flv.js' {
  import type { RtmpPacket } from './rtmp-protocol.js';

  const Flv: {
    createHeader(hasAudio: boolean, hasVideo: boolean): Buffer;
    createMessage(packet: RtmpPacket): Buffer;
  };
  export = Flv;
}
