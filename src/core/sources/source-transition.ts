import type { BroadcastError } from '../errors.js';
import { familyOf } from '../errors.js';
import type { Stamp } from '../foundation/stamp.js';
import { screenTransition } from './screen-transition.js';
import type {
  Device,
  DeviceKind,
  Devices,
  ListedDevices,
  Source,
  SourceChange,
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
      return selected(source, event, event.label ?? labelOf(before, kind, event.deviceId));
    case 'camera-flipped':
      return kind === 'camera' ? flipped(source, event) : source;
    case 'picture-asked':
      return kind === 'camera' ? reopened(source, event) : source;
    case 'source-muted':
      if (source.muted === event.muted) return source;
      return source.status === 'paused'
        ? opening({ ...source, muted: event.muted }, event)
        : { ...source, muted: event.muted };
    case 'supply-changed':
      return supplyChanged(source, event);
    case 'source-opened':
      return isAwaited(source, event.request) ? opened(source, event) : source;
    case 'source-kept':
      return source.status === 'on' && source.change?.request === event.request
        ? on(
            { ...source, deviceId: source.change.before },
            {
              ...source,
              capture: event.capture,
              change: null,
              problem: source.change.isRetake ? source.problem : event.error,
            },
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
    case 'source-interrupted':
      return source.status === 'on' && source.request === event.request && mayBeRetaken(source)
        ? { ...source, interrupted: { since: event.at, cause: event.cause } }
        : source;
    case 'source-resumed':
      return source.status === 'on' && source.request === event.request && source.interrupted
        ? on(source, { ...source, interrupted: undefined })
        : source;
    case 'source-retaken':
      return retaken(source, event);
    case 'source-resized':
      return source.status === 'on' && source.request === event.request
        ? { ...source, capture: { ...source.capture, picture: event.picture } }
        : source;
    case 'devices-listed':
      return cameBack(source, before, event, kind) ?? withDefault(source, before, event, kind);
    default:
      return source;
  }
}

/**
 * The source with the session that it serves. A factory of the app is asked again for each session
 * after the first.
 */
export function servingSession(source: Source, session: number, stamp: Stamp): Source {
  if (source.status !== 'on' || source.capture.supplied !== 'made') return source;
  if (source.session === session) return source;
  const serving = { ...source, session };
  return source.session === undefined ? serving : supplyChanged(serving, stamp);
}

/** The open track stays on until the app's new one is there. */
function supplyChanged(source: Source, { id }: Stamp): Source {
  if (source.status === 'on') {
    const target = source.change ? source.change.target : source.deviceId;
    return changing(source, source.deviceId, { request: id, target });
  }
  const isWanted = source.status === 'opening' || source.status === 'failed';
  return isWanted ? opening(source, { id }) : source;
}

type Opening = Extract<Source, { status: 'opening' }>;
type On = Extract<Source, { status: 'on' }>;

function opening(source: SourceChoice, stamp: Pick<Stamp, 'id'>): Opening {
  return { ...choiceOf(source), status: 'opening', request: stamp.id, after: null };
}

function on(
  choice: SourceChoice,
  {
    request,
    capture,
    problem,
    interrupted,
    change = null,
  }: Pick<On, 'request' | 'capture' | 'problem'> &
    Partial<Pick<On, 'change'>> & { readonly interrupted?: On['interrupted'] | undefined },
): On {
  const on = { ...choiceOf(choice), status: 'on', request, capture, change, problem } as const;
  return interrupted === undefined ? on : { ...on, interrupted };
}

/** An app's own source may stand still, and a processor has a watch of its own. */
function mayBeRetaken({ interrupted, capture }: On): boolean {
  return !interrupted && !capture.supplied && !capture.raw;
}

function opened(
  source: Opening | On,
  event: Extract<SourceEvent, { type: 'source-opened' }>,
): Source {
  const { capture } = event;
  const change = source.status === 'on' ? source.change : null;
  const isFlip = change?.facing !== undefined;
  const deviceId = isFlip ? capture.deviceId || null : source.deviceId;
  const isWanted = deviceId !== null && deviceId === capture.deviceId;
  const label = isWanted && capture.label !== '' ? capture.label : source.label;
  const { request } = event;
  // A source that is taken anew stays what it was before.
  const problem =
    source.status === 'on' && change?.isRetake ? source.problem : problemOf(source, event.problem);
  return on({ deviceId, label, muted: source.muted }, { request, capture, problem });
}

/** The camera that faces the other way takes over; of one that does not say it is taken to face the person. */
function flipped(source: Source, event: Stamp): Source {
  if (source.status !== 'on' || source.capture.supplied) return source;
  const now = source.change?.facing ?? source.capture.facing;
  const facing = now === 'environment' ? 'user' : 'environment';
  return changing(source, source.deviceId, { request: event.id, target: null, facing });
}

/** Opens anew what gives nothing, and what another app had taken. */
function retaken(source: Source, event: Stamp): Source {
  if (source.status === 'failed') return isMissing(source) ? opening(source, event) : source;
  return source.status === 'on' && source.interrupted ? reopened(source, event) : source;
}

/** The same device, opened anew; a change under way opens one anyway. */
function reopened(source: Source, event: Stamp): Source {
  if (source.status !== 'on' || source.change) return source;
  const target = source.capture.deviceId || source.deviceId;
  return changing(source, source.deviceId, { request: event.id, target, isRetake: true });
}

/** An open source stays on until the other device is there. */
function selected(
  source: Source,
  event: Extract<SourceEvent, { type: 'source-selected' }> & Stamp,
  label: string | undefined,
): Source {
  const { deviceId } = event;
  const chosen = { ...source, deviceId, label };
  if (source.status === 'failed') return opening(chosen, event);
  // A choice for the time when the app no longer supplies it.
  if (source.status === 'on' && !source.change && source.capture.supplied) {
    return { ...source, ...choiceOf({ ...source, deviceId, label }), problem: null };
  }
  const isStandIn = source.status === 'on' && !source.change && source.problem;
  if (source.deviceId === deviceId && !isStandIn) return source;
  if (source.status === 'opening') return opening(chosen, event);
  if (source.status !== 'on') return chosen;
  return source.capture.deviceId === (deviceId ?? 'default')
    ? on(chosen, { ...source, problem: null })
    : changing({ ...source, label }, deviceId, { request: event.id, target: deviceId });
}

function changing(source: On, deviceId: string | null, change: Omit<SourceChange, 'before'>): On {
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

/** The source while it is muted, and its device closed. */
export function paused(source: Source): Source {
  return { ...choiceOf(source), status: 'paused' };
}

function off(source: Source): Source {
  return { ...choiceOf(source), status: 'off' };
}

function choiceOf({ deviceId, label, muted }: SourceChoice): SourceChoice {
  return label === undefined || deviceId === null
    ? { deviceId, muted }
    : { deviceId, label, muted };
}

/** Whether the source is only missing a device that can be used. */
function isMissing({ error }: { readonly error: BroadcastError }): boolean {
  const family = familyOf(error);
  return family === 'no-device' || family === 'unusable-device';
}

/**
 * The source that a device appeared for: one that is missing any takes it, and one whose wanted
 * device was replaced takes that back. `null` for others.
 */
function cameBack(
  source: Source,
  before: Devices,
  event: Listed & Stamp,
  kind: DeviceKind,
): Source | null {
  if (before.status !== 'listed') return null;
  const known = devicesOf(before, kind);
  const listed = devicesOf(event, kind);
  const fresh = listed.filter(({ deviceId }) => !known.some((one) => one.deviceId === deviceId));
  if (source.status === 'failed' && isMissing(source)) {
    const deviceId = wantedIn(fresh, source) ?? source.deviceId;
    return fresh.length > 0 ? opening({ ...source, deviceId }, event) : null;
  }
  if (!event.isReturnWanted || source.status !== 'on' || source.change || !source.problem) {
    return null;
  }
  // One that was pulled out and put back in quickly may never have been off the list.
  const target = wantedIn(source.problem.code === 'device-lost' ? listed : fresh, source);
  if (target === null || target === source.capture.deviceId) return null;
  return changing(source, target, { request: event.id, target });
}

/** The wanted device among these, by its id, or else by its name. */
function wantedIn(devices: readonly Device[], { deviceId, label }: Source): string | null {
  if (deviceId === null) return null;
  const found =
    devices.find((device) => device.deviceId === deviceId) ??
    devices.find((device) => device.label === label);
  return found?.deviceId ?? null;
}

function labelOf(devices: Devices, kind: DeviceKind, deviceId: string | null): string | undefined {
  if (devices.status !== 'listed') return undefined;
  return devicesOf(devices, kind).find((device) => device.deviceId === deviceId)?.label;
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
  if (source.capture.supplied) return source;
  const was = defaultOf(before, kind);
  const target = defaultOf(event, kind);
  if (was === undefined || target === undefined || was === target) return source;
  const open = source.change?.target ?? source.capture.deviceId;
  const isDefault = open === was || open === 'default' || open === '';
  return isDefault ? changing(source, null, { request: event.id, target }) : source;
}

type Listed = Extract<SourceEvent, { type: 'devices-listed' }>;

function defaultOf(listed: ListedDevices, kind: DeviceKind): string | undefined {
  return devicesOf(listed, kind).find(({ isDefault }) => isDefault)?.deviceId;
}

function devicesOf({ cameras, microphones }: ListedDevices, kind: DeviceKind): readonly Device[] {
  return kind === 'camera' ? cameras : microphones;
}
