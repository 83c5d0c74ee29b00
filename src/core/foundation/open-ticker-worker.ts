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

/** Goes by the name of the browser's own, for bundlers look for `new Worker(new URL(…, import.meta.url))`. */
const Worker = openTrusted as unknown as new (
  url: URL,
  options: WorkerOptions,
) => globalThis.Worker;

/**
 * Opens the ticker's worker, also where the page lets only trusted addresses through (W3C Trusted
 * Types); throws where the browser refuses. It is a file of the package, for a policy that is strict
 * allows no worker made of text. Imported on demand, because Jest, which makes CommonJS of what is
 * imported outright, cannot read `import.meta`.
 */
export function openTickerWorker(): globalThis.Worker {
  return new Worker(new URL('./ticker-worker.ts', import.meta.url), { type: 'module' });
}
