import type { IngestContext } from '../context/ingest-context.js';
import type { StreamRecord } from '../streams/stream-record.js';
import { createRecorder, type Recorder } from './recorder.js';
import type { Recording } from './recording.js';

/** The recordings that run. One for each stream at most. */
export interface Recordings {
  /** Begins with the stream's next key frame. Throws if the stream is being recorded. */
  start(stream: StreamRecord, file: string): void;
  /** Completes the file. Rejects if nothing was being recorded, or nothing came. */
  stop(stream: StreamRecord): Promise<Recording>;
  has(stream: StreamRecord): boolean;
  /** Completes every file that can be. */
  close(): Promise<void>;
}

/** Starts without any. */
export function createRecordings({ events }: IngestContext): Recordings {
  const running = new Map<string, { recorder: Recorder; detach(): void }>();
  const stop = async (id: string): Promise<Recording> => {
    const entry = running.get(id);
    if (entry === undefined) throw new Error('This stream is not being recorded.');
    running.delete(id);
    entry.detach();
    const recording = await entry.recorder.finish();
    events.add('recording-stopped', 'Recording finished', id);
    return recording;
  };
  return {
    start(stream, file) {
      if (running.has(stream.id)) throw new Error('This stream is being recorded already.');
      const recorder = createRecorder(file);
      running.set(stream.id, { recorder, detach: stream.channel.attach(recorder) });
      events.add('recording-started', 'Recording', stream.id);
    },
    stop: (stream) => stop(stream.id),
    has: (stream) => running.has(stream.id),
    async close() {
      await Promise.allSettled([...running.keys()].map(stop));
    },
  };
}
