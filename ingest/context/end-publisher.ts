import type { Publisher } from '../streams/channel.js';
import type { StreamRecord } from '../streams/stream-record.js';
import type { IngestContext } from './ingest-context.js';

/**
 * Ends whoever publishes to this stream, or `only` if it still does. Its socket stays: by name is
 * how OvenMediaEngine finds a stream to stop, and its publisher is told nothing.
 */
export async function endPublisher(
  stream: StreamRecord,
  context: IngestContext,
  only?: Publisher,
): Promise<boolean> {
  const { publisher } = stream.channel;
  if (publisher === undefined || (only !== undefined && only !== publisher)) return false;
  stream.channel.vacate(publisher);
  context.events.add('publisher-lost', 'Publisher lost', stream.id);
  context.registry.happened(stream, 'input-lost');
  await publisher.session.close();
  return true;
}
