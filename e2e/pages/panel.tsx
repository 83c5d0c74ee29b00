import { createRoot } from 'react-dom/client';
import { Broadcaster, useBroadcaster } from '../../src/index.js';
import '../../src/react/styles.css';
import { propsOfPage } from './props.js';

const root = document.createElement('div');
document.getElementById('root')?.append(root);
const [props = {}] = propsOfPage();

function Studio() {
  const broadcaster = useBroadcaster(props);
  return (
    <Broadcaster.Root broadcaster={broadcaster}>
      <Broadcaster.Preview>
        <Broadcaster.StatusPill />
      </Broadcaster.Preview>
      <Broadcaster.PrimaryButton />
      <Broadcaster.HealthBadge />
      <Broadcaster.StatsPanel />
    </Broadcaster.Root>
  );
}

createRoot(root).render(<Studio />);
