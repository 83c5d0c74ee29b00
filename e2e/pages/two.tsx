import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { WebRTCBroadcaster } from '../../src/index.js';
import '../../src/react/styles.css';
import { propsOfPage } from './props.js';

const root = document.createElement('div');
document.getElementById('root')?.append(root);

createRoot(root).render(
  <StrictMode>
    {propsOfPage().map((props, index) => (
      <section key={String(index)} aria-label={`Broadcast ${index + 1}`}>
        <WebRTCBroadcaster {...props} />
      </section>
    ))}
  </StrictMode>,
);
