import { useState } from 'react';
import type { LocalStream } from './ingest-api.js';
import type { PublishAddress } from './publish-address.js';
import { isSigned, joinAddress, splitAddress } from './publish-address.js';

const STAGES = ['created', 'waiting', 'live', 'idle', 'stopped'] as const;

/** The stream that is published to: where it stands, its address, and its key, hidden until asked for. */
export function StreamCard({
  address,
  stream,
  problem,
  locked,
  onChange,
  onUseLocal,
  onStartAgain,
}: {
  readonly address: PublishAddress;
  /** The local stream, or `null` for an address that was typed in. */
  readonly stream: LocalStream | null;
  /** Why the local ingest cannot be used, in words. */
  readonly problem: string | null;
  /** While a broadcast runs its address stays as it is. */
  readonly locked: boolean;
  onChange(address: PublishAddress): void;
  onUseLocal(): void;
  onStartAgain(): void;
}) {
  const [isRevealed, setIsRevealed] = useState(false);
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(joinAddress(address)).then(
      () => setIsCopied(true),
      () => setIsRevealed(true),
    );
  };
  return (
    <section className="card" aria-labelledby="stream-title">
      <h2 id="stream-title">Stream</h2>
      <p className="hint">
        {stream === null
          ? 'Paste the server_urls.webrtc value of a started stream.'
          : 'Started on your machine. Input must arrive within 120 seconds.'}
      </p>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {stream !== null && <Stages status={stream.status} />}
      <form className="address" onSubmit={(event) => event.preventDefault()}>
        <label className="field">
          <span>Server URL</span>
          <input
            value={address.serverUrl}
            type={isSigned(address.serverUrl) && !isRevealed ? 'password' : 'text'}
            placeholder="wss://live-….qencode.com:3334/qlive/…"
            disabled={locked}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => {
              const next = splitAddress(target.value);
              onChange(next.streamKey === '' ? { ...address, serverUrl: target.value } : next);
            }}
          />
        </label>
        <label className="field">
          <span>Stream key</span>
          <input
            value={address.streamKey}
            type={isRevealed ? 'text' : 'password'}
            placeholder="already in the URL, or paste it here"
            disabled={locked}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => onChange({ ...address, streamKey: target.value })}
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
          {stream === null && (
            <button type="button" className="button" disabled={locked} onClick={onUseLocal}>
              Use the local ingest
            </button>
          )}
          {stream?.status === 'stopped' && (
            <button type="button" className="button accent" onClick={onStartAgain}>
              Start the stream again
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

/** The life of a stream as a line, with the present stage marked. */
function Stages({ status }: { readonly status: string }) {
  const present = (STAGES as readonly string[]).indexOf(status);
  return (
    <ol className="stages" aria-label="Where the stream stands">
      {STAGES.map((stage, index) => (
        <li
          key={stage}
          data-reached={index <= present}
          aria-current={index === present ? 'step' : undefined}
        >
          {stage[0]?.toUpperCase()}
          {stage.slice(1)}
        </li>
      ))}
    </ol>
  );
}
