/** `1:05` for 65 seconds; hours are added when there are any, or always on request. */
export function formatClock(
  seconds: number,
  { hours = false }: { readonly hours?: boolean } = {},
): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (hours || whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0')))
    .join(':');
}

/** The bit rate in the unit that a person reads: megabits with one decimal from 1000 kbit/s. */
export function formatBitRate(bitsPerSecond: number): {
  readonly number: string;
  readonly unit: 'clockMegabits' | 'clockKilobits';
} {
  const kbps = bitsPerSecond / 1000;
  return Math.round(kbps) >= 1000
    ? { number: (kbps / 1000).toFixed(1), unit: 'clockMegabits' }
    : { number: String(Math.round(kbps)), unit: 'clockKilobits' };
}
