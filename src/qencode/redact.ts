const MAX_KNOWN = 1000;
const ADDRESS = /\b(?:rtmps?|wss?|srt):\/\/\S+/gi;
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** Takes secrets out of other people's words. */
export interface Redactor {
  /** Takes this text out from now on. It remembers the last 1000; the first one given for good. */
  learn(secret: string | null): void;
  /** The text without secrets, control characters and ingest addresses, at most 300 characters. */
  redact(text: string): string;
}

/** A redactor that knows one secret for good. */
export function createRedactor(permanent: string): Redactor {
  const known = new Set<string>();
  const remove = (text: string, secret: string) =>
    [secret, encodeURIComponent(secret)].reduce(
      (rest, form) => rest.replaceAll(form, '[redacted]'),
      text,
    );
  return {
    learn(secret) {
      if (!secret) return;
      known.delete(secret);
      known.add(secret);
      const [oldest] = known;
      if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    },
    redact(text) {
      const clean = [permanent, ...known]
        .reduce(remove, text)
        .replace(ADDRESS, '[redacted]')
        .replace(JWT, '[redacted]')
        .replace(/[\p{Cc}\s]+/gu, ' ')
        .trim();
      return clean.length > 300 ? `${clean.slice(0, 299)}…` : clean;
    },
  };
}
