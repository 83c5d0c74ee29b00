import { onAbort } from './abort.js';

/**
 * Reads a body as UTF-8 text, counting as it comes in; `null` when it has more than `maxBytes`, of
 * which the rest is then not read. Rejects as the body does, and as soon as `signal` aborts.
 */
export async function readBounded(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<string | null> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let forget = () => {};
  const ended = new Promise<never>((_, reject) => {
    forget = onAbort(signal, () => reject(signal?.reason));
  });
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), ended]);
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > maxBytes) return null;
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    forget();
    // Not awaited: a sender that never ends must not hold up the refusal.
    reader.cancel().catch(() => {});
  }
}
