import { useState } from 'react';
import type { PublishAddress } from './publish-address.js';
import { isSigned, joinAddress, splitAddress } from './publish-address.js';

/** Server URL and stream key as two fields; the key is hidden until a person asks for it. */
export function SecretAddress({
  address,
  locked,
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
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(joinAddress(address)).then(
      () => setIsCopied(true),
      () => setIsRevealed(true),
    );
  };
  const field = {
    disabled: locked,
    readOnly: onChange === undefined,
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
        <button
          type="button"
          className="button"
          aria-pressed={isRevealed}
          onClick={() => setIsRevealed(!isRevealed)}
        >
          {isRevealed ? 'Hide' : 'Reveal'}
        </button>
        <button type="button" className="button" onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
        </button>
        {children}
      </div>
    </form>
  );
}
