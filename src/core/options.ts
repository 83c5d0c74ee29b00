/** Picture wishes for the camera; ideals, never demands. */
export interface CameraOptions {
  /** Device to open first; `null` or absent for the browser's default. */
  readonly deviceId?: string | null;
  /** Pixels; default 1280. */
  readonly width?: number;
  /** Pixels; default 720. */
  readonly height?: number;
  /** Frames per second; default 30. */
  readonly frameRate?: number;
  /** Prefer the front (`user`) or the back (`environment`) camera of a phone. */
  readonly facing?: 'user' | 'environment';
}

/** Sound wishes for the microphone; all processing is on by default. */
export interface MicrophoneOptions {
  readonly deviceId?: string | null;
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
}

/** One line of the log: never a key, token or credential. */
export interface LogEntry {
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

/** The options of `createBroadcaster`, which are also the props of `<WebRTCBroadcaster>`. */
export interface BroadcasterOptions {
  /** The value of `server_urls.webrtc`: `ws(s)` speaks OvenMediaEngine's signalling. */
  readonly serverUrl?: string | null;
  /** Added as the last path element where the URL does not already end in it. */
  readonly streamKey?: string | null;
  /** When the stream was started: Date, ISO 8601 string or epoch milliseconds. */
  readonly startedAt?: Date | string | number | null;
  /** How long the ingest waits for input, and forgives an interruption, in seconds; default 120. */
  readonly timeoutSeconds?: number;
  /** `false` broadcasts without a camera. */
  readonly camera?: boolean | CameraOptions;
  /** `false` broadcasts without a microphone. */
  readonly microphone?: boolean | MicrophoneOptions;
  /** The codec asked for first; the other one stays as a fallback. Default `h264`. */
  readonly videoCodec?: 'h264' | 'vp8';
  /** Upper limit of the video in kilobits per second; default 2500. */
  readonly maxVideoKbps?: number;
  /** `tcp` asks the ingest for its TCP path; `auto` leaves the choice to the ingest. */
  readonly transport?: 'auto' | 'udp' | 'tcp';
  /** `relay` sends through TURN only. Default `all`. */
  readonly iceTransportPolicy?: 'all' | 'relay';
  /** Used in addition to those that the ingest names. */
  readonly iceServers?: readonly RTCIceServer[];
  /**
   * Runs signaling ahead of the button as soon as the preview is on and the URL is known. Default
   * true. The early offer fires the ingest's admission webhook; `false` waits for the button.
   */
  readonly autoPrepare?: boolean;
  /** Silent by default. */
  readonly logger?: (entry: LogEntry) => void;
  /** Escape hatch: each new connection, before it negotiates. Do not close it. */
  readonly onPeerConnection?: (connection: RTCPeerConnection) => void;
}
