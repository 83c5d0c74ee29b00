import type { Stamp } from '../foundation/stamp.js';
import type { Device, Devices, Source, SourceHappening, SourceKind } from './source.js';

/** The source of `kind` after `event`; the same reference when the event does not concern it. */
export function sourceTransition(
  source: Source,
  kind: SourceKind,
  event: (SourceHappening | { readonly type: 'release-requested' }) & Stamp,
  before: Devices,
): Source {
  if ('kind' in event && event.kind !== kind) return source;
  switch (event.type) {
    case 'preview-requested':
      return source.status === 'off' || source.status === 'failed'
        ? opening(source, event)
        : source;
    case 'release-requested':
      return source.status === 'off' || source.status === 'excluded' ? source : off(source);
    case 'source-allowed':
      if (event.allowed === (source.status !== 'excluded')) return source;
      return event.allowed ? off(source) : { ...choiceOf(source), status: 'excluded' };
    case 'source-selected':
      if (source.deviceId === event.deviceId && source.status !== 'failed') return source;
      return reopened({ ...source, deviceId: event.deviceId }, event);
    case 'source-muted':
      return source.muted === event.muted ? source : { ...source, muted: event.muted };
    case 'source-opened':
      return source.status === 'opening' && source.request === event.request
        ? { ...choiceOf(source), status: 'on', request: event.request, capture: event.capture }
        : source;
    case 'source-failed':
      // What ended the device that was lost says more than why its replacement did not open.
      return source.status === 'opening' && source.request === event.request
        ? { ...choiceOf(source), status: 'failed', error: source.after ?? event.error }
        : source;
    case 'source-lost':
      return source.status === 'on' && source.request === event.request
        ? {
            deviceId: null,
            muted: source.muted,
            status: 'opening',
            request: event.id,
            after: event.error,
          }
        : source;
    case 'devices-listed':
      return cameBack(source, before, kind === 'camera' ? event.cameras : event.microphones, kind)
        ? opening(source, event)
        : source;
  }
}

function opening(source: Source, stamp: Stamp): Source {
  return { ...choiceOf(source), status: 'opening', request: stamp.id, after: null };
}

function reopened(source: Source, stamp: Stamp): Source {
  return source.status === 'off' || source.status === 'excluded' ? source : opening(source, stamp);
}

function off(source: Source): Source {
  return { ...choiceOf(source), status: 'off' };
}

function choiceOf({ deviceId, muted }: Source) {
  return { deviceId, muted };
}

/** Whether a device appeared for a source that is only missing one. */
function cameBack(
  source: Source,
  before: Devices,
  now: readonly Device[],
  kind: SourceKind,
): boolean {
  if (source.status !== 'failed' || before.status !== 'listed') return false;
  if (source.error.code !== 'device-lost' && source.error.code !== 'device-not-found') return false;
  const known = kind === 'camera' ? before.cameras : before.microphones;
  return now.some(({ deviceId }) => !known.some((device) => device.deviceId === deviceId));
}
