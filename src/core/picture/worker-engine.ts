import { aborted } from '../foundation/abort.js';
import { listen } from '../foundation/listen.js';
import { within } from '../foundation/time.js';
import type { Engine, EngineNews, FromPictureWorker, Shown, ToPictureWorker } from './engine.js';
import { frameStreams } from './frame-streams.js';

const BEGINS_WITHIN_MS = 5_000;
/** Time for a worker to let go of its frames, which belong to the camera. */
const ENDS_WITHIN_MS = 500;

/**
 * Opens an engine that draws in a worker, frame by frame: in Chromium with tracks that the page reads
 * and makes, in Safari with tracks that the worker does. A hidden page does not slow it down.
 */
export async function openWorkerEngine(news: EngineNews, signal: AbortSignal): Promise<Engine> {
  if (typeof globalThis.Worker === 'undefined') throw new Error('There are no workers here.');
  const { MediaStreamTrackGenerator, MediaStreamTrackProcessor } = frameStreams();
  const { openPictureWorker } = await import('./open-picture-worker.js');
  signal.throwIfAborted();
  const worker = openPictureWorker();
  const post = (message: ToPictureWorker, transfer: readonly unknown[] = []) =>
    worker.postMessage(message, transfer as Transferable[]);
  void aborted(signal).then(() => {
    post({ type: 'end' });
    setTimeout(() => worker.terminate(), ENDS_WITHIN_MS);
  });
  const isInPage =
    MediaStreamTrackGenerator !== undefined && MediaStreamTrackProcessor !== undefined;
  const own = isInPage ? new MediaStreamTrackGenerator({ kind: 'video' }) : null;
  const begun = new Promise<MediaStreamTrack>((resolve, reject) => {
    const hear = (event: Event) => {
      const message = (event as MessageEvent<FromPictureWorker>).data;
      if (message.type === 'drawn') return news.onDrawn(message);
      if (message.type === 'begun') {
        const track = message.track ?? own;
        if (track !== null) resolve(track);
        return undefined;
      }
      const { type } = message;
      fail(
        new Error(type === 'unable' ? 'This worker cannot draw.' : `${message.name} in the worker`),
      );
      return undefined;
    };
    const fail = (thrown: unknown) => {
      reject(thrown);
      news.onBroken(thrown);
    };
    listen(worker, 'message', hear, signal);
    // A content security policy may refuse the worker.
    listen(worker, 'error', () => fail(new Error('The worker did not start.')), signal);
  });
  const writable = own?.writable ?? null;
  post({ type: 'begin', writable }, writable === null ? [] : [writable]);
  const late = () => new Error('The worker did not start in time.');
  const track = await within(begun, BEGINS_WITHIN_MS, late, signal);
  void aborted(signal).then(() => track.stop());

  const inputs = new Map<string, MediaStreamTrack>();
  const sent = new Set<number>();
  const feed = (name: string, source: MediaStreamTrack) => {
    if (isInPage) {
      const { readable } = new MediaStreamTrackProcessor({ track: source });
      return post({ type: 'input', name, readable, track: null }, [readable]);
    }
    // A transferred track is gone here, so the worker gets a clone, and stops it.
    const twin = source.clone();
    try {
      post({ type: 'input', name, readable: null, track: twin }, [twin]);
    } catch (thrown) {
      twin.stop();
      throw thrown;
    }
  };
  return {
    track,
    show(shown: Shown) {
      for (const name of [...inputs.keys()]) {
        if (shown.inputs.has(name)) continue;
        inputs.delete(name);
        post({ type: 'drop', name });
      }
      for (const [name, source] of shown.inputs) {
        if (inputs.get(name) === source) continue;
        feed(name, source);
        inputs.set(name, source);
      }
      for (const [key, bitmap] of shown.images) {
        if (sent.has(key)) continue;
        sent.add(key);
        post({ type: 'image', key, bitmap });
      }
      post({ type: 'compose', composition: shown.composition });
    },
  };
}
