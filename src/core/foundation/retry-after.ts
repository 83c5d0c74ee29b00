const MAX_SECONDS = 3600;

/**
 * How many seconds an answer's `Retry-After` (RFC 9110, section 10.2.3) asks to wait, at least one
 * and at most an hour; `null` without a readable one. A date is compared with the answer's own
 * `Date` where there is one, so that the two clocks need not agree.
 */
export function retryAfterSeconds(headers: Headers, receivedAt: number): number | null {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(text)) return within(Number(text));
  // Platforms take much for a date, such as "-5".
  const until = /^[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(until)) return null;
  const said = Date.parse(headers.get('date') ?? '');
  return within((until - (Number.isNaN(said) ? receivedAt : said)) / 1000);
}

function within(seconds: number): number {
  return Math.min(Math.max(1, Math.ceil(seconds)), MAX_SECONDS);
}
