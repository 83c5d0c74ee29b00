import { listen } from '../foundation/listen.js';

/** How soon after a request that it forbade a page's policy says so, in milliseconds. */
export const POLICY_MS = 100;

/**
 * Resolves when the page's content security policy turns out to forbid connections to the origin of
 * `url` (CSP level 3, `connect-src`); one that only reports does not count.
 */
export function policyForbids({ origin }: URL, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (typeof document === 'undefined') return;
    const check = (event: Event) => {
      const { blockedURI, disposition } = event as SecurityPolicyViolationEvent;
      if (disposition !== 'report' && originOf(blockedURI) === origin) resolve();
    };
    listen(document, 'securitypolicyviolation', check, signal);
  });
}

/** `null` for what is no address, such as `inline`. */
function originOf(blocked: string): string | null {
  try {
    return new URL(blocked).origin;
  } catch {
    return null;
  }
}
