/** Where a blocked camera is allowed again differs between these three. */
export type Browser = 'chrome' | 'firefox' | 'safari';

/** The browser as its own name tells; every iOS browser has Safari's settings. */
export function browserOf(userAgent: string): Browser {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'safari';
  if (/Firefox\//.test(userAgent)) return 'firefox';
  return /Safari\//.test(userAgent) && !/Chrom(e|ium)\//.test(userAgent) ? 'safari' : 'chrome';
}
