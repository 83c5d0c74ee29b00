/** What a page has opened and not closed. */
export interface Outstanding {
  readonly connections: number;
  readonly sockets: number;
  readonly tracks: number;
  readonly timers: number;
  readonly intervals: number;
  readonly audioContexts: number;
}

declare global {
  interface Window {
    countOutstanding(): Outstanding;
  }
}

/** An init script: counts what is opened, from before the first line of the page runs. */
export function countOpened(): void {
  const connections: RTCPeerConnection[] = [];
  const sockets: WebSocket[] = [];
  const tracks: MediaStreamTrack[] = [];
  const contexts: AudioContext[] = [];
  const timers = new Set<unknown>();
  const intervals = new Set<unknown>();

  const kept = <Made extends object, Arguments extends unknown[]>(
    original: new (...args: Arguments) => Made,
    into: Made[],
  ) =>
    new Proxy(original, {
      construct(target, args: Arguments, newTarget) {
        const made: Made = Reflect.construct(target, args, newTarget);
        into.push(made);
        return made;
      },
    });
  Object.assign(window, {
    RTCPeerConnection: kept(window.RTCPeerConnection, connections),
    WebSocket: kept(window.WebSocket, sockets),
    AudioContext: kept(window.AudioContext, contexts),
  });

  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  };
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function cloneCounted() {
    const copy = clone.call(this);
    tracks.push(copy);
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
    connections: connections.filter(({ signalingState }) => signalingState !== 'closed').length,
    sockets: sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED).length,
    tracks: tracks.filter(({ readyState }) => readyState === 'live').length,
    timers: timers.size,
    intervals: intervals.size,
    audioContexts: contexts.filter(({ state }) => state !== 'closed').length,
  });
}
