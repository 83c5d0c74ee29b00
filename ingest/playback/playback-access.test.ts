import { describe, expect, it } from 'vitest';
import { startIngest } from '../index.js';
import { createEventLog } from '../streams/ingest-events.js';
import { createRulesClock } from '../streams/rules-clock.js';
import { createStreamRegistry } from '../streams/stream-registry.js';
import { signToken } from './json-web-token.js';
import { mayPlay } from './playback-access.js';

const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

function createRegistry() {
  return createStreamRegistry({
    rules: { startTimeoutSeconds: 120, resumeTimeoutSeconds: 120 },
    clock: createRulesClock(1),
    events: createEventLog(() => {}),
    cutPublisher() {},
    changed() {},
  });
}

describe('who may play', () => {
  it('is everybody by a public id, and nobody by the id of another stream', () => {
    const registry = createRegistry();
    const stream = registry.create();
    const [{ id: publicId } = { id: '' }] = stream.playbackIds;
    expect(mayPlay(stream, publicId, undefined)).toBe(true);
    expect(mayPlay(registry.create(), publicId, undefined)).toBe(false);
    expect(registry.byPlaybackId(publicId)).toBe(stream);
    expect(registry.byPlaybackId('nobody')).toBeUndefined();
  });

  it('is whoever shows a token of the stream’s key by an authenticated id, until it is over', () => {
    const registry = createRegistry();
    const stream = registry.create();
    const { id } = registry.addPlaybackId(stream, 'authenticated');
    expect(mayPlay(stream, id, undefined)).toBe(false);
    const { key } = registry.addSigningKey(stream);
    registry.addSigningKey(stream);
    const { key: foreign } = registry.addSigningKey(registry.create());
    expect(mayPlay(stream, id, signToken({ exp: inAnHour() }, key))).toBe(true);
    expect(mayPlay(stream, id, signToken({ exp: 1 }, key))).toBe(false);
    expect(mayPlay(stream, id, signToken({}, key))).toBe(false);
    expect(mayPlay(stream, id, signToken({ exp: inAnHour() }, foreign))).toBe(false);
    expect(mayPlay(stream, id, 'no token')).toBe(false);
    expect(registry.byPlaybackId(id)).toBe(stream);
  });

  it('is arranged over HTTP', async () => {
    const ingest = await startIngest();
    const call = async (path: string, body: unknown, authorization = '') => {
      const init = { method: 'POST', headers: { authorization }, body: JSON.stringify(body) };
      return (await fetch(`${ingest.url}/v1/${path}`, init)).json();
    };
    const { access_token } = await call('access_token/any', {});
    const bearer = `Bearer ${access_token}`;
    const stream = ingest.createStream();
    const path = `live-streams/${stream.id}/playback-ids`;
    const added = await call(path, { policy: 'authenticated' }, bearer);
    expect(added).toEqual({ id: expect.any(String), policy: 'authenticated' });
    expect(await call(path, { policy: 'secret' }, bearer)).toMatchObject({ error: 400 });
    const other = await call(path, {}, bearer);
    expect(other.policy).toBe('public');
    const shown = ingest.getStream(stream.id);
    expect(shown?.playback_ids).toEqual([...stream.playback_ids, added, other]);
    expect(shown?.playback_urls).toHaveLength(2);
    expect(shown?.playback_urls.join()).not.toContain(added.id);
    const key = await call('signing-keys', { stream_id: stream.id }, bearer);
    expect(key).toEqual({
      id: expect.any(String),
      key: expect.stringMatching(/^[\da-f]{64}$/),
      stream_id: stream.id,
      algorithm: 'HS256',
    });
    await ingest.close();
  });
});
