/** Where and how a recording of a stream is kept, in the API's own words. */
export interface StreamRecordingSettings {
  readonly enabled: 0 | 1;
  /** `url` is `s3://<endpoint>/<bucket>/<path>`; key and secret are credentials. */
  readonly destination?: {
    readonly url: string;
    readonly key?: string;
    readonly secret?: string;
    readonly permissions?: string;
  };
  readonly stream_source?: 'original' | 'transcoded' | 'auto';
  readonly resolution?: string;
  readonly format?: 'mp4' | 'ts';
  readonly max_file_duration?: number;
}

/**
 * The settings of a stream, when it is created or later. A setting that is left out stays as it is.
 */
export interface StreamSettings {
  readonly name?: string | undefined;
  /** Without it the API takes RTMP; WebRTC and SRT addresses need their own. */
  readonly inputFormat?: 'rtmp' | 'webrtc' | 'srt' | undefined;
  readonly outputFormat?: string | undefined;
  /** How long the stream waits for input before it is stopped, 1 to 7200. */
  readonly streamTimeoutSeconds?: number | undefined;
  readonly playbackDomain?: string | undefined;
  /** HTTPS address for the webhook; empty takes it away. */
  readonly callbackUrl?: string | undefined;
  readonly dvr?: StreamRecordingSettings | undefined;
  /** Fields that this kit does not know, sent as they are. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** The settings in the API's spelling. */
export function bodyOf(settings: StreamSettings): Readonly<Record<string, unknown>> {
  const { name, inputFormat, outputFormat, streamTimeoutSeconds, playbackDomain } = settings;
  return {
    ...settings.extra,
    ...given('name', name),
    ...given('input_format', inputFormat),
    ...given('output_format', outputFormat),
    ...given('stream_timeout', streamTimeoutSeconds),
    ...given('playback_domain', playbackDomain),
    ...given('callback_url', settings.callbackUrl),
    ...given('dvr', settings.dvr),
  };
}

function given(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === undefined ? {} : { [name]: value };
}
