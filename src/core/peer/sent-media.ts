import { BroadcastError } from '../errors.js';
import { codecsIn, sendingSections } from './sections.js';

/** The outcome of the negotiation for one kind of media. */
export type SentKind =
  /** The server takes it. */
  | 'taken'
  /** There is something to send, but no codec that both sides know, or no place for it. */
  | 'refused'
  /** There was nothing of this kind to send. */
  | 'left-out';

/** The media of a session that the server takes. */
export interface SentMedia {
  readonly video: SentKind;
  readonly audio: SentKind;
}

/** The media that `answer` agreed to send; `wanted` holds the tracks, or `absent`. */
export function sentMediaIn(
  answer: string,
  wanted: Readonly<Record<'video' | 'audio', unknown>>,
): SentMedia {
  const kindOf = (kind: 'video' | 'audio') => {
    if (wanted[kind] === 'absent') return 'left-out';
    return sendingSections(answer, kind).length > 0 ? 'taken' : 'refused';
  };
  return { video: kindOf('video'), audio: kindOf('audio') };
}

/** How codecs are called by people. Those of a server's that are not here are not repeated. */
const NAMES: Readonly<Record<string, string>> = {
  h264: 'H264',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  h265: 'H265',
  opus: 'Opus',
  pcmu: 'PCMU',
  pcma: 'PCMA',
  g722: 'G722',
  'mpeg4-generic': 'AAC',
};

/** Why nothing can be sent: `offer` asks for nothing that this browser has. */
export function noCommonCodec(offer: string, { video, audio }: SentMedia): BroadcastError {
  const refused = [
    ...(video === 'refused' ? [`${askedIn(offer, 'video')} as the picture`] : []),
    ...(audio === 'refused' ? [`${askedIn(offer, 'audio')} as the sound`] : []),
  ];
  return new BroadcastError(
    'no-common-codec',
    `The server takes nothing that this browser can send: it asks ${refused.join(', and ')}. Use another browser, or set the server up for H264 or VP8, and Opus.`,
  );
}

function askedIn(offer: string, kind: string): string {
  const names = codecsIn(offer, kind).flatMap((codec) => NAMES[codec] ?? []);
  return names.length > 0 ? `for ${names.join(' or ')}` : 'for nothing that is known here';
}
