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
  let abort = () => {};
  const ended = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason);
  });
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  // A body that ends first leaves nobody to hear of it.
  ended.catch(() => {});
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
    signal?.removeEventListener('abort', abort);
    // Not awaited: a sender that never ends must not hold up the refusal.
    reader.cancel().catch(() => {});
  }
}
