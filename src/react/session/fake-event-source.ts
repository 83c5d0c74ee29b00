import type { SessionStatus } from '../../qencode/session-messages.js';

/** An `EventSource` without a network, since neither Node nor jsdom has one. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  readonly url: string;
  readonly withCredentials: boolean;
  readyState = 0;

  constructor(url: string, { withCredentials = false }: EventSourceInit = {}) {
    super();
    this.url = url;
    this.withCredentials = withCredentials;
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }

  /** The server tells a status. */
  tell(status: SessionStatus): void {
    this.receive(JSON.stringify(status));
  }

  /** The server sends a `status` event with this data. */
  receive(data: string): void {
    if (this.readyState === FakeEventSource.CLOSED) return;
    this.readyState = 1;
    this.dispatchEvent(new MessageEvent('status', { data }));
  }

  /** The connection breaks, and the browser makes another by itself. */
  lose(): void {
    this.readyState = 0;
    this.dispatchEvent(new Event('error'));
  }

  /** The server answered with something that is no event stream, so the browser gives up. */
  refuse(): void {
    this.readyState = FakeEventSource.CLOSED;
    this.dispatchEvent(new Event('error'));
  }
}

/** Puts the fake in place of the global `EventSource`; `restore` takes it away again. */
export function installFakeEventSource(): {
  readonly sources: readonly FakeEventSource[];
  restore(): void;
} {
  const sources: FakeEventSource[] = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, 'EventSource');
  class Installed extends FakeEventSource {
    constructor(url: string, init?: EventSourceInit) {
      super(url, init);
      sources.push(this);
    }
  }
  Object.defineProperty(globalThis, 'EventSource', { value: Installed, configurable: true });
  return {
    sources,
    restore() {
      if (before === undefined) Reflect.deleteProperty(globalThis, 'EventSource');
      else Object.defineProperty(globalThis, 'EventSource', before);
    },
  };
}
