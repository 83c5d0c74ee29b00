'use client';

import type { ComponentPropsWithoutRef, ReactNode } from 'react';
import type { BroadcasterState, Delivery, OutgoingMedia, StatsSample } from '../../core/index.js';
import { selectOutgoing } from '../../core/index.js';
import { classNames } from '../class-names.js';
import { useRoot, useStage } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { Figures, sizeWords } from '../figures.js';
import { formatClock } from '../format.js';
import { HEALTH_LEVELS, healthWord } from '../health-levels.js';
import { HealthIcon } from '../icons.js';
import type { FirstMessages } from '../messages.js';
import { part } from '../part.js';
import { useBroadcasterState } from '../use-broadcaster-state.js';
import { useSecondsSince } from '../use-clock.js';
import { useLoadedDelivery } from '../use-loaded-delivery.js';
import { useStats } from '../use-stats.js';
import { fill } from '../words/fill.js';

/** The props of `Broadcaster.HealthLine`. */
export type HealthLineProps = ComponentPropsWithoutRef<'div'>;

const selectPicture = (state: BroadcasterState) => selectOutgoing(state).video;
const selectSound = (state: BroadcasterState) => selectOutgoing(state).audio;
const selectLostAt = ({ connection }: BroadcasterState) =>
  connection.status === 'reconnecting' ? connection.interruption.lostAt : null;

/** How well it is sent, in one word and a few figures; `data-state` is the level, off, ready or lost. */
export const HealthLine = part<HTMLDivElement, HealthLineProps>(
  'Broadcaster.HealthLine',
  {},
  function HealthLine({ className, ...props }, ref) {
    const { messages } = useRoot('HealthLine');
    const stage = useStage();
    const { sample, isCurrent } = useStats();
    const delivery = useLoadedDelivery();
    const picture = useBroadcasterState(selectPicture);
    const sound = useBroadcasterState(selectSound);
    const lostSeconds = useSecondsSince(useBroadcasterState(selectLostAt));
    const line = (
      state: string,
      word: ReactNode,
      near: readonly ReactNode[],
      far: readonly ReactNode[],
    ) => (
      <div
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: state }}
        ref={ref}
        className={classNames('wb-health', className)}
      >
        {word !== null && <span className="wb-health-word">{word}</span>}
        {near.length > 0 && (
          <span className="wb-health-near">
            <Figures words={near} />
          </span>
        )}
        {far.length > 0 && (
          <span className="wb-health-far">
            <Figures words={far} />
          </span>
        )}
      </div>
    );

    if (stage === 'live') {
      const { level } = delivery.health;
      const isNow = isCurrent && delivery.status === 'reaching';
      const { shape } = HEALTH_LEVELS[level];
      const figures = figuresOf(isNow ? sample : null, delivery, messages);
      return line(
        level,
        <>
          <HealthIcon shape={shape} />
          {messages[healthWord(delivery)]}
        </>,
        figures.near,
        figures.far,
      );
    }
    if (stage === 'reconnecting') {
      const time = formatClock(Math.max(0, lostSeconds ?? 0));
      return line(
        'lost',
        <>
          <HealthIcon shape="triangle" />
          {fill(messages.healthLost, { time })}
        </>,
        [],
        [],
      );
    }
    const near = pictureWords(picture, messages);
    const far = [labelOf(sound), labelOf(picture)].filter((label) => label !== '');
    const isOff = near.length === 0 && far.length === 0;
    return line(isOff ? 'off' : 'ready', null, isOff ? [messages.healthOff] : near, far);
  },
);

function figuresOf(sample: StatsSample | null, delivery: Delivery, messages: FirstMessages) {
  if (sample === null) return { near: [], far: [] };
  const { frameWidth, frameHeight, framesPerSecond, videoCodec, roundTripMs, lossShare } = sample;
  const known = (...words: ReactNode[]) =>
    words.filter((word) => word !== null && word !== undefined);
  const number = (template: string, value: number | undefined) =>
    value === undefined ? null : fill(template, { number: Math.round(value) });
  const size =
    frameWidth === undefined || frameHeight === undefined
      ? null
      : sizeWords(messages.size, { width: frameWidth, height: frameHeight });
  return {
    near: [
      ...(delivery.picture === 'whole'
        ? known(size, number(messages.rate, framesPerSecond), videoCodec)
        : []),
      ...mutedWords(delivery, messages),
    ],
    far: known(
      number(messages.roundTrip, roundTripMs),
      number(messages.loss, lossShare === undefined ? undefined : lossShare * 100),
    ),
  };
}

/** The muted kind beside one that is not; where all is muted, the verdict says so. */
function mutedWords(
  { picture, sound, health }: Delivery,
  messages: FirstMessages,
): readonly string[] {
  if (health.level === 'muted') return [];
  return [
    ...(picture === 'muted' ? [messages.healthNoPicture] : []),
    ...(sound === 'muted' ? [messages.healthNoSound] : []),
  ];
}

function pictureWords(sent: OutgoingMedia, messages: FirstMessages): readonly ReactNode[] {
  if (sent.status !== 'on') return [];
  // A window is as large as it is now, whatever was said when it was chosen.
  if (sent.screen !== null) return [messages.healthScreen];
  if (sent.picture === null) return [];
  const { width, height, frameRate } = sent.picture;
  return [
    sizeWords(messages.healthCamera, { width, height }),
    fill(messages.rate, { number: Math.round(frameRate) }),
  ];
}

function labelOf(sent: OutgoingMedia): string {
  return sent.status === 'on' ? sent.label : '';
}
