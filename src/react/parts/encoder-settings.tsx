import type { ComponentPropsWithoutRef, KeyboardEvent } from 'react';
import { forwardRef, useId, useRef, useState } from 'react';
import { classNames } from '../class-names.js';
import { useMessages } from '../context.js';
import { DATA_ATTRIBUTES } from '../data-attributes.js';
import type { Messages } from '../messages.js';
import { SecretField } from './secret-field.js';

/** The props of `Broadcaster.EncoderSettings`. */
export interface EncoderSettingsProps extends ComponentPropsWithoutRef<'section'> {
  /** The server for RTMP, and the stream key that goes with it apart. */
  readonly rtmp?: { readonly serverUrl: string; readonly streamKey: string } | null | undefined;
  /** The whole address for SRT, which holds the stream key. */
  readonly srt?: { readonly serverUrl: string } | null | undefined;
}

const WAYS = ['rtmp', 'srt'] as const;
type Way = (typeof WAYS)[number];

/**
 * What OBS, or any other encoder, has to be told to publish to the same stream; keys are hidden
 * until they are asked for, and `data-state` is the way in that is shown. Works with and without a `<Broadcaster.Root>` around it.
 */
export const EncoderSettings = forwardRef<HTMLElement, EncoderSettingsProps>(
  function EncoderSettings({ rtmp, srt, className, ...props }, ref) {
    const messages = useMessages();
    const id = useId();
    const [way, setWay] = useState<Way>('rtmp');
    const tabs = useRef<Partial<Record<Way, HTMLButtonElement | null>>>({});
    const moveTo = (next: Way) => {
      setWay(next);
      tabs.current[next]?.focus();
    };
    const onKeyDown = ({ key }: KeyboardEvent) => {
      const [first, last] = WAYS;
      if (key === 'ArrowRight' || key === 'ArrowLeft') moveTo(way === first ? last : first);
      if (key === 'Home') moveTo(first);
      if (key === 'End') moveTo(last);
    };
    return (
      <section
        aria-label={messages.encoderTitle}
        {...props}
        {...{ [DATA_ATTRIBUTES.state]: way }}
        ref={ref}
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
            <RtmpPanel rtmp={rtmp} messages={messages} />
          ) : (
            <SrtPanel srt={srt} messages={messages} />
          )}
        </div>
      </section>
    );
  },
);

function RtmpPanel({
  rtmp,
  messages,
}: Pick<EncoderSettingsProps, 'rtmp'> & { readonly messages: Messages }) {
  if (!rtmp) return <p className="wb-encoder-none">{messages.encoderNone}</p>;
  return (
    <>
      <SecretField label={messages.encoderServer} value={rtmp.serverUrl} isSecret={false} />
      <SecretField label={messages.encoderKey} value={rtmp.streamKey} isSecret />
      <Steps way={messages.encoderRtmpStep} messages={messages} />
    </>
  );
}

function SrtPanel({
  srt,
  messages,
}: Pick<EncoderSettingsProps, 'srt'> & { readonly messages: Messages }) {
  if (!srt) return <p className="wb-encoder-none">{messages.encoderNone}</p>;
  return (
    <>
      <SecretField label={messages.encoderAddress} value={srt.serverUrl} isSecret />
      <Steps way={messages.encoderSrtStep} messages={messages} />
    </>
  );
}

/** The steps in OBS, whose own words are quoted. */
function Steps({ way, messages }: { readonly way: string; readonly messages: Messages }) {
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
