/**
 * Calls `listener` with each message of the server-sent events at `url`, once; returns the function
 * that ends it. A browser opens six connections to a server at most, and each stream of events holds
 * one, so of all the tabs that have the demo open one listens, and tells the others.
 */
export function shareEvents(url: string, { hasPast, listener }: SharedListener): () => void {
  const life = new AbortController();
  const { signal } = life;
  const told = new Set<string>();
  const channel = new BroadcastChannel(url);
  let isListening = false;
  const tell = (data: string) => {
    // A connection made anew begins with what was told before.
    if (told.has(data)) return;
    told.add(data);
    listener(data);
  };
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') tell(data);
    else if (isListening && hasPast) for (const before of told) channel.postMessage(before);
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

interface SharedListener {
  /** Whether what was told before is of interest to a tab that comes later. */
  readonly hasPast: boolean;
  readonly listener: (data: string) => void;
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
