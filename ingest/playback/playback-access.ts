import type { StreamRecord } from '../streams/stream-record.js';
import { readToken } from './json-web-token.js';

/**
 * Whether somebody who shows `authToken` (the value of `?auth=`) may play this stream by this
 * playback id. An authenticated id asks for a JWT with an `exp` that lies ahead, signed by one of
 * the stream's signing keys. False for an id that is not the stream's.
 */
export function mayPlay(
  record: StreamRecord,
  playbackId: string,
  authToken: string | undefined,
): boolean {
  const found = record.playbackIds.find(({ id }) => id === playbackId);
  if (found === undefined) return false;
  if (found.policy === 'public') return true;
  return (
    authToken !== undefined &&
    record.signingKeys.some(({ key }) => readToken(authToken, key) !== undefined)
  );
}
