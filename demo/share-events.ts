/**
 * Calls `listener` with each message of the server-sent events at `url`, once; returns the function
 * that ends it. A browser opens six connections to a server at most, and each stream of events holds
 * one, so of all the tabs that have the demo open one listens, and tells the others. The server
 * begins each connection with its latest messages, so nothing is lost while the tab that listened
 * closes and the next one connects.
 */
export function shareEvents(url: string, listener: (data: string) => void): () => void {
  const life = new AbortController();
  const { signal } = life;
  const told = new Set<string>();
  const channel = new BroadcastChannel(url);
  let isListening = false;
  const tell = (data: string) => {
    if (told.has(data)) return;
    told.add(data);
    listener(data);
  };
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') tell(data);
    else if (isListening) for (const before of told) channel.postMessage(before);
  };
  channel.postMessage(null);
  navigator.locks
    .request(url, { signal }, () => {
      isListening = true;
      return listen(
        url,
        (data) => {
          tell(data);
          channel.postMessage(data);
        },
        signal,
      );
    })
    // Another tab listened until the end.
    .catch(() => {});
  return () => {
    life.abort();
    channel.close();
  };
}

/** Listens until `signal` aborts, which resolves. */
function listen(url: string, tell: (data: string) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let source: EventSource;
    let retry: ReturnType<typeof setTimeout>;
    const open = () => {
      source = new EventSource(url);
      source.onmessage = ({ data }) => tell(String(data));
      // A server that is down answers with an error page, which an EventSource takes as final.
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, 1_000);
      };
    };
    const end = () => {
      clearTimeout(retry);
      source.close();
      resolve();
    };
    open();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
