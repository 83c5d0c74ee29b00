import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../context.js';
import { fill } from '../messages.js';

const COPIED_MS = 3_000;

/** A value to be copied into another program; a secret one is hidden until it is asked for. */
export function SecretField({
  label,
  value,
  mask,
  isSecret,
}: {
  readonly label: string;
  readonly value: string;
  /** What is shown in place of a hidden value; without it, dots. */
  readonly mask?: string;
  readonly isSecret: boolean;
}) {
  const messages = useMessages();
  const input = useRef<HTMLInputElement>(null);
  const [isRevealed, setIsRevealed] = useState(false);
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  const [known, setKnown] = useState(value);
  // What was revealed was another secret.
  if (known !== value) {
    setKnown(value);
    setIsRevealed(false);
    setOutcome(null);
  }
  const isHidden = isSecret && !isRevealed;
  useEffect(() => {
    if (outcome === 'refused') input.current?.select();
    if (outcome !== 'copied') return undefined;
    const timer = setTimeout(() => setOutcome(null), COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setOutcome('copied');
    } catch {
      // Pages that are not secure, or not focused, may not write; then the person copies.
      setIsRevealed(true);
      setOutcome('refused');
    }
  };
  return (
    <div className="wb-secret">
      <label className="wb-secret-label">
        <span>{label}</span>
        <input
          ref={input}
          type={isHidden && mask === undefined ? 'password' : 'text'}
          value={isHidden && mask !== undefined ? mask : value}
          readOnly
          spellCheck={false}
          autoComplete="off"
        />
      </label>
      {isSecret && (
        <button
          type="button"
          className="wb-button wb-quiet"
          aria-label={fill(isRevealed ? messages.hideField : messages.revealField, { label })}
          onClick={() => setIsRevealed(!isRevealed)}
        >
          {isRevealed ? messages.hide : messages.reveal}
        </button>
      )}
      <button
        type="button"
        className="wb-button wb-quiet"
        aria-label={fill(messages.copyField, { label })}
        onClick={copy}
      >
        {outcome === 'copied' ? messages.copied : messages.copy}
      </button>
      <span className="wb-secret-outcome" role="status">
        {outcome === 'refused' && messages.copyRefused}
        {outcome === 'copied' && (
          <span className="wb-unseen">{fill(messages.copiedField, { label })}</span>
        )}
      </span>
    </div>
  );
}
