import { useEffect, useId, useRef } from 'react';
import { useRoot } from '../context.js';

/** Asks, in place of the button, whether a broadcast should really end; Escape stays live. */
export function StopConfirmation({
  onStop,
  onStay,
}: {
  readonly onStop: () => void;
  readonly onStay: () => void;
}) {
  const { messages } = useRoot('PrimaryButton');
  const questionId = useId();
  const stay = useRef<HTMLButtonElement>(null);
  // A second press of Enter by mistake must land on the answer that changes nothing.
  useEffect(() => stay.current?.focus(), []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's frame and legend.
    <div
      role="group"
      aria-labelledby={questionId}
      className="wb-confirm"
      onKeyDown={({ key }) => {
        if (key === 'Escape') onStay();
      }}
    >
      <span id={questionId} className="wb-confirm-words">
        {messages.confirmStop}
      </span>
      <button ref={stay} type="button" className="wb-button" onClick={onStay}>
        {messages.confirmStopNo}
      </button>
      <button type="button" className="wb-button wb-primary" data-state="live" onClick={onStop}>
        {messages.confirmStopYes}
      </button>
    </div>
  );
}
