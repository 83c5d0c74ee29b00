import { BroadcastError, withoutWords } from '../errors.js';

/** Larger ones are scaled down: no picture has more pixels. */
const MOST_PIXELS = 3840;

/**
 * Loads an image so that it can be drawn into what is sent: by CORS, since a canvas with any other
 * one gives no picture away.
 * @throws BroadcastError `image-not-loaded`; the signal's reason.
 */
export async function loadImage(address: string, signal: AbortSignal): Promise<ImageBitmap> {
  try {
    const bitmap = await decoded(await fetched(address, signal));
    if (!signal.aborted) return bitmap;
    bitmap.close();
  } catch (cause) {
    if (!signal.aborted) throw notLoaded(cause);
  }
  throw signal.reason;
}

async function fetched(address: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(address, { mode: 'cors', credentials: 'omit', signal });
  if (!response.ok) throw new DOMException(`Status ${response.status}`, 'NetworkError');
  return response.blob();
}

async function decoded(blob: Blob): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const scale = MOST_PIXELS / Math.max(width, height);
  if (scale >= 1) return bitmap;
  const size = {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  };
  try {
    return await createImageBitmap(bitmap, size);
  } finally {
    bitmap.close();
  }
}

function notLoaded(cause: unknown): BroadcastError {
  return new BroadcastError(
    'image-not-loaded',
    'An image of the picture could not be loaded, so the picture goes on without it. Check its address, that its server allows this page to read it (CORS), that the content security policy allows it (connect-src), and that it is a PNG, JPEG, WebP or GIF.',
    { cause: withoutWords(cause) },
  );
}
