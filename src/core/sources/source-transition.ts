import type { BroadcastError } from '../errors.js';
import { familyOf } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import { screenTransition } from './screen-transition.js';
import type {
  Device,
  DeviceKind,
  Devices,
  Source,
  SourceChoice,
  SourceEvent,
  SourceKind,
} from './source.js';

/** The source of `kind` after `event`; the same reference when the event does not concern it. */
export function sourceTransition(
  source: Source,
  kind: SourceKind,
  event: (SourceEvent | { readonly type: 'release-requested' | 'stop-requested' }) & Stamp,
  before: Devices,
): Source {
  if ('kind' in event && event.kind !== kind) return source;
  if (kind === 'screen') return screenTransition(source, event);
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
      return selected(source, event);
    case 'source-muted':
      return source.muted === event.muted ? source : { ...source, muted: event.muted };
    case 'source-opened':
      return isAwaited(source, event.request)
        ? on(source, { ...event, problem: problemOf(source, event.problem) })
        : source;
    case 'source-kept':
      return source.status === 'on' && source.change?.request === event.request
        ? on(
            { deviceId: source.change.before, muted: source.muted },
            { request: source.request, capture: event.capture, problem: event.error },
          )
        : source;
    case 'source-failed':
      return isAwaited(source, event.request)
        ? { ...choiceOf(source), status: 'failed', error: errorOf(source, event.error) }
        : source;
    case 'source-lost':
      return source.status === 'on' && source.request === event.request
        ? { ...opening(source, event), after: event.error }
        : source;
    case 'devices-listed':
      return cameBack(source, before, event, kind)
        ? opening(source, event)
        : withDefault(source, before, event, kind);
    default:
      return source;
  }
}

type Opening = Extract<Source, { status: 'opening' }>;
type On = Extract<Source, { status: 'on' }>;

function opening(source: Source, stamp: Stamp): Opening {
  return { ...choiceOf(source), status: 'opening', request: stamp.id, after: null };
}

function on(
  choice: SourceChoice,
  { request, capture, problem }: Pick<On, 'request' | 'capture' | 'problem'>,
): On {
  return { ...choiceOf(choice), status: 'on', request, capture, change: null, problem };
}

/** An open source stays on until the other device is there. */
function selected(
  source: Source,
  event: Extract<SourceEvent, { type: 'source-selected' }> & Stamp,
): Source {
  const { deviceId } = event;
  const chosen = { ...source, deviceId };
  if (source.status === 'failed') return opening(chosen, event);
  const isStandIn = source.status === 'on' && !source.change && source.problem;
  if (source.deviceId === deviceId && !isStandIn) return source;
  if (source.status === 'opening') return opening(chosen, event);
  if (source.status !== 'on') return chosen;
  return source.capture.deviceId === (deviceId ?? 'default')
    ? on(chosen, { ...source, problem: null })
    : changing(source, deviceId, { request: event.id, target: deviceId });
}

function changing(
  source: On,
  deviceId: string | null,
  change: { readonly request: number; readonly target: string | null },
): On {
  const before = source.change ? source.change.before : source.deviceId;
  return { ...source, deviceId, change: { ...change, before } };
}

/** Whether what is to be open for `source` is this request. */
function isAwaited(source: Source, request: number): source is Opening | On {
  if (source.status === 'opening') return source.request === request;
  return source.status === 'on' && (source.change ?? source).request === request;
}

/** The loss of the device explains more than the failure to open it again. */
function problemOf(source: Source, problem: BroadcastError | null): BroadcastError | null {
  if (source.status !== 'opening' || source.after === null) return problem;
  return source.deviceId !== null && problem === null ? null : source.after;
}

function errorOf(source: Source, error: BroadcastError): BroadcastError {
  const after = source.status === 'opening' ? source.after : null;
  return familyOf(error) === 'permission' ? error : (after ?? error);
}

function off(source: Source): Source {
  return { ...choiceOf(source), status: 'off' };
}

function choiceOf({ deviceId, muted }: SourceChoice): SourceChoice {
  return { deviceId, muted };
}

/** Whether a device appeared for a source that is only missing one. */
function cameBack(source: Source, before: Devices, now: Listed, kind: DeviceKind): boolean {
  if (source.status !== 'failed' || before.status !== 'listed') return false;
  const family = familyOf(source.error);
  if (family !== 'no-device' && family !== 'unusable-device') return false;
  const known = devicesOf(before, kind);
  return devicesOf(now, kind).some(
    ({ deviceId }) => !known.some((device) => device.deviceId === deviceId),
  );
}

/** A source that is to be the system's default follows it, as long as that is what is open. */
function withDefault(
  source: Source,
  before: Devices,
  event: Listed & Stamp,
  kind: DeviceKind,
): Source {
  if (source.status !== 'on' || source.deviceId !== null || before.status !== 'listed') {
    return source;
  }
  const was = defaultOf(before, kind);
  const target = defaultOf(event, kind);
  if (was === undefined || target === undefined || was === target) return source;
  const open = source.change?.target ?? source.capture.deviceId;
  const isDefault = open === was || open === 'default' || open === '';
  return isDefault ? changing(source, null, { request: event.id, target }) : source;
}

type Listed = Pick<Extract<Devices, { status: 'listed' }>, 'cameras' | 'microphones'>;

function defaultOf(listed: Listed, kind: DeviceKind): string | undefined {
  return devicesOf(listed, kind).find(({ isDefault }) => isDefault)?.deviceId;
}

function devicesOf({ cameras, microphones }: Listed, kind: DeviceKind): readonly Device[] {
  return kind === 'camera' ? cameras : microphones;
}
