import { Button } from './button.js';
import type { PublishAddress } from './publish-address.js';
import { SecretAddress } from './secret-address.js';

/** Any address that a person brings along. */
export function AddressCard({
  address,
  locked,
  onChange,
  onUseStreams,
}: {
  readonly address: PublishAddress;
  /** While a broadcast runs its address stays as it is. */
  readonly locked: boolean;
  onChange(address: PublishAddress): void;
  onUseStreams(): void;
}) {
  return (
    <section className="card" aria-labelledby="address-title">
      <h2 id="address-title">Your server</h2>
      <p className="hint">Paste the server_urls.webrtc value of a started stream.</p>
      <SecretAddress address={address} locked={locked} onChange={onChange}>
        <Button meaning="use-streams" isOff={locked} onPress={onUseStreams}>
          Use a stream of the demo
        </Button>
      </SecretAddress>
    </section>
  );
}
