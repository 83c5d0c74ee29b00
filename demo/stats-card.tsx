import { useState } from 'react';
import { Broadcaster, type useBroadcaster } from '../src/index.js';

/** The statistics of the broadcast; nothing is drawn while the card is closed. */
export function StatsCard({
  broadcaster,
}: {
  readonly broadcaster: ReturnType<typeof useBroadcaster>;
}) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="card fold" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <h2>Statistics</h2>
      </summary>
      {isOpen && (
        <Broadcaster.Root broadcaster={broadcaster}>
          <Broadcaster.StatsPanel />
        </Broadcaster.Root>
      )}
    </details>
  );
}
