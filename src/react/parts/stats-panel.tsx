'use client';

import type { ComponentPropsWithoutRef, ReactNode } from 'react';
import type { BroadcasterState, StatsSample } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot, useWords } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { sizeWords } from '../figures.js';
import { formatBitRate } from '../format.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useHealth } from '../use-health.js';
import { useStats } from '../use-stats.js';
import { fill } from '../words/fill.js';
import { FIRST_WORDS } from '../words/first-words.js';
import { STATS_WORDS } from '../words/stats-words.js';
import { Chart } from './chart.js';

const OWN_WORDS = { ...FIRST_WORDS, ...STATS_WORDS };
type Words = Readonly<Record<keyof typeof OWN_WORDS, string>>;

/** The props of `Broadcaster.StatsPanel`. */
export type StatsPanelProps = ComponentPropsWithoutRef<'section'>;

const selectStepsDown = ({ quality }: BroadcasterState) => quality.stepsDown;

const sentOf = (sample: StatsSample) => sample.sentBitsPerSecond;
const rateOf = (sample: StatsSample) => sample.framesPerSecond;
/** A round trip below this is drawn as the small thing that it is. */
const SLOW_ROUND_TRIP_MS = 150;

const roundTripOf = (sample: StatsSample) => sample.roundTripMs;

/**
 * The statistics of the broadcast: bitrate, frame rate and round trip of the last five minutes as
 * lines, the rest as a list; `data-state` is the level of health.
 */
export const StatsPanel = part<HTMLElement, StatsPanelProps>(
  'Broadcaster.StatsPanel',
  {},
  function StatsPanel({ className, ...props }, ref) {
    useRoot('StatsPanel');
    const messages = useWords(OWN_WORDS);
    const { sample, isCurrent, history } = useStats();
    const { level } = useHealth();
    const stepsDown = useBroadcasterState(selectStepsDown);
    const isOld = sample !== null && !isCurrent;
    const now: StatsSample = sample ?? { at: 0 };
    const text = (value: ReactNode) => value ?? messages.statsUnknown;
    const { roundTripMs } = now;
    return (
      <section
        aria-label={messages.statsTitle}
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: level, [DATA_ATTRIBUTES.old]: isOld || undefined }}
        ref={ref}
        className={classNames('wb-stats', className)}
      >
        {isOld && <p className="wb-stats-old">{messages.statsOld}</p>}
        <div className="wb-charts">
          <Chart
            label={messages.statsBitRate}
            text={text(bitRate(now.sentBitsPerSecond, messages))}
            samples={history}
            read={sentOf}
          />
          <Chart
            label={messages.statsFrameRate}
            text={text(number('rate', now.framesPerSecond, messages))}
            samples={history}
            read={rateOf}
          />
          <Chart
            label={messages.statsRoundTrip}
            text={text(number('milliseconds', roundTripMs, messages))}
            samples={history}
            read={roundTripOf}
            least={SLOW_ROUND_TRIP_MS}
          />
        </div>
        <dl className="wb-figures">
          {rowsOf(now, { stepsDown, messages }).map(([label, value]) => (
            <div key={label}>
              <dt>{messages[label]}</dt>
              <dd>
                <bdi>{text(value)}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </section>
    );
  },
);

type Row = readonly [label: keyof Words, value: ReactNode];

function rowsOf(
  sample: StatsSample,
  { stepsDown, messages }: { readonly stepsDown: number; readonly messages: Words },
): readonly Row[] {
  const { frameWidth: width, frameHeight: height, limitation, limitedShare, silentMs } = sample;
  // A machine that less is asked of is not at its limit any more, and is one all the same.
  const isSpared = limitation === 'none' && stepsDown > 0;
  const limit = limitation === undefined ? null : messages[LIMITS[isSpared ? 'cpu' : limitation]];
  const percent = (share: number | undefined) =>
    number('percent', share === undefined ? undefined : share * 100, messages);
  return [
    ['statsTarget', bitRate(sample.targetBitsPerSecond, messages)],
    [
      'statsSize',
      width === undefined || height === undefined
        ? null
        : sizeWords(messages.size, { width, height }),
    ],
    ['statsCodecs', [sample.videoCodec, sample.audioCodec].filter(Boolean).join(' · ') || null],
    ['statsPath', sample.path === undefined ? null : messages[PATHS[sample.path]]],
    ['statsLoss', percent(sample.lossShare)],
    ['statsJitter', number('milliseconds', sample.jitterMs, messages)],
    ['statsRepeats', count(sample.retransmittedPackets)],
    ['statsEncodeTime', number('milliseconds', sample.encodeMsPerFrame, messages)],
    ['statsKeyFrames', count(sample.keyFrames)],
    [
      'statsLimit',
      limit === null || limitation === 'none'
        ? limit
        : [limit, percent(limitedShare)].filter(Boolean).join(' · '),
    ],
    ['statsSound', bitRate(sample.audioBitsPerSecond, messages)],
    ['statsLastHeard', number('milliseconds', silentMs, messages)],
  ];
}

const LIMITS = {
  none: 'limitNone',
  cpu: 'limitCpu',
  bandwidth: 'limitBandwidth',
  other: 'limitOther',
} as const satisfies Record<NonNullable<StatsSample['limitation']>, keyof Words>;

const PATHS = {
  udp: 'pathUdp',
  tcp: 'pathTcp',
  relay: 'pathRelay',
} as const satisfies Record<NonNullable<StatsSample['path']>, keyof Words>;

function bitRate(bitsPerSecond: number | undefined, messages: Words): string | null {
  if (bitsPerSecond === undefined) return null;
  const { number: digits, unit } = formatBitRate(bitsPerSecond);
  return fill(messages[unit], { number: digits });
}

function number(template: keyof Words, value: number | undefined, messages: Words) {
  return value === undefined ? null : fill(messages[template], { number: Math.round(value) });
}

function count(value: number | undefined): string | null {
  return value === undefined ? null : String(value);
}
