import { type DvrSettings, oneOf, parseDvrSettings, parseFields } from './dvr-settings.js';

const INPUT_FORMATS = ['rtmp', 'webrtc', 'srt'] as const;

/** What the creator of a stream may say, in the Live API's spelling. */
export interface StreamSettings {
  /** 1 to 256 characters. */
  readonly name: string;
  /** A label: every way in works whatever it says. */
  readonly input_format: (typeof INPUT_FORMATS)[number];
  readonly output_format: string;
  /** Seconds without media, 1 to 7200, in place of both 120-second rules; undefined keeps those. */
  readonly stream_timeout: number | undefined;
  /** Hears of every change of status, over http or https; empty for nobody. May hold a secret. */
  readonly callback_url: string;
  readonly dvr: DvrSettings | undefined;
}

/** Some settings: what is left out stays as it is, or takes its default. */
export type StreamSettingsChange = Partial<StreamSettings>;

/** What a stream begins with. */
export const DEFAULT_SETTINGS: StreamSettings = {
  name: 'Untitled',
  input_format: 'rtmp',
  output_format: 'hls',
  stream_timeout: undefined,
  callback_url: '',
  dvr: undefined,
};

/**
 * Reads the body of a creation or an update; an absent one changes nothing, and fields that nobody
 * knows are ignored. Throws a `RangeError` that names the field that makes no sense.
 */
export function parseStreamSettings(body: unknown): StreamSettingsChange {
  if (body === undefined) return {};
  const given = parseFields('body', body);
  const read: { -readonly [K in keyof StreamSettings]?: StreamSettings[K] } = {};
  const { name, input_format, output_format, stream_timeout, callback_url, dvr } = given;
  if (name !== undefined) read.name = text('name', name, 256);
  if (input_format !== undefined) {
    read.input_format = oneOf('input_format', input_format, INPUT_FORMATS);
  }
  if (output_format !== undefined) read.output_format = text('output_format', output_format, 32);
  if (stream_timeout !== undefined) read.stream_timeout = parseTimeout(stream_timeout);
  if (callback_url !== undefined) read.callback_url = parseCallbackUrl(callback_url);
  if (dvr !== undefined) read.dvr = dvr === null ? undefined : parseDvrSettings(dvr);
  return read;
}

function text(name: string, value: unknown, longest: number): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= longest) return value;
  throw new RangeError(`"${name}" is a text of 1 to ${longest} characters.`);
}

function parseTimeout(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 7200) {
    return value;
  }
  throw new RangeError('"stream_timeout" is a whole number of seconds from 1 to 7200.');
}

function parseCallbackUrl(value: unknown): string {
  if (value === '') return value;
  if (typeof value === 'string' && value.length <= 2048 && URL.canParse(value)) {
    const { protocol, username, password } = new URL(value);
    const isHttp = protocol === 'http:' || protocol === 'https:';
    if (isHttp && username === '' && password === '') return value;
  }
  throw new RangeError(
    '"callback_url" is an http or https URL without a user name, or an empty text for none.',
  );
}
