import { LiveApiError } from './live-api-error.js';
import { type LiveStream, parseLiveStream } from './live-stream.js';

/**
 * Reads the body of a webhook, the stream object that the Live API posts to `callback_url`. Hooks
 * are not signed, so take it as a hint and read the stream from the API before acting on it. Throws
 * a {@link LiveApiError} with code `malformed` for anything else.
 */
export function parseCallback(body: unknown): LiveStream {
  const stream = parseLiveStream(body);
  if (stream !== null) return stream;
  throw new LiveApiError(
    'malformed',
    'Could not read the webhook: its body holds no stream object. Check that only the Live API posts to this address.',
  );
}
