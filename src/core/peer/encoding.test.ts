import { describe, expect, it } from 'vitest';
import type { EncodingWish } from './encoding.js';
import { followEncoding } from './encoding.js';

const WISH: EncodingWish = {
  maxVideoKbps: 2_500,
  scaleDownBy: 1,
  maxFramesPerSecond: null,
  degradationPreference: 'maintain-resolution',
};

/**
 * A connection as far as an encoder is steered through it: like a browser's, it takes parameters
 * back only if they are those that it gave out last.
 */
function fakeConnection(behaviour: 'SETTLES' | 'CLOSES' | 'KNOWS_NO_PREFERENCE' | 'REFUSES') {
  const applied: Record<string, unknown>[] = [];
  const options: unknown[] = [];
  let transaction = 0;
  let current: Record<string, unknown> = {};
  const sender = {
    getParameters() {
      transaction += 1;
      return { transactionId: String(transaction), encodings: [{ ...current }] };
    },
    async setParameters(parameters: RTCRtpSendParameters, given?: RTCSetParameterOptions) {
      if (parameters.transactionId !== String(transaction)) throw new Error('InvalidModification');
      await Promise.resolve();
      if (behaviour === 'CLOSES' && applied.length > 0) throw new Error('InvalidState');
      const { encodings, degradationPreference } = parameters;
      const isRefused = behaviour === 'KNOWS_NO_PREFERENCE' && degradationPreference !== undefined;
      if (isRefused || behaviour === 'REFUSES') throw new Error('InvalidModification');
      current = { ...encodings[0] };
      applied.push({ ...current, degradationPreference });
      options.push(given);
    },
  };
  const transceivers = [
    { receiver: { track: { kind: 'audio' } }, sender: null },
    { receiver: { track: { kind: 'video' } }, sender },
  ];
  const connection = { getTransceivers: () => transceivers } as unknown as RTCPeerConnection;
  return { connection, applied, options };
}

function feedOf(first: EncodingWish) {
  let wish = first;
  const listeners = new Set<() => void>();
  return {
    listeners,
    feed: {
      current: () => wish,
      subscribe(listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    change(patch: Partial<EncodingWish>) {
      wish = { ...wish, ...patch };
      for (const listener of listeners) listener();
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
const turns = () => new Promise((resolve) => setTimeout(resolve));

describe('followEncoding', () => {
  it('applies the wish, each change of it in order, and nothing twice', async () => {
    const { connection, applied } = fakeConnection('SETTLES');
    const { feed, change } = feedOf(WISH);
    await followEncoding(connection, feed);
    expect(applied).toEqual([
      {
        maxBitrate: 2_500_000,
        scaleResolutionDownBy: 1,
        degradationPreference: 'maintain-resolution',
      },
    ]);
    change({ maxFramesPerSecond: 15 });
    change({ scaleDownBy: 2, maxVideoKbps: 900 });
    change({});
    change({ maxFramesPerSecond: null, degradationPreference: 'balanced' });
    await turns();
    expect(applied.slice(1)).toEqual([
      {
        maxBitrate: 2_500_000,
        scaleResolutionDownBy: 1,
        maxFramerate: 15,
        degradationPreference: 'maintain-resolution',
      },
      {
        maxBitrate: 900_000,
        scaleResolutionDownBy: 2,
        maxFramerate: 15,
        degradationPreference: 'maintain-resolution',
      },
      { maxBitrate: 900_000, scaleResolutionDownBy: 2, degradationPreference: 'balanced' },
    ]);
  });

  it('asks for a key frame in its turn, and changes nothing by it', async () => {
    const { connection, applied, options } = fakeConnection('SETTLES');
    const { feed, change } = feedOf(WISH);
    const { sendKeyFrame } = await followEncoding(connection, feed);
    change({ maxVideoKbps: 900 });
    sendKeyFrame();
    await turns();
    expect(applied[2]).toEqual(applied[1]);
    expect(options).toEqual([undefined, undefined, { encodingOptions: [{ keyFrame: true }] }]);
  });

  it('lets go of the feed when it is told to', async () => {
    const { connection, applied } = fakeConnection('SETTLES');
    const { feed, change, listeners } = feedOf(WISH);
    const { end } = await followEncoding(connection, feed);
    end();
    change({ maxVideoKbps: 1 });
    await turns();
    expect(applied).toHaveLength(1);
    expect(listeners.size).toBe(0);
  });

  it('still caps the bitrate where a browser refuses the rest, and goes on where it refuses that', async () => {
    const { connection, applied } = fakeConnection('KNOWS_NO_PREFERENCE');
    const { feed, change } = feedOf(WISH);
    await followEncoding(connection, feed);
    change({ maxVideoKbps: 900 });
    await turns();
    expect(applied).toMatchObject([{ maxBitrate: 2_500_000 }, { maxBitrate: 900_000 }]);
    const refusing = fakeConnection('REFUSES');
    const followed = await followEncoding(refusing.connection, feed);
    followed.sendKeyFrame();
    await turns();
    expect(refusing.applied).toEqual([]);
  });

  it('survives a connection that closes under it', async () => {
    const { connection, applied } = fakeConnection('CLOSES');
    const { feed, change } = feedOf(WISH);
    await followEncoding(connection, feed);
    change({ maxVideoKbps: 1 });
    change({ maxVideoKbps: 2 });
    await turns();
    expect(applied).toHaveLength(1);
  });
});
