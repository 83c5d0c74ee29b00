import { expect } from 'vitest';

// A page has it before the first press.
if (/[\\/]src[\\/]core[\\/]/.test(expect.getState().testPath ?? '')) {
  const { loadCapturing } = await import('./load-capturing.js');
  await loadCapturing();
}
