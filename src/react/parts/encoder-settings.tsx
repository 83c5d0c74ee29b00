'use client';

import type { ComponentPropsWithoutRef, KeyboardEvent } from 'react';
import { useId, useImperativeHandle, useRef, useState } from 'react';
import { classNames } from '../class-names.js';
import { useWords } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import { part } from '../part.js';
import type { Kind } from '../use-checked.js';
import { textsOf } from '../use-checked.js';
import { useFocusKeeper } from '../use-focus-keeper.js';
import { ENCODER_WORDS } from '../words/encoder-words.js';
import { SecretField } from './secret-field.js';

type Words = Readonly<Record<keyof typeof ENCODER_WORDS, string>>;

/** The props of `Broadcaster.EncoderSettings`. */
export interface EncoderSettingsProps extends ComponentPropsWithoutRef<'section'> {
  /** The server for RTMP, and the stream key that goes with it apart. */
  readonly rtmp?: { readonly serverUrl: string; readonly streamKey: string } | null | undefined;
  /** The whole address for SRT, which holds the stream key. */
  readonly srt?: { readonly serverUrl: string } | null | undefined;
  /** Why a way in is not available, in place of the words that only say so. */
  readonly unavailable?:
    | { readonly rtmp?: string | undefined; readonly srt?: string | undefined }
    | undefined;
}

const RTMP: Kind = [textsOf('serverUrl', 'streamKey'), 'an object with serverUrl and streamKey'];
const SRT: Kind = [textsOf('serverUrl'), 'an object with serverUrl'];
const WORDS: Kind = [textsOf(), 'an object of texts'];

const WAYS = ['rtmp', 'srt'] as const;
type Way = (typeof WAYS)[number];

/**
 * The settings with which OBS, or any other encoder, publishes to the same stream. Keys are hidden
 * until they are requested, and `data-state` is the protocol that is shown. Works with and without
 * a `<Broadcaster.Root>` around it.
 */
export const EncoderSettings = part<HTMLElement, EncoderSettingsProps>(
  'Broadcaster.EncoderSettings',
  { rtmp: RTMP, srt: SRT, unavailable: WORDS },
  function EncoderSettings({ rtmp, srt, unavailable, className, ...props }, ref) {
    const messages = useWords(ENCODER_WORDS);
    const id = useId();
    const [way, setWay] = useState<Way>('rtmp');
    const bounds = useRef<HTMLElement>(null);
    useImperativeHandle<HTMLElement | null, HTMLElement | null>(ref, () => bounds.current);
    useFocusKeeper(bounds, '[aria-selected="true"]');
    const tabs = useRef<Partial<Record<Way, HTMLButtonElement | null>>>({});
    const moveTo = (next: Way) => {
      setWay(next);
      tabs.current[next]?.focus();
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const next = nextWay(way, event.key);
      if (next === null) return;
      // Home and End would scroll the page as well.
      event.preventDefault();
      moveTo(next);
    };
    return (
      <section
        aria-label={messages.encoderTitle}
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: way }}
        ref={bounds}
        className={classNames('wb-part wb-encoder', className)}
      >
        <div className="wb-tabs" role="tablist" aria-label={messages.encoderTitle}>
          {WAYS.map((name) => (
            <button
              key={name}
              ref={(tab) => {
                tabs.current[name] = tab;
              }}
              type="button"
              role="tab"
              id={`${id}-${name}`}
              aria-selected={way === name}
              aria-controls={`${id}-panel`}
              tabIndex={way === name ? 0 : -1}
              onClick={() => setWay(name)}
              onKeyDown={onKeyDown}
            >
              {name.toUpperCase()}
            </button>
          ))}
        </div>
        <div
          className="wb-tab-panel"
          role="tabpanel"
          id={`${id}-panel`}
          aria-labelledby={`${id}-${way}`}
        >
          {way === 'rtmp' ? (
            <RtmpPanel rtmp={rtmp} messages={messages} whyNot={unavailable?.rtmp} />
          ) : (
            <SrtPanel srt={srt} messages={messages} whyNot={unavailable?.srt} />
          )}
        </div>
      </section>
    );
  },
);

interface PanelProps {
  readonly messages: Words;
  readonly whyNot: string | undefined;
}

function RtmpPanel({ rtmp, messages, whyNot }: Pick<EncoderSettingsProps, 'rtmp'> & PanelProps) {
  if (!rtmp) return <p className="wb-encoder-none">{whyNot ?? messages.encoderNone}</p>;
  return (
    <>
      <SecretField label={messages.encoderServer} value={rtmp.serverUrl} isSecret={false} />
      <SecretField label={messages.encoderKey} value={rtmp.streamKey} isSecret />
      <Steps way={messages.encoderRtmpStep} messages={messages} />
    </>
  );
}

function SrtPanel({ srt, messages, whyNot }: Pick<EncoderSettingsProps, 'srt'> & PanelProps) {
  if (!srt) return <p className="wb-encoder-none">{whyNot ?? messages.encoderNone}</p>;
  return (
    <>
      <SecretField
        label={messages.encoderAddress}
        value={srt.serverUrl}
        mask={withoutStreamId(srt.serverUrl)}
        isSecret
      />
      <Steps way={messages.encoderSrtStep} messages={messages} />
    </>
  );
}

/** The steps in OBS, whose own words are quoted. */
function Steps({ way, messages }: { readonly way: string; readonly messages: Words }) {
  return (
    <>
      <p className="wb-encoder-steps-title">{messages.encoderStepsTitle}</p>
      <ol className="wb-encoder-steps">
        <li>{messages.encoderOpenStep}</li>
        <li>{way}</li>
        <li>{messages.encoderOutputStep}</li>
        <li>{messages.encoderTuneStep}</li>
        <li>{messages.encoderGoStep}</li>
      </ol>
    </>
  );
}

const DOTS = '••••••••';

/** As much of the address as is no secret: the host, and that a stream id follows. */
function withoutStreamId(url: string): string {
  const host = /^[a-z]+:\/\/[^/?#@]+(?=[/?#]|$)/i.exec(url)?.[0];
  if (host === undefined) return DOTS;
  return /[?&]streamid=/i.test(url) ? `${host}?streamid=${DOTS}` : `${host}${DOTS}`;
}

function nextWay(way: Way, key: string): Way | null {
  const [first, last] = WAYS;
  if (key === 'Home') return first;
  if (key === 'End') return last;
  // With two of them, either arrow leads to the other.
  return key === 'ArrowLeft' || key === 'ArrowRight' ? (way === first ? last : first) : null;
}
