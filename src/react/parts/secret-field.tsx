import { useEffect, useRef, useState } from 'react';
import { useWords } from '../context.js';
import { copyText } from '../copy-text.js';
import { usePressGuard } from '../use-press-guard.js';
import { ENCODER_WORDS } from '../words/encoder-words.js';
import { fill } from '../words/fill.js';

const COPIED_MS = 3_000;

/** A value to be copied into another program; a secret one is hidden until it is requested. */
export function SecretField({
  label,
  value,
  mask,
  isSecret,
}: {
  readonly label: string;
  readonly value: string;
  /** The text in place of a hidden value; without it, dots. */
  readonly mask?: string;
  readonly isSecret: boolean;
}) {
  const messages = useWords(ENCODER_WORDS);
  const input = useRef<HTMLInputElement>(null);
  const [isRevealed, setIsRevealed] = useState(false);
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  const [known, setKnown] = useState(value);
  // The revealed value was another secret.
  if (known !== value) {
    setKnown(value);
    setIsRevealed(false);
    setOutcome(null);
  }
  const isHidden = isSecret && !isRevealed;
  useEffect(() => {
    if (outcome === 'refused' && !isHidden) {
      input.current?.focus({ preventScroll: true });
      input.current?.select();
    }
    if (outcome !== 'copied') return undefined;
    const timer = setTimeout(() => setOutcome(null), COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome, isHidden]);

  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  const copy = async () => {
    const isCopied = await copyText(value);
    // The answer may come when another value is there.
    if (latest.current === value) setOutcome(isCopied ? 'copied' : 'refused');
  };
  const guardReveal = usePressGuard(isRevealed ? 'hide' : 'reveal');
  const guardCopy = usePressGuard('copy');
  return (
    <div className="wb-secret">
      <label className="wb-secret-label">
        <span>{label}</span>
        <input
          ref={input}
          type={isHidden && mask === undefined ? 'password' : 'text'}
          value={isHidden && mask !== undefined ? mask : value}
          // An address reads from left to right in every language.
          dir="ltr"
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
          {...guardReveal({ onClick: () => setIsRevealed(!isRevealed) })}
        >
          {isRevealed ? messages.hide : messages.reveal}
        </button>
      )}
      <button
        type="button"
        className="wb-button wb-quiet"
        aria-label={fill(messages.copyField, { label })}
        {...guardCopy({ onClick: copy })}
      >
        {outcome === 'copied' ? messages.copied : messages.copy}
      </button>
      <span className="wb-secret-outcome" role="status">
        {outcome === 'refused' && (isHidden ? messages.copyHiddenRefused : messages.copyRefused)}
        {outcome === 'copied' && (
          <span className="wb-unseen">{fill(messages.copiedField, { label })}</span>
        )}
      </span>
    </div>
  );
}
