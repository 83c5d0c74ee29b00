import type { WebRTCBroadcasterProps } from '../../src/index.js';

/**
 * The props that a test wrote after the `#`, as JSON: one set of them for each component. They may
 * be of any shape, for that is part of what is tested.
 */
export function propsOfPage(): readonly WebRTCBroadcasterProps[] {
  return JSON.parse(decodeURIComponent(location.hash.slice(1)) || '[{}]');
}
