import type { Renew } from './connection/renew-stream.js';
import type { BroadcastError } from './errors.js';
import type { LogEntry } from './foundation/logger.js';
import type { DegradationPreference } from './peer/encoding.js';
import type { VideoCodec } from './peer/video-codec.js';
import type { Slate } from './picture/scene.js';
import type { AskedOfScreen } from './quality/quality.js';
import type { CheckedSound, SoundOptions } from './sound/sound.js';
import type { CameraOptions, MicrophoneOptions, SourceOptions } from './sources/constraints.js';
import type { ScreenOptions } from './sources/screen-options.js';
import type { SourceKind } from './sources/source.js';

/** The options of `createBroadcaster`, which are also the props of `<WebRTCBroadcaster>`. */
export interface BroadcasterOptions {
  /**
   * The value of `server_urls.webrtc`: `ws(s)` speaks OvenMediaEngine's signalling, `http(s)` WHIP
   * (RFC 9725).
   */
  readonly serverUrl?: string | null | undefined;
  /** The kit adds it as the last path element where the URL does not already end in it. */
  readonly streamKey?: string | null | undefined;
  /**
   * The token of the stream at a WHIP server, sent to it as `Authorization: Bearer` and to nobody
   * else. Without it no such header is sent. It has no effect with a `ws(s)` address.
   */
  readonly authToken?: string | null | undefined;
  /** When the stream was started: Date, ISO 8601 string or epoch milliseconds. */
  readonly startedAt?: Date | string | number | null | undefined;
  /**
   * The stream's last status by the Live API, such as `waiting`, `live`, `idle` or `stopped`. It
   * takes precedence over a clock that starts at `startedAt`, and tells when another source is
   * live.
   */
  readonly streamStatus?: string | null | undefined;
  /**
   * How far the clock that gave `startedAt` is ahead of this page's clock, in milliseconds: the
   * server's time in its answer (its `Date` header), minus `Date.now()` as it arrives. Default 0.
   */
  readonly clockOffsetMs?: number | undefined;
  /**
   * How long the ingest waits for input, at the start and in an interruption, in seconds; default
   * 120.
   */
  readonly timeoutSeconds?: number | undefined;
  /** `false` broadcasts without a camera. */
  readonly camera?: boolean | CameraOptions | undefined;
  /** `false` broadcasts without a microphone. */
  readonly microphone?: boolean | MicrophoneOptions | undefined;
  /** How `shareScreen()` shares unless it is told otherwise; `false` shares no screen. */
  readonly screen?: boolean | ScreenOptions | undefined;
  /**
   * Sounds of the app that viewers hear beside the microphone, such as music or a guest, each with
   * its gain; you can add and remove them while live. What is sent stays mono unless the microphone
   * has the content `music`.
   */
  readonly sounds?: readonly SoundOptions[] | undefined;
  /**
   * Goes back to the chosen camera or microphone when it is there again after it was lost; another
   * one stands in for it meanwhile. Default true.
   */
  readonly returnToDevice?: boolean | undefined;
  /**
   * The picture that goes out while the camera is off or gone: a colour, a text, an image; default a
   * dark one. You can change it while live.
   */
  readonly slate?: Slate | undefined;
  /**
   * The codec to send where ingest and browser have it; H264 and VP8 stay as fallbacks. Default
   * `h264`, which an ingest packages for HLS as it is.
   */
  readonly videoCodec?: VideoCodec | undefined;
  /**
   * Sends the picture in three sizes, each half as wide as the one before, where a WHIP server takes
   * that; `maxVideoKbps` is for all three together. Default false. It has no effect with a `ws(s)`
   * address: OvenMediaEngine takes several sizes over WHIP only.
   */
  readonly simulcast?: boolean | undefined;
  /**
   * The layers within the picture, such as `L1T2` (W3C webrtc-svc); only over WHIP, and where browser
   * and codec know it. Default: what the browser chooses.
   */
  readonly scalabilityMode?: string | null | undefined;
  /**
   * Upper limit of the video in kilobits per second; you can change it while live. The default fits
   * the picture that goes out, such as 2500 for a camera of 1280×720 at 30, and 5000 for a screen of
   * 1920×1080.
   */
  readonly maxVideoKbps?: number | undefined;
  /**
   * Chooses whether frame rate or resolution drops when network or machine cannot carry both, from
   * the sixth second on, or the third where the network plainly carries too little; before, the
   * full size is kept. Default `maintain-resolution` where the camera shows `detail`, and of a screen,
   * unless that shows `motion`; else `balanced`: at 300 kbit/s a picture that keeps its 720 lines moves once a second, and one that
   * keeps its frames is a blur. You can change it while live.
   */
  readonly degradationPreference?: DegradationPreference | undefined;
  /**
   * Sends a smaller picture, or fewer of them, while the machine cannot encode more, and goes back
   * by itself. Default true; browsers still do some of it on their own. You can change it while
   * live.
   */
  readonly adaptToMachine?: boolean | undefined;
  /**
   * `tcp` asks the ingest for its TCP path; `auto` leaves the choice to the ingest. OvenMediaEngine
   * knows `relay` (its TURN server alone) and `all` (every way) from 0.21 on; earlier ones treat
   * both as `udp`.
   */
  readonly transport?: 'auto' | 'udp' | 'tcp' | 'relay' | 'all' | undefined;
  /** `relay` sends through TURN only. Default `all`. */
  readonly iceTransportPolicy?: 'all' | 'relay' | undefined;
  /** ICE servers in addition to those that the ingest names. */
  readonly iceServers?: readonly RTCIceServer[] | undefined;
  /**
   * Runs signaling ahead of the button as soon as the preview is on and the URL is known. Default
   * true. The early offer fires the ingest's admission webhook; `false` waits for the button.
   */
  readonly autoPrepare?: boolean | undefined;
  /**
   * Refreshes the prepared answer every 0.6 to 1.2 s until the button is pressed. Default true.
   * Viewers of a server up to OvenMediaEngine 0.20.4 then see the first picture about two seconds
   * after the press instead of three and a half. Later servers gain nothing; from 0.21 on they can
   * be recognised, and nothing is refreshed. A refresh costs two to three per cent of one core and,
   * through a relay, one or two allocations. Each refresh calls `onPeerConnection`.
   */
  readonly refreshPreparedAnswers?: boolean | undefined;
  /**
   * Called when the ingest ends the stream, or its address expires, during a start or a reconnect.
   * The broadcast continues with the stream you return. Called once for each start and once for
   * each interruption, which ends when the broadcast was well for five seconds. The kit gives up
   * after 30 s. `signal` aborts when nobody waits for the stream any more.
   */
  readonly renew?: Renew | undefined;
  /** Lets the browser ask before the page is left while a broadcast runs. Default false. */
  readonly warnBeforeLeaving?: boolean | undefined;
  /**
   * Lets `resume()` go live again after a reload of a page that was live, also where it crashed or
   * the browser had discarded it. Default false. The entry that it keeps in `sessionStorage` while
   * the broadcast runs holds neither the URL nor the key.
   */
  readonly resumeOnReload?: boolean | undefined;
  /** Takes each line of the log. Without it the kit logs only wrong options, on the console. */
  readonly logger?: ((entry: LogEntry) => void) | undefined;
  /**
   * Escape hatch: called with each new connection, before it negotiates. Do not close the
   * connection. An error that you throw goes to the log, and the broadcast continues.
   */
  readonly onPeerConnection?: ((connection: RTCPeerConnection) => void) | undefined;
}

/** The settings of each source; `null` where the app broadcasts without it. */
export type SourceSettings = { readonly [Kind in SourceKind]: SourceOptions[Kind] | null };

/** The options, checked and complete. */
export interface Settings extends SourceSettings {
  /** Where to publish to, a credential; or why there is nowhere; `null` while no URL was given. */
  readonly ingestUrl: URL | BroadcastError | null;
  /** Epoch milliseconds on the page's clock; `null` if unknown. */
  readonly startedAt: number | null;
  readonly streamStatus: string | null;
  readonly clockOffsetMs: number;
  readonly timeoutSeconds: number;
  readonly sounds: readonly CheckedSound[];
  readonly returnToDevice: boolean;
  /** A credential; `null` for none. */
  readonly authToken: string | null;
  /** Not checked before it is drawn. */
  readonly slate: Slate;
  readonly videoCodec: VideoCodec;
  readonly simulcast: boolean;
  readonly scalabilityMode: string | null;
  readonly maxVideoKbps: number;
  readonly degradationPreference: DegradationPreference;
  readonly ofScreen: AskedOfScreen;
  readonly adaptToMachine: boolean;
  readonly iceTransportPolicy: 'all' | 'relay';
  readonly iceServers: readonly RTCIceServer[];
  readonly autoPrepare: boolean;
  readonly refreshPreparedAnswers: boolean;
  readonly onPeerConnection: ((connection: RTCPeerConnection) => void) | null;
  readonly renew: Renew | null;
  readonly warnBeforeLeaving: boolean;
  readonly resumeOnReload: boolean;
  /** The first option that could not be used, and was left at its default; `null` if all could. */
  readonly problem: BroadcastError | null;
}
