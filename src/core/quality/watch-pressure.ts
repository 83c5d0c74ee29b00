import { aborted } from '../foundation/abort.js';
import { policyOn } from '../foundation/permissions-policy.js';
import type { Pressure, QualityEvent } from './quality.js';

/** As much of the Compute Pressure API as is used; not in every version of the DOM types. */
interface PressureObserverLike {
  observe(source: 'cpu', options: { readonly sampleInterval: number }): Promise<void>;
  disconnect(): void;
}

type PressureObserverConstructor = new (
  callback: (records: readonly { readonly state: string }[]) => void,
) => PressureObserverLike;

const INTERVAL_MS = 1_000;

/** Tells how the machine feels whenever that changes, until `signal` aborts; where there is no word for it, nothing. */
export async function watchPressure(
  dispatch: (event: QualityEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { PressureObserver } = globalThis as { PressureObserver?: PressureObserverConstructor };
  if (typeof PressureObserver !== 'function' || policyOn('compute-pressure') === 'forbidden')
    return;
  let last: Pressure = 'unknown';
  const tell = (pressure: Pressure) => {
    if (pressure !== last && !signal.aborted) dispatch({ type: 'pressure-changed', pressure });
    last = pressure;
  };
  let observer: InstanceType<PressureObserverConstructor> | null = null;
  try {
    observer = new PressureObserver((records) => tell(pressureOf(records.at(-1)?.state)));
    await observer.observe('cpu', { sampleInterval: INTERVAL_MS });
    await aborted(signal);
  } catch {
    // The page's permissions policy may forbid it; what the encoder says is enough.
  } finally {
    observer?.disconnect();
  }
}

function pressureOf(state: string | undefined): Pressure {
  return state === 'nominal' || state === 'fair' || state === 'serious' || state === 'critical'
    ? state
    : 'unknown';
}
