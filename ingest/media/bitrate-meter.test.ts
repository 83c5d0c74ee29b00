import { expect, it } from 'vitest';
import { createBitrateMeter } from './bitrate-meter.js';

it('measures a steady stream, forgets what is old, and ends at zero', () => {
  const meter = createBitrateMeter(3000);
  expect(meter.bitsPerSecond(0)).toBe(0);
  // 1000 bytes every 20 ms are 400 kbit/s.
  let now = 0;
  const send = (bytes: number, untilMs: number) => {
    for (; now < untilMs; now += 20) meter.add(bytes, now);
  };
  send(1000, 1000);
  expect(meter.bitsPerSecond(now)).toBe(400_000);
  send(1000, 10_000);
  expect(meter.bitsPerSecond(now) / 400_000).toBeCloseTo(1, 1);
  send(2000, 20_000);
  expect(meter.bitsPerSecond(now) / 800_000).toBeCloseTo(1, 1);
  expect(meter.bitsPerSecond(now + 1500) / 400_000).toBeCloseTo(1, 1);
  expect(meter.bitsPerSecond(now + 3100)).toBe(0);
});

it('says nothing of a whole second after one packet', () => {
  const meter = createBitrateMeter();
  meter.add(1000, 5);
  expect(meter.bitsPerSecond(5)).toBe(16_000);
});
