import type { Stamp } from '../foundation/stamp.js';
import type { Source, SourceEvent } from './source.js';

const NOT_SHARED: Source = { status: 'off', deviceId: null, muted: false };

/**
 * The screen after `event`; the same reference when the event does not concern it. It is opened only
 * on request, never again by itself: what ends is off, and what fails leaves a screen that is on.
 */
export function screenTransition(
  screen: Source,
  event: (SourceEvent | { readonly type: 'release-requested' | 'stop-requested' }) & Stamp,
): Source {
  const isOff = screen.status === 'off' || screen.status === 'excluded';
  const change = screen.status === 'on' ? screen.change : null;
  switch (event.type) {
    case 'share-requested': {
      // A dialogue of the browser is open already.
      if (screen.status === 'excluded' || screen.status === 'opening' || change) return screen;
      const asked = { request: event.id, share: event.share };
      return screen.status === 'on'
        ? { ...screen, change: { ...asked, target: null, before: null }, problem: null }
        : { ...NOT_SHARED, status: 'opening', ...asked, after: null };
    }
    case 'sharing-stopped':
    case 'stop-requested':
    case 'release-requested':
      return isOff ? screen : NOT_SHARED;
    case 'source-allowed':
      if (event.allowed === (screen.status !== 'excluded')) return screen;
      return event.allowed ? NOT_SHARED : { ...NOT_SHARED, status: 'excluded' };
    case 'source-muted':
      return screen.status !== 'on' || screen.muted === event.muted
        ? screen
        : { ...screen, muted: event.muted };
    case 'source-opened':
      return requestOf(screen) === event.request
        ? {
            ...NOT_SHARED,
            status: 'on',
            request: event.request,
            capture: event.capture,
            change: null,
            problem: null,
          }
        : screen;
    case 'source-failed':
      if (requestOf(screen) !== event.request) return screen;
      return screen.status === 'on'
        ? { ...screen, change: null, problem: event.error }
        : { ...NOT_SHARED, status: 'failed', error: event.error };
    case 'source-lost':
      if (screen.status !== 'on' || screen.request !== event.request) return screen;
      // The person is choosing another one.
      return change
        ? {
            ...NOT_SHARED,
            status: 'opening',
            request: change.request,
            share: change.share,
            after: null,
          }
        : NOT_SHARED;
    case 'screen-silent':
      return screen.status === 'on' && screen.request === event.request && screen.capture.sound
        ? { ...screen, capture: { ...screen.capture, sound: null } }
        : screen;
    default:
      return screen;
  }
}

/** The request that the browser's dialogue is open for. */
function requestOf(screen: Source): number | null {
  if (screen.status === 'opening') return screen.request;
  return screen.status === 'on' ? (screen.change?.request ?? null) : null;
}
