import { isEmbedded } from '../core/foundation/permissions-policy.js';
import type { BroadcastError, BroadcasterState, Source } from '../core/index.js';
import type { Stage } from './stage.js';

/** Errors that another try on this page cannot mend. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'permission-denied-by-policy',
  'insecure-context',
  'unsupported',
  'blocked-by-content-policy',
]);

/** Whether `error` stays as it is until the page is opened anew, or by another browser. */
export function isForGood({ code }: BroadcastError): boolean {
  return FOR_GOOD.has(code);
}

/** Whether this page can be opened in a tab of its own, where the page around forbids nothing. */
export function mayHelpInTab({ code }: BroadcastError): boolean {
  return code === 'permission-denied-by-policy' && isEmbedded();
}

/** Opens this page in a tab of its own. */
export function openInTab(): void {
  window.open(window.location.href, '_blank', 'noopener');
}

/** The error for which trying again is in vain in this stage; `null` where it may help. */
export function hopelessError(
  stage: Stage,
  {
    camera,
    microphone,
    connection,
  }: Pick<BroadcasterState, 'camera' | 'microphone' | 'connection'>,
): BroadcastError | null {
  if (stage === 'denied') {
    const errors = [camera, microphone].flatMap(errorOf);
    const isVain = errors.every((error) => error !== null && isForGood(error));
    return isVain ? (errors[0] ?? null) : null;
  }
  if (stage !== 'failed' || connection.status !== 'failed') return null;
  return isForGood(connection.error) ? connection.error : null;
}

/** None for a source that is never asked for, `null` for one that may yet be opened. */
function errorOf(source: Source): readonly (BroadcastError | null)[] {
  if (source.status === 'excluded') return [];
  return [source.status === 'failed' ? source.error : null];
}
