import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { WebRTCBroadcaster } from '../../src/index.js';
import '../../src/react/styles.css';
import { propsOfPage } from './props.js';

const root = document.createElement('div');
document.getElementById('root')?.append(root);
const [props = {}] = propsOfPage();

// Strict, as most apps are: each component is mounted twice, and may open one session only.
createRoot(root).render(
  <StrictMode>
    <WebRTCBroadcaster {...props} />
  </StrictMode>,
);
