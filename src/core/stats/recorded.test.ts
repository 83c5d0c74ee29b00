import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { assessHealth } from './health.js';
import type { HealthContext } from './health-measures.js';
import type { StatsSample } from './sample.js';
import { sampleStats } from './sample.js';
import { withSample } from './sample-ring.js';

const FOLDER = fileURLToPath(new URL('fixtures/', import.meta.url));

/** The quality that was asked of the encoder in the recordings. */
const ASKED: HealthContext = { askedBitsPerSecond: 2_500_000, askedFramesPerSecond: 30 };

interface Recording {
  readonly reports: readonly (readonly { readonly id: string }[])[];
}

/** Samples of a recording, as the broadcaster takes them while camera and microphone are on. */
function samplesOf(name: string, sent: Partial<StatsSample> = {}): readonly StatsSample[] {
  const { reports }: Recording = JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8'));
  const maps = reports.map(
    (entries) => new Map(entries.map((entry) => [entry.id, entry])) as unknown as RTCStatsReport,
  );
  return maps.slice(1).flatMap((after, index) => {
    const before = maps[index];
    if (before === undefined) return [];
    return [{ ...sampleStats(before, after), picture: 'shown', sound: 'heard', ...sent }] as const;
  });
}

const verdictOf = (
  name: string,
  sent: Partial<StatsSample> = {},
  context: HealthContext = ASKED,
) => {
  const samples = samplesOf(name, sent).reduce<readonly StatsSample[]>(withSample, []);
  return assessHealth(samples, context);
};

describe('recorded reports', () => {
  it.each(readdirSync(FOLDER).map((file) => file.replace('.json', '')))(
    'of %s give figures, not one of them NaN',
    (name) => {
      const samples = samplesOf(name);
      expect(samples.length).toBeGreaterThan(9);
      for (const sample of samples) {
        expect(sample.at).toBeGreaterThan(0);
        expect(sample.path).toBe('udp');
        expect(sample.silentMs).toBeLessThan(300);
        for (const figure of Object.values(sample)) expect(figure).not.toBeNaN();
      }
    },
  );

  it('of Chromium on a good line hold every figure', () => {
    const sample = samplesOf('chromium-good').at(-1);
    const unknown = Object.entries(sample ?? {}).filter(([, value]) => value === undefined);
    expect(unknown).toEqual([]);
    expect(sample).toMatchObject({ frameWidth: 1280, frameHeight: 720, videoCodec: 'H264' });
    expect(sample?.sentBitsPerSecond).toBeGreaterThan(2_000_000);
    expect(Math.abs((sample?.framesPerSecond ?? 0) - 30)).toBeLessThan(2);
  });

  it('of Firefox lack only what Firefox does not report', () => {
    const sample = samplesOf('firefox-good').at(-1) ?? { at: 0 };
    const unknown = Object.entries(sample).flatMap(([name, value]) =>
      value === undefined ? [name] : [],
    );
    expect(unknown.sort()).toEqual([
      'audioLevel',
      'cpuLimitedShare',
      'isHardwareEncoder',
      'keyFrames',
      'limitation',
      'limitedShare',
    ]);
    expect(sample.targetBitsPerSecond).toBeGreaterThan(2_000_000);
    expect(Math.abs((sample.framesPerSecond ?? 0) - 30)).toBeLessThan(2);
    expect(sample.encodeMsPerFrame).toBeGreaterThan(1);
  });

  it('across a reconnect make one sample without rates, and go on', () => {
    const rates = samplesOf('chromium-reconnect').map((sample) => sample.sentBitsPerSecond);
    expect(rates.filter((rate) => rate === undefined)).toHaveLength(1);
    expect(rates.indexOf(undefined)).toBeGreaterThan(0);
    expect(rates.at(-1)).toBeGreaterThan(2_000_000);
  });
});

describe('the verdict on recorded reports', () => {
  it.each([
    ['chromium-good', 'excellent', []],
    ['firefox-good', 'excellent', []],
    ['chromium-reconnect', 'excellent', []],
    ['chromium-loss-5-percent', 'fair', ['network-loss']],
    ['chromium-slow-300-kbps', 'poor', ['network-slow']],
    ['chromium-delay-400-ms', 'poor', ['network-delay']],
  ])('%s is %s for %j', (name, level, reasons) => {
    expect(verdictOf(name)).toEqual({ level, reasons });
  });

  it.each(['chromium-camera-muted', 'firefox-camera-muted'])(
    '%s is excellent: black frames are no fault of the line',
    (name) => {
      expect(verdictOf(name, { picture: 'muted' })).toEqual({ level: 'excellent', reasons: [] });
    },
  );

  it('of a broadcast without a camera judges the sound and the way alone', () => {
    const verdict = verdictOf('chromium-audio-only', { picture: 'none' });
    expect(verdict).toEqual({ level: 'excellent', reasons: [] });
  });

  it('of a machine at its limit names the processor, and not the network', () => {
    const asked = { askedBitsPerSecond: 20_000_000, askedFramesPerSecond: 60 };
    const verdict = verdictOf('chromium-cpu-limited', {}, asked);
    expect(verdict.reasons).toEqual(['cpu']);
  });
});
