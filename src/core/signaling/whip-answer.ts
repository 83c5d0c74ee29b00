import { BroadcastError } from '../errors.js';
import { sectionsOf, splitSections } from '../peer/sections.js';
import { LIMITS } from './limits.js';
import { credentialsIn } from './whip-fragment.js';

/**
 * Checks that `answer` can be one to `offer` (RFC 3264 section 6): it has the same media, in the same
 * order and with the same names, a path, and keys of its own, within `LIMITS`.
 * @throws BroadcastError `protocol-violation`.
 */
export function checkAnswer(answer: string, offer: string): void {
  if (answer.length > LIMITS.sdpChars) throw violation('an answer that is far too long');
  if (!/^v=0\r?\n/.test(answer)) throw violation('no SDP answer, but something else');
  const count = (pattern: RegExp) => answer.match(pattern)?.length ?? 0;
  if (count(/^a=candidate:/gm) > LIMITS.candidates) throw violation('far too many candidates');
  if (longestCandidate(answer) > LIMITS.candidateChars) {
    throw violation('a candidate that is far too long');
  }
  const offered = sectionsOf(offer);
  const answered = sectionsOf(answer);
  const fits =
    offered.length === answered.length &&
    offered.every(({ kind, mid }, index) => {
      const section = answered[index];
      // The name of what is refused may be left out.
      return section?.kind === kind && (section.mid === mid || section.mid === null);
    });
  if (!fits) throw violation('an answer to another offer');
  const { ufrag, pwd } = credentialsIn(answer);
  if (ufrag === '' || pwd === '' || !/^a=fingerprint:/m.test(answer)) {
    throw violation('an answer without ICE credentials or without a fingerprint');
  }
  if (ufrag === credentialsIn(offer).ufrag) throw violation('our own offer as its answer');
}

function longestCandidate(answer: string): number {
  const lines = splitSections(answer).flat();
  return Math.max(
    0,
    ...lines.filter((line) => line.startsWith('a=candidate:')).map(({ length }) => length),
  );
}

/** A server that speaks HTTP and no WHIP; `what` it sent is a part of a sentence. */
export function violation(what: string): BroadcastError {
  return new BroadcastError(
    'protocol-violation',
    `The server sent ${what}, so it is no WHIP server, or something in between changed it. Check that the server URL is its WHIP address.`,
  );
}
