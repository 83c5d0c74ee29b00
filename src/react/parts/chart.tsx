import type { ReactNode } from 'react';
import type { StatsSample } from '../../core/index.js';

/** The drawing's own units; it is stretched to its place. */
const SIZE = { width: 300, height: 48, line: 1.5 } as const;

/** The chart is as wide as what was measured, and never shorter than a minute. */
const SHORTEST_SPAN_MS = 60_000;

/** Samples further apart than this have something between them that was not measured. */
const TORN_MS = 3_000;

/** One value over what was measured, up to five minutes, as a line, newest at the end; its text stands beside it. */
export function Chart({
  label,
  text,
  samples,
  read,
  least = 0,
}: {
  readonly label: string;
  readonly text: ReactNode;
  readonly samples: readonly StatsSample[];
  read(sample: StatsSample): number | undefined;
  /** The line fills the height from this value on; a smaller one stays small. */
  readonly least?: number;
}) {
  return (
    <figure className="wb-chart">
      <figcaption>
        <span className="wb-chart-label">{label}</span> <bdi className="wb-chart-text">{text}</bdi>
      </figcaption>
      {/* Beside its newest value in words, the line's past is for eyes only. */}
      <svg
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        focusable="false"
      >
        <path d={pathOf(samples, read, least)} />
      </svg>
    </figure>
  );
}

/** The line as an SVG path; it is broken where nothing was measured. */
export function pathOf(
  samples: readonly StatsSample[],
  read: (sample: StatsSample) => number | undefined,
  least: number,
): string {
  const values = samples.map(read);
  const highest = Math.max(least, ...values.map((value) => value ?? 0));
  const newest = samples.at(-1)?.at ?? 0;
  const spanMs = Math.max(SHORTEST_SPAN_MS, newest - (samples[0]?.at ?? 0));
  const { width, height, line } = SIZE;
  let path = '';
  let before: number | null = null;
  for (const [index, { at }] of samples.entries()) {
    const value = values[index];
    if (value === undefined) {
      before = null;
      continue;
    }
    const x = width - ((newest - at) / spanMs) * width;
    const share = highest === 0 ? 0 : value / highest;
    const y = height - line - share * (height - 2 * line);
    path += `${before === null || at - before > TORN_MS ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    before = at;
  }
  return path;
}
