import { expect, it } from 'vitest';
import { FakeTrack } from '../../testing/fake-devices.js';
import type { Source } from './source.js';
import { servingSession } from './source-transition.js';

const track = new FakeTrack('video', '') as unknown as MediaStreamTrack;
const stamp = { at: 0, id: 9, random: 0 };
const source = (supplied?: 'given' | 'made', session?: number): Source => ({
  status: 'on',
  deviceId: null,
  muted: false,
  request: 1,
  capture: {
    track,
    sound: null,
    ...(supplied && { supplied }),
    deviceId: '',
    label: '',
    facing: 'unknown',
    picture: null,
  },
  change: null,
  problem: null,
  ...(session !== undefined && { session }),
});

it('lets the first session have what the preview opened, and asks a factory again for the next', () => {
  const first = servingSession(source('made'), 4, stamp);
  expect(first).toEqual(source('made', 4));
  expect(servingSession(first, 4, stamp)).toBe(first);
  const next = servingSession(first, 5, stamp);
  expect(next).toMatchObject({ status: 'on', session: 5, change: { request: 9, target: null } });
  expect(servingSession(next, 5, { ...stamp, id: 10 }), 'once').toBe(next);
  expect(servingSession(next, 6, { ...stamp, id: 11 })).toMatchObject({ change: { request: 11 } });
});

it.each([source(), source('given'), { ...source(), status: 'off' } as Source])(
  'leaves alone what no factory made',
  (other) => {
    expect(servingSession(other, 4, stamp)).toBe(other);
  },
);
