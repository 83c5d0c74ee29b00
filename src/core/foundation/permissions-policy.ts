interface PolicyLike {
  features?(): readonly string[];
  allowsFeature(feature: string): boolean;
}

/**
 * The page's permissions policy for `feature`; `unknown` where the browser does not say
 * (W3C Permissions Policy, section 9.1; Chromium has it under its older name).
 */
export function policyOn(feature: string): 'allowed' | 'forbidden' | 'unknown' {
  const { document } = globalThis as { document?: object };
  const { permissionsPolicy, featurePolicy } = (document ?? {}) as {
    readonly permissionsPolicy?: PolicyLike;
    readonly featurePolicy?: PolicyLike;
  };
  const policy = permissionsPolicy ?? featurePolicy;
  // Of a feature that it does not know, a browser says that it is not allowed.
  if (!policy || policy.features?.().includes(feature) === false) return 'unknown';
  return policy.allowsFeature(feature) ? 'allowed' : 'forbidden';
}

/** Whether the page is part of a page of another origin, which then has to allow what it may use. */
export function isEmbedded(): boolean {
  try {
    return globalThis.top?.location.origin !== globalThis.location?.origin;
  } catch {
    return true;
  }
}
