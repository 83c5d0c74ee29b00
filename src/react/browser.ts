/** Where a blocked camera is allowed again differs between these. */
export type Browser = 'chrome' | 'edge' | 'firefox' | 'safari' | 'ios' | 'android';

/** The browser as its own name tells; every iOS browser has the system's settings. */
export function browserOf(userAgent: string): Browser {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/Android/.test(userAgent)) return 'android';
  if (/Edg\//.test(userAgent)) return 'edge';
  return /Safari\//.test(userAgent) && !/Chrom(e|ium)\//.test(userAgent) ? 'safari' : 'chrome';
}
