/** Everything that a page has opened and not closed. */
export interface Outstanding {
  readonly connections: number;
  readonly sockets: number;
  /** Sockets that were told to close; a browser waits a minute for a server that does not answer. */
  readonly closing: number;
  readonly tracks: number;
  readonly timers: number;
  readonly intervals: number;
  readonly audioContexts: number;
  readonly workers: number;
}

declare global {
  interface Window {
    countOutstanding(): Outstanding;
  }
}

/** An init script: counts what is opened, from before the first line of the page runs. */
export function countOpened(): void {
  // Forget closed objects: to hold on to them would be a leak of our own.
  const isOpen = {
    connection: ({ signalingState }: RTCPeerConnection) => signalingState !== 'closed',
    socket: ({ readyState }: WebSocket) => readyState !== WebSocket.CLOSED,
    track: ({ readyState }: MediaStreamTrack) => readyState === 'live',
    context: ({ state }: AudioContext) => state !== 'closed',
  };
  const keep = <Made>(made: Made, into: Set<Made>, open: (made: Made) => boolean) => {
    for (const each of into) if (!open(each)) into.delete(each);
    into.add(made);
  };
  const count = <Made>(kept: Set<Made>, open: (made: Made) => boolean) =>
    [...kept].filter(open).length;
  const connections = new Set<RTCPeerConnection>();
  const sockets = new Set<WebSocket>();
  const tracks = new Set<MediaStreamTrack>();
  const contexts = new Set<AudioContext>();
  const workers = new Set<Worker>();
  const timers = new Set<unknown>();
  const intervals = new Set<unknown>();

  const kept = <Made extends object, Arguments extends unknown[]>(
    original: new (...args: Arguments) => Made,
    into: Set<Made>,
    open: (made: Made) => boolean,
  ) =>
    new Proxy(original, {
      construct(target, args: Arguments, newTarget) {
        const made: Made = Reflect.construct(target, args, newTarget);
        keep(made, into, open);
        return made;
      },
    });
  Object.assign(window, {
    RTCPeerConnection: kept(window.RTCPeerConnection, connections, isOpen.connection),
    WebSocket: kept(window.WebSocket, sockets, isOpen.socket),
    AudioContext: kept(window.AudioContext, contexts, isOpen.context),
    Worker: kept(window.Worker, workers, () => true),
  });
  const terminate = Worker.prototype.terminate;
  Worker.prototype.terminate = function terminateCounted() {
    workers.delete(this);
    terminate.call(this);
  };

  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    for (const track of stream.getTracks()) keep(track, tracks, isOpen.track);
    return stream;
  };
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function cloneCounted() {
    const copy = clone.call(this);
    keep(copy, tracks, isOpen.track);
    return copy;
  };

  const { setTimeout, clearTimeout, setInterval, clearInterval } = window;
  Object.assign(window, {
    setTimeout(run: TimerHandler, delay?: number, ...args: unknown[]) {
      const id = setTimeout(() => {
        timers.delete(id);
        if (typeof run === 'function') run(...args);
      }, delay);
      timers.add(id);
      return id;
    },
    clearTimeout(id: number) {
      timers.delete(id);
      clearTimeout(id);
    },
    setInterval(run: TimerHandler, delay?: number, ...args: unknown[]) {
      const id = setInterval(run, delay, ...args);
      intervals.add(id);
      return id;
    },
    clearInterval(id: number) {
      intervals.delete(id);
      clearInterval(id);
    },
  });

  window.countOutstanding = () => ({
    connections: count(connections, isOpen.connection),
    sockets: count(sockets, ({ readyState }) => readyState < WebSocket.CLOSING),
    closing: count(sockets, ({ readyState }) => readyState === WebSocket.CLOSING),
    tracks: count(tracks, isOpen.track),
    timers: timers.size,
    intervals: intervals.size,
    audioContexts: count(contexts, isOpen.context),
    workers: workers.size,
  });
}
