/** What was sent during about one second, derived from two `getStats()` reports (W3C webrtc-stats). */
export interface StatsSample {
  /** Epoch milliseconds of the newer report. */
  readonly at: number;
  /** Everything sent on the transport's RTP streams, in kilobits per second; `null` if unknown. */
  readonly sentKbps: number | null;
  /** Encoded frame size in pixels; `null` while no video is sent. */
  readonly frameWidth: number | null;
  readonly frameHeight: number | null;
  /** Frames encoded per second. */
  readonly framesPerSecond: number | null;
  /** Name of the video codec without its type, such as `H264`. */
  readonly videoCodec: string | null;
  /** Round-trip time to the ingest in milliseconds. */
  readonly roundTripMs: number | null;
  /** Share of packets that the ingest reports lost, 0 to 1. */
  readonly lossRatio: number | null;
  /** How packets travel. */
  readonly path: 'udp' | 'tcp' | 'relay' | null;
}
