import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { WebRTCBroadcaster } from '../../src/index.js';
import '../../src/react/styles.css';
import { propsOfPage } from './props.js';

const root = document.createElement('div');
document.getElementById('root')?.append(root);
const [props = {}] = propsOfPage();

declare global {
  interface Window {
    mount(): void;
    unmount(): void;
  }
}

let mounted: ReturnType<typeof createRoot> | null = null;
window.mount = () => {
  mounted = createRoot(root);
  // Strict, as most apps are: each component is mounted twice, and may open one session only.
  mounted.render(
    <StrictMode>
      <WebRTCBroadcaster {...props} />
    </StrictMode>,
  );
};
window.unmount = () => {
  mounted?.unmount();
  mounted = null;
};
window.mount();
