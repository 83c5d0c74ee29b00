import { splitSections } from './sections.js';
import type { VideoCodec } from './video-codec.js';
import { codecsInOrder, VIDEO_CODECS } from './video-codec.js';

/** Preferences for what the other side asks for. */
export interface SdpPreferences {
  /** The codec to encode with, if it is there; `null` leaves the choice as it is. */
  readonly videoCodec: VideoCodec | null;
  /** Upper limit of the video in kilobits per second. */
  readonly maxVideoKbps: number;
  readonly sound: SoundContent;
  /** The H264 profiles that can be encoded, as in `profile-level-id`; `null` if they are not known. */
  readonly h264Profiles: readonly string[] | null;
}

/** The use of the microphone: a voice, or music, which is stereo and loses by being cleaned. */
export type SoundContent = 'speech' | 'music';

/** Share of the cap that the encoder begins with, and the most that is asked of an unknown network. */
const START = { share: 0.8, mostKbps: 2_000 } as const;

/** The start bitrate of the encoder under a cap, in kilobits per second. */
export function startKbpsOf(maxVideoKbps: number): number {
  return Math.round(Math.min(START.share * maxVideoKbps, START.mostKbps));
}

/**
 * How Opus is asked to sound. The rates are the upper ends of what RFC 7587 section 3.1.1 calls good
 * for a voice in full band, and for stereo music, with a fifth on top of the voice for the HLS
 * packager that encodes it once more. Nothing is left out in silence (DTX): HLS would have gaps.
 */
const SOUND = {
  speech: { stereo: '0', maxaveragebitrate: '48000', useinbandfec: '1', usedtx: '0' },
  music: { stereo: '1', maxaveragebitrate: '128000', useinbandfec: '1', usedtx: '0' },
} as const satisfies Record<SoundContent, Readonly<Record<string, string>>>;

/**
 * Writes our preferences into the received description, which is where a sender reads them. The payload
 * types of the codec go to the front of the video section: the sender encodes what stands first in
 * the *offer*, while OvenMediaEngine expects what stands first in the *answer*, so an answer that
 * prefers another codec than the offer publishes nothing. A start bitrate is named, or Chromium
 * sends the first full-size frames at 300 kbit/s, and every viewer is behind from then on. And Opus
 * is told what its receiver wants (RFC 7587 section 7), which here is what we want to send.
 */
export function writePreferences(sdp: string, preferences: SdpPreferences): string {
  return splitSections(sdp)
    .flatMap((section) => {
      if (section[0]?.startsWith('m=video ')) return shapeVideo(withRtcpMux(section), preferences);
      return section[0]?.startsWith('m=audio ')
        ? shapeAudio(withRtcpMux(section), preferences.sound)
        : section;
    })
    .map((line) => `${line}\r\n`)
    .join('');
}

/** Browsers take no section without it (RFC 8834 section 4.5). */
function withRtcpMux(section: readonly string[]): readonly string[] {
  return section.includes('a=rtcp-mux') ? section : [...section, 'a=rtcp-mux'];
}

function shapeVideo(section: readonly string[], preferences: SdpPreferences): readonly string[] {
  const [media, port, protocol, ...types] = (section[0] ?? '').split(' ');
  const lines = withEncodableProfile(section, preferences.h264Profiles);
  const { videoCodec } = preferences;
  const wanted =
    videoCodec === null
      ? types
      : codecsInOrder(videoCodec).flatMap((codec) => payloadTypesOf(section, codec));
  const rank = (type: string) => (wanted.includes(type) ? wanted.indexOf(type) : wanted.length);
  const ordered = [...types].sort((left, right) => rank(left) - rank(right));
  const codecs = VIDEO_CODECS.flatMap((codec) => mapsOf(section, codec));
  return withParameters(
    [[media, port, protocol, ...ordered].join(' '), ...lines.slice(1)],
    codecs,
    {
      'x-google-start-bitrate': String(startKbpsOf(preferences.maxVideoKbps)),
    },
  );
}

/**
 * Where none of the H264 profiles asked for can be encoded, the constrained baseline stands in for
 * them: whatever decodes another profile decodes that, too (ITU-T H.264, annex A.2).
 */
function withEncodableProfile(
  section: readonly string[],
  encodable: readonly string[] | null,
): readonly string[] {
  const types = mapsOf(section, 'h264');
  const profileIn = (line: string) =>
    types.includes(/^a=fmtp:(\d+) /.exec(line)?.[1] ?? '')
      ? /profile-level-id=([0-9a-f]{2})/i.exec(line)?.[1]?.toLowerCase()
      : undefined;
  const asked = section.flatMap((line) => profileIn(line) ?? []);
  const canNone = asked.length > 0 && !asked.some((profile) => encodable?.includes(profile));
  if (!encodable?.includes('42') || !canNone) return section;
  return section.map((line) =>
    profileIn(line) === undefined
      ? line
      : line.replace(/(?<name>profile-level-id=)[0-9a-f]{4}/i, '$<name>42e0'),
  );
}

function shapeAudio(section: readonly string[], sound: SoundContent): readonly string[] {
  return withParameters(section, mapsOf(section, 'opus'), SOUND[sound]);
}

/** The section with these parameters set for these payload types, and its others kept. */
function withParameters(
  section: readonly string[],
  types: readonly string[],
  wanted: Readonly<Record<string, string>>,
): readonly string[] {
  const hasFormat = (type: string) => section.some((line) => line.startsWith(`a=fmtp:${type} `));
  return section.flatMap((line) => {
    const [, attribute, type = ''] = /^a=(rtpmap|fmtp):(\d+) /.exec(line) ?? [];
    if (!types.includes(type)) return [line];
    const given = attribute === 'fmtp' ? line.slice(line.indexOf(' ') + 1).split(';') : [];
    const kept = given.filter((one) => !((one.split('=')[0]?.trim() ?? '') in wanted));
    const added = Object.entries(wanted).map(([name, value]) => `${name}=${value}`);
    const format = `a=fmtp:${type} ${[...kept, ...added].join(';')}`;
    if (attribute === 'fmtp') return [format];
    return hasFormat(type) ? [line] : [line, format];
  });
}

/** The payload types of a codec, and of the retransmissions that repeat it (RFC 4588). */
function payloadTypesOf(section: readonly string[], codec: VideoCodec): readonly string[] {
  const types = mapsOf(section, codec);
  const repeats = section.flatMap((line) => {
    const [, repeat, of] = /^a=fmtp:(\d+) apt=(\d+)/.exec(line) ?? [];
    return repeat !== undefined && of !== undefined && types.includes(of) ? [repeat] : [];
  });
  return [...types, ...repeats];
}

function mapsOf(section: readonly string[], codec: string): readonly string[] {
  return section.flatMap((line) => {
    const [, type, name] = /^a=rtpmap:(\d+) ([^/]+)\//.exec(line) ?? [];
    return type !== undefined && name?.toLowerCase() === codec ? [type] : [];
  });
}
