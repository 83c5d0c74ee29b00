import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeTrack } from '../../testing/fake-devices.js';
import { standsStill } from './watch-flow.js';

/** A track that gives something each 33 ms, as long as it flows. */
class FlowingTrack extends FakeTrack {
  flows = true;
}

/** Chromium's processor, which counts what is handed out and not closed. */
let open = 0;
class FakeProcessor {
  readonly readable: ReadableStream<{ close(): void }>;
  constructor({ track }: { readonly track: FlowingTrack }) {
    this.readable = new ReadableStream(
      {
        async pull(controller) {
          do await new Promise((resolve) => setTimeout(resolve, 33));
          while (!track.flows);
          open += 1;
          controller.enqueue({
            close() {
              open -= 1;
            },
          });
        },
      },
      { highWaterMark: 0 },
    );
  }
}

let life: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStreamTrackProcessor', FakeProcessor);
  life = new AbortController();
  open = 0;
});
afterEach(() => {
  life.abort();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
function watch(kind: 'audio' | 'video' = 'video') {
  const [made, input] = [new FlowingTrack(kind, ''), new FlowingTrack(kind, '')];
  const seen = { isStill: false };
  standsStill(
    made as unknown as MediaStreamTrack,
    input as unknown as MediaStreamTrack,
    life.signal,
  )
    .then(() => {
      seen.isStill = true;
    })
    .catch(() => {});
  return { made, input, seen };
}

it.each(['audio', 'video'] as const)(
  'notices %s that stands still while its input goes on',
  async (kind) => {
    const { made, seen } = watch(kind);
    await pass(60_000);
    expect(seen.isStill).toBe(false);
    made.flows = false;
    await pass(3_000);
    expect(seen.isStill).toBe(false);
    await pass(3_000);
    expect(seen.isStill).toBe(true);
    life.abort();
    await pass(1_000);
    expect(open, 'nothing is kept from the source').toBe(0);
  },
);

it('says nothing of a track whose input stands still, too, as in a hidden page', async () => {
  const { made, input, seen } = watch();
  made.flows = false;
  input.flows = false;
  await pass(60_000);
  expect(seen.isStill).toBe(false);
  // The input comes back first, and the other one has its time from then on.
  input.flows = true;
  await pass(1_000);
  expect(seen.isStill).toBe(false);
});

it('says nothing of a slow one, nor of a muted one', async () => {
  const { made, seen } = watch();
  for (let turn = 0; turn < 10; turn += 1) {
    made.flows = false;
    await pass(2_500);
    made.flows = true;
    await pass(300);
  }
  made.enabled = false;
  made.flows = false;
  await pass(60_000);
  expect(seen.isStill).toBe(false);
});

it('never says so where the browser cannot tell, and ends with its signal', async () => {
  vi.unstubAllGlobals();
  const { made, input } = watch('audio');
  const watched = standsStill(
    made as unknown as MediaStreamTrack,
    input as unknown as MediaStreamTrack,
    life.signal,
  );
  const outcome = watched.catch((thrown: unknown) => thrown);
  await pass(60_000);
  life.abort();
  await expect(outcome).resolves.toBe(life.signal.reason);
});
