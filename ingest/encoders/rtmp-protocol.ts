import AMF from 'node-media-server/src/protocol/amf.js';
import Rtmp from 'node-media-server/src/protocol/rtmp.js';

/** A message as the parser builds it up. */
export interface ParsedPacket {
  readonly header: { readonly type: number; readonly length: number; readonly stream_id: number };
  readonly clock: number;
  readonly capacity: number;
  /** Longer than the message, and overwritten by the next one on its chunk stream. */
  readonly payload: Buffer;
}

/** A command with its fields by name; each is still to be checked. */
export type RtmpCommand = Readonly<Record<string, unknown>>;

/** One message of media or of data. */
export interface RtmpMessage {
  /** 8 is sound, 9 a picture, 18 data: the types of FLV tags. */
  readonly type: number;
  /** Milliseconds on the encoder's clock. */
  readonly timeMs: number;
  readonly body: Buffer;
}

/** The events of a connection. */
export interface RtmpListener {
  send(bytes: Buffer): void;
  /** The encoder asks to publish; `accept` or `refuse` answers. */
  publish(said: { readonly app: string; readonly name: string; readonly tcUrl: string }): void;
  /** Somebody wants to watch. */
  play(): void;
  media(message: RtmpMessage): void;
}

/** One RTMP connection. */
export interface RtmpConnection {
  /** Takes what arrived. Throws for what breaks the protocol, or its limits. */
  parse(bytes: Buffer): void;
  /** Says yes to `publish`. Media may be as long as media is from now on. */
  accept(): void;
  /** Says why not, or why no longer, in words that encoders show. */
  refuse(code: string, reason: string): void;
}

/** Commands are short; this is all that anybody gets who was not let in. */
const MAX_COMMAND = 32 * 1024;
/** Longer than a key frame of any picture that goes over RTMP. */
const MAX_MEDIA = 8 * 1024 * 1024;
/** The most bytes that the chunk streams of one connection may hold together. */
const MAX_HELD = 2 * MAX_MEDIA;
const MAX_CHUNK_STREAMS = 32;
const MAX_CHUNK = 0xff_ffff;

const BEGIN = { level: 'status', code: 'NetStream.Publish.Start', description: '' };

const COMMANDS = ['connect', 'createStream', 'releaseStream', 'FCPublish', 'publish', 'play'];
const SET_CHUNK_SIZE = 1;
const COMMAND_AMF3 = 17;

/**
 * Opens one. The handshake, the chunks and AMF are node-media-server's: no server of it runs, and it
 * has no globals.
 */
export function openRtmpConnection(listener: RtmpListener): RtmpConnection {
  return new Connection(listener);
}

/** Its parser allots whatever a header announces, so each message is looked at before. */
class Connection extends Rtmp {
  readonly #listener: RtmpListener;
  #maxMessage = MAX_COMMAND;
  #tcUrl = '';

  constructor(listener: RtmpListener) {
    super();
    this.#listener = listener;
    this.onOutputCallback = listener.send;
  }

  override packetAlloc(): void {
    const { length } = this.parserPacket.header;
    if (length > this.#maxMessage) throw new Error('The message is too long.');
    if (this.inPackets.size > MAX_CHUNK_STREAMS) throw new Error('Too many chunk streams.');
    const others = [...this.inPackets.values()].filter((each) => each !== this.parserPacket);
    const held = others.reduce((sum, { capacity }) => sum + capacity, length);
    if (held > MAX_HELD) throw new Error('The messages are too long together.');
    super.packetAlloc();
  }

  override controlHandler(): void {
    const { header, payload } = this.parserPacket;
    if (header.type === SET_CHUNK_SIZE) {
      const size = header.length < 4 ? 0 : payload.readUInt32BE();
      if (size < 1 || size > MAX_CHUNK) throw new Error('The chunk size makes no sense.');
    }
    super.controlHandler();
  }

  override dataHandler(): void {
    const { header, clock, payload } = this.parserPacket;
    // A copy: the next message is written into the same memory.
    const body = Buffer.from(payload.subarray(0, header.length));
    this.#listener.media({ type: header.type, timeMs: clock, body });
  }

  override invokeHandler(): void {
    const { header, payload } = this.parserPacket;
    const start = header.type === COMMAND_AMF3 ? 1 : 0;
    const bytes = payload.subarray(start, header.length);
    // The library writes to the console about those that it does not know.
    if (!COMMANDS.includes(commandName(bytes))) return;
    const command = AMF.decodeAmf0Cmd(bytes);
    const transaction = Number(command['transId'] ?? 0);
    const name = textOf(command['streamName']);
    switch (command['cmd']) {
      case 'connect':
        this.#connect(transaction, Object(command['cmdObj']));
        break;
      case 'createStream':
        this.respondCreateStream(transaction);
        break;
      case 'releaseStream':
        this.#confirm(transaction);
        break;
      case 'FCPublish':
        this.#confirm(transaction);
        this.sendInvokeMessage(0, {
          cmd: 'onFCPublish',
          transId: 0,
          cmdObj: null,
          info: BEGIN,
        });
        break;
      case 'publish':
        this.streamId = header.stream_id;
        this.#listener.publish({ app: this.streamApp, name, tcUrl: this.#tcUrl });
        break;
      case 'play':
        this.streamId = header.stream_id;
        this.#listener.play();
        break;
    }
  }

  #connect(transaction: number, said: Readonly<Record<string, unknown>>): void {
    this.streamApp = textOf(said['app']);
    this.#tcUrl = textOf(said['tcUrl']);
    this.objectEncoding = said['objectEncoding'] === 3 ? 3 : 0;
    this.sendWindowACK(5_000_000);
    this.setPeerBandwidth(5_000_000, 2);
    this.setChunkSize(this.outChunkSize);
    this.respondConnect(transaction);
  }

  #confirm(transId: number): void {
    this.sendInvokeMessage(0, { cmd: '_result', transId, cmdObj: null, info: null });
  }

  parse(bytes: Buffer): void {
    const problem = this.parserData(bytes);
    if (problem !== null) throw new Error(problem);
  }

  accept(): void {
    this.#maxMessage = MAX_MEDIA;
    // The library puts both into its words, and the name is a key.
    this.streamName = '';
    this.respondPublish();
  }

  refuse(code: string, reason: string): void {
    this.sendStatusMessage(this.streamId, 'error', code, reason);
  }
}

/** The name that a command begins with, a string of AMF0. Throws for what is no command. */
function commandName(bytes: Buffer): string {
  if (bytes.length < 3 || bytes.readUInt8() !== 2) throw new Error('A command begins with a name.');
  return bytes.toString('utf8', 3, 3 + bytes.readUInt16BE(1));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
