import { useState } from 'react';
import { Button } from './button.js';
import type { PublishAddress } from './publish-address.js';
import { isSigned, joinAddress, splitAddress } from './publish-address.js';

/** Server URL and stream key as two fields; the key is hidden until a person asks for it. */
export function SecretAddress({
  address,
  locked = false,
  onChange,
  children,
}: {
  readonly address: PublishAddress;
  /** While a broadcast runs its address stays as it is. */
  readonly locked?: boolean;
  /** Absent: the fields can only be read. */
  readonly onChange?: (address: PublishAddress) => void;
  /** More buttons. */
  readonly children?: React.ReactNode;
}) {
  const [isRevealed, setIsRevealed] = useState(false);
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  const copy = async () =>
    setOutcome((await copyText(joinAddress(address))) ? 'copied' : 'refused');
  const field = {
    dir: 'ltr',
    readOnly: locked || onChange === undefined,
    spellCheck: false,
    autoComplete: 'off',
  };
  return (
    <form className="address" onSubmit={(event) => event.preventDefault()}>
      <label className="field">
        <span>Server URL</span>
        <input
          {...field}
          value={address.serverUrl}
          type={isSigned(address.serverUrl) && !isRevealed ? 'password' : 'text'}
          placeholder="wss://live-….qencode.com:3334/qlive/…"
          onChange={({ target }) => {
            const next = splitAddress(target.value);
            onChange?.(next.streamKey === '' ? { ...address, serverUrl: target.value } : next);
          }}
        />
      </label>
      <label className="field">
        <span>Stream key</span>
        <input
          {...field}
          value={address.streamKey}
          type={isRevealed ? 'text' : 'password'}
          placeholder="already in the URL, or paste it here"
          onChange={({ target }) => onChange?.({ ...address, streamKey: target.value })}
        />
      </label>
      <div className="row">
        <Button
          meaning={isRevealed ? 'hide' : 'reveal'}
          aria-pressed={isRevealed}
          onPress={() => setIsRevealed(!isRevealed)}
        >
          {isRevealed ? 'Hide' : 'Reveal'}
        </Button>
        <Button meaning="copy" onPress={() => void copy()}>
          {outcome === 'copied' ? 'Copied' : 'Copy'}
        </Button>
        {children}
      </div>
      <p className="hint outcome" role="status">
        {outcome === 'refused' &&
          `Your browser didn’t let this page copy. ${isRevealed ? 'Copy' : 'Reveal the key, then copy'} it yourself.`}
      </p>
    </form>
  );
}

/** Copies after a press. A browser may refuse, have no clipboard here, or wait for ever. */
async function copyText(text: string): Promise<boolean> {
  const tooLate = new Promise<boolean>((resolve) => setTimeout(resolve, 3_000, false));
  try {
    return await Promise.race([navigator.clipboard.writeText(text).then(() => true), tooLate]);
  } catch {
    return false;
  }
}
