'use client';

import type { ComponentPropsWithoutRef } from 'react';
import { classNames } from '../class-names.js';
import { useRoot } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { HEALTH_LEVELS, healthWord } from '../health-levels.js';
import { HealthIcon } from '../icons.js';
import { part } from '../part.js';
import { useDelivery } from '../use-delivery.js';
import { useMessages } from '../use-messages.js';
import { fill } from '../words/fill.js';

/** The props of `Broadcaster.HealthBadge`. */
export type HealthBadgeProps = ComponentPropsWithoutRef<'span'>;

/** The verdict in one word and a shape, its causes spoken with it; `data-state` is the level. */
export const HealthBadge = part<HTMLSpanElement, HealthBadgeProps>(
  'Broadcaster.HealthBadge',
  {},
  function HealthBadge({ className, ...props }, ref) {
    useRoot('HealthBadge');
    const messages = useMessages();
    const delivery = useDelivery();
    const { level, reasons } = delivery.health;
    const { shape } = HEALTH_LEVELS[level];
    const why = reasons.map((reason) =>
      fill(messages.causeSentence, { cause: messages.reasons[reason].title }),
    );
    return (
      <span
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: level }}
        ref={ref}
        className={classNames('wb-health-badge', className)}
      >
        <span className="wb-health-word">
          <HealthIcon shape={shape} />
          {messages[healthWord(delivery)]}
        </span>
        {why.length > 0 && <span className="wb-spoken"> {why.join(' ')}</span>}
      </span>
    );
  },
);
