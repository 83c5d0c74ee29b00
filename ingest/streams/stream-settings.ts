import * as z from 'zod';
import { objectOf, oneOf, readAs } from '../validation/read-as.js';
import { DVR_SETTINGS, type DvrSettings } from './dvr-settings.js';

const INPUT_FORMATS = ['rtmp', 'webrtc', 'srt'] as const;

/** The settings that the creator of a stream may give, in the Live API's spelling. */
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

/** The default settings of a stream. */
export const DEFAULT_SETTINGS: StreamSettings = {
  name: 'Untitled',
  input_format: 'rtmp',
  output_format: 'hls',
  stream_timeout: undefined,
  callback_url: '',
  dvr: undefined,
};

const text = (name: string, longest: number) => {
  const words = `"${name}" is a text of 1 to ${longest} characters.`;
  return z.string(words).min(1, words).max(longest, words);
};
const TIMEOUT_WORDS = '"stream_timeout" is a whole number of seconds from 1 to 7200.';
const CALLBACK_WORDS =
  '"callback_url" is an http or https URL without a user name, or an empty text for none.';

const CHANGE: z.ZodType<StreamSettingsChange> = objectOf('body', {
  name: text('name', 256).exactOptional(),
  input_format: oneOf('input_format', INPUT_FORMATS).exactOptional(),
  output_format: text('output_format', 32).exactOptional(),
  stream_timeout: z
    .int(TIMEOUT_WORDS)
    .min(1, TIMEOUT_WORDS)
    .max(7200, TIMEOUT_WORDS)
    .exactOptional(),
  callback_url: z.string(CALLBACK_WORDS).refine(isCallbackUrl, CALLBACK_WORDS).exactOptional(),
  dvr: DVR_SETTINGS.nullable()
    .transform((dvr) => dvr ?? undefined)
    .exactOptional(),
});

/**
 * Reads the body of a creation or an update; an absent one changes nothing, and neither does a field
 * that is `undefined` or that nobody knows. Throws a `RangeError` that names the field that makes no
 * sense.
 */
export function parseStreamSettings(body: unknown): StreamSettingsChange {
  return readAs(CHANGE, body === undefined ? {} : body);
}

function isCallbackUrl(value: string): boolean {
  if (value === '') return true;
  if (value.length > 2048 || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
