/** As much of Trusted Types as is used; the types of the DOM do not have them everywhere. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): URL };
}

/** The kit's policy, which a page names in its `trusted-types` directive where it has one. */
const POLICY = 'webrtc-broadcaster';

let policy: ReturnType<TrustedTypes['createPolicy']> | null = null;

function openTrusted(url: URL, options: WorkerOptions): globalThis.Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return new globalThis.Worker(url, options);
  policy ??= trustedTypes.createPolicy(POLICY, { createScriptURL: (given) => given });
  return new globalThis.Worker(policy.createScriptURL(url.href), options);
}

/**
 * The browser's `Worker`, also where the page lets only trusted addresses through (W3C Trusted
 * Types); throws where the browser refuses.
 */
export const TrustedWorker = openTrusted as unknown as new (
  url: URL,
  options: WorkerOptions,
) => globalThis.Worker;
