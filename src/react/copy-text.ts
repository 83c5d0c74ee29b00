/** A browser that asks the person, or waits for a focus that does not come, may never answer. */
const PATIENCE_MS = 3_000;

/**
 * Copies `text`, after a press, and says whether it did. Pages that are not secure, frames without
 * the permission, and people may keep a page from the clipboard; the older way, by a `copy` event,
 * is then tried too, and never shows the text.
 */
export async function copyText(text: string): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  try {
    const written = navigator.clipboard.writeText(text).then(() => true);
    return await Promise.race([written, tooLate]);
  } catch {
    return copyByEvent(text);
  } finally {
    clearTimeout(timer);
  }
}

function copyByEvent(text: string): boolean {
  let isSet = false;
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    isSet = event.clipboardData !== null;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', put, { capture: true });
  try {
    return document.execCommand('copy') && isSet;
  } catch {
    return false;
  } finally {
    document.removeEventListener('copy', put, { capture: true });
  }
}
