import { describe, expect, it } from 'vitest';
import {
  failed,
  GOOD_STATS,
  on as given,
  SOURCES_ON,
  stageStates,
  statsOf,
} from '../testing/sample-states.js';
import type { Delivery } from './select-delivery.js';
import { selectDelivery } from './select-delivery.js';
import type { Source } from './sources/source.js';
import type { BroadcasterState } from './state.js';
import { INITIAL_STATE } from './state.js';

const stage = (name: string): BroadcasterState => ({
  ...INITIAL_STATE,
  ...stageStates(1_000_000)[name],
});

const choice = { deviceId: null, muted: false } as const;
const SOURCES = {
  whole: (kind) => given(kind),
  muted: (kind) => given(kind, { muted: true }),
  none: () => ({ ...choice, status: 'excluded' }),
  opening: () => ({ ...choice, status: 'opening', request: 1, after: null }),
  lost: () => failed('device-lost'),
  refused: (kind) => given(kind),
} as const satisfies Record<Delivery['picture'], (kind: 'camera' | 'microphone') => Source>;

const delivered = (picture: Delivery['picture'], sound: Delivery['sound']) =>
  selectDelivery({
    ...stage('live'),
    connection: {
      status: 'live',
      since: 0,
      sessionId: 2,
      sent: {
        video: picture === 'refused' ? 'refused' : 'taken',
        audio: sound === 'refused' ? 'refused' : 'taken',
      },
      recoveringFrom: null,
    },
    camera: SOURCES[picture]('camera'),
    microphone: SOURCES[sound]('microphone'),
  });

describe('selectDelivery', () => {
  it.each([
    ['blank', 'off'],
    ['asking', 'off'],
    ['denied', 'off'],
    ['ready', 'off'],
    ['connecting', 'starting'],
    ['live', 'reaching'],
    ['reconnecting', 'interrupted'],
    ['expired', 'off'],
    ['failed', 'off'],
  ] as const)('says of %s that it is %s', (name, status) => {
    expect(selectDelivery(stage(name)).status).toBe(status);
  });

  it('leaves it to the connection to tell an ingest that is gone from one that says nothing', () => {
    const stats = statsOf({}, { silentMs: 4_000 });
    expect(selectDelivery({ ...stage('live'), stats })).toMatchObject({
      status: 'reaching',
      health: { level: 'excellent' },
    });
    expect(selectDelivery({ ...stage('reconnecting'), stats })).toMatchObject({
      status: 'interrupted',
      health: { level: 'stalled' },
    });
  });

  it.each([
    ['whole', 'whole', 'excellent', []],
    ['muted', 'whole', 'excellent', []],
    ['whole', 'muted', 'excellent', []],
    ['none', 'whole', 'excellent', []],
    ['muted', 'muted', 'muted', []],
    ['none', 'muted', 'muted', []],
    ['muted', 'none', 'muted', []],
    ['none', 'none', 'muted', []],
    ['opening', 'muted', 'unknown', []],
    ['opening', 'whole', 'excellent', []],
    ['lost', 'whole', 'poor', ['camera-lost']],
    ['lost', 'muted', 'poor', ['camera-lost']],
    ['muted', 'lost', 'poor', ['microphone-lost']],
    ['whole', 'lost', 'poor', ['microphone-lost']],
    ['lost', 'lost', 'poor', ['camera-lost', 'microphone-lost']],
    ['refused', 'whole', 'poor', ['picture-refused']],
    ['whole', 'refused', 'poor', ['sound-refused']],
    ['refused', 'lost', 'poor', ['picture-refused', 'microphone-lost']],
  ] as const)(
    'a picture that is %s and a sound that is %s are %s',
    (picture, sound, level, why) => {
      const delivery = delivered(picture, sound);
      expect(delivery).toMatchObject({ status: 'reaching', picture, sound });
      expect(delivery.health).toEqual({ level, reasons: why });
    },
  );

  it('is never good news while viewers get nothing', () => {
    const nothing = ['muted', 'none', 'opening', 'lost', 'refused'] as const;
    for (const picture of nothing) {
      for (const sound of nothing) {
        expect(['muted', 'unknown', 'poor']).toContain(delivered(picture, sound).health.level);
      }
    }
  });

  it('misses what the browser does not send, though its device is on', () => {
    const audioAlone = {
      videoBitsPerSecond: undefined,
      framesPerSecond: undefined,
      targetBitsPerSecond: undefined,
    };
    const videoAlone = { audioBitsPerSecond: undefined };
    const verdict = (patch: object) =>
      selectDelivery({ ...stage('live'), stats: statsOf(...Array<object>(12).fill(patch)) }).health;
    expect(verdict(audioAlone)).toEqual({ level: 'poor', reasons: ['no-picture'] });
    expect(verdict(videoAlone)).toEqual({ level: 'poor', reasons: ['no-sound'] });
  });

  it('knows nothing yet where only what was measured before an interruption is known', () => {
    const { stats } = stage('live');
    if (stats.status !== 'sampled') throw new Error('Nothing was sampled.');
    const back = { ...stage('live'), stats: { ...stats, isCurrent: false } };
    expect(selectDelivery(back).health.level).toBe('unknown');
  });

  it('is the same object while it is the same', () => {
    const state = { ...stage('live'), ...SOURCES_ON, stats: GOOD_STATS };
    expect(selectDelivery({ ...state })).toBe(selectDelivery(state));
  });
});
