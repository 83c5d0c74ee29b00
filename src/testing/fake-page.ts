/** The browser's answer to a request for a lock. */
export type LockBehaviour =
  /** One holder at a time, in order. */
  | 'SHARED_FAIRLY'
  /** Another tab holds every lock, and keeps it. */
  | 'HELD_ELSEWHERE'
  /** Every lock is free, and granted after three seconds. */
  | 'SLOW'
  /** The page may not use locks at all. */
  | 'FORBIDDEN';

/** The installed fake of a page: what happens around a broadcast, on demand. */
export interface FakePage {
  /** As the browser tells of it: `pagehide`, `online`, `beforeunload` …; returns the event. */
  tell(name: string, details?: { readonly persisted?: boolean }): Event;
  /** Sets `navigator.onLine`, and tells of it. */
  setOnline(online: boolean): void;
  /** Another kind of network, as Chromium tells of it. */
  changeNetwork(): void;
  /** Another estimate of the speed of the same network. */
  estimateNetwork(): void;
  /** Hides or shows the page; hidden, the browser takes back what keeps the screen on. */
  setVisible(visible: boolean): void;
  /** How many locks keep the screen on now. */
  readonly wakeLocks: number;
  /** Names of the locks that are held now. */
  readonly heldLocks: readonly string[];
  /** Changes how the browser answers a request for a lock from now on. */
  behaveWithLocks(behaviour: LockBehaviour): void;
  /** The entries of the page's `sessionStorage`. */
  readonly storage: ReadonlyMap<string, string>;
  /** Gives the page its own browser back. */
  restore(): void;
}

/** Puts a fake page in place of `window`, `document`, `sessionStorage` and parts of `navigator`. */
export function installFakePage(): FakePage {
  const fakeWindow = new EventTarget();
  const network = Object.assign(new EventTarget(), { type: 'wifi' });
  let isVisible = true;
  const fakeDocument = new EventTarget();
  Object.defineProperty(fakeDocument, 'visibilityState', {
    get: () => (isVisible ? 'visible' : 'hidden'),
  });
  const screen = createScreen(() => isVisible);
  const locks = createLocks();
  const storage = new Map<string, string>();
  const fakeNavigator = {
    ...pick(globalThis.navigator, ['mediaDevices', 'permissions']),
    onLine: true,
    connection: network,
    wakeLock: screen.wakeLock,
    locks: locks.manager,
  };
  const restores = [
    replace('window', fakeWindow),
    replace('document', fakeDocument),
    replace('navigator', fakeNavigator),
    replace('sessionStorage', {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
      removeItem: (key: string) => storage.delete(key),
    }),
  ];
  const tell: FakePage['tell'] = (name, details = {}) => {
    const event = Object.assign(new Event(name, { cancelable: true }), details);
    fakeWindow.dispatchEvent(event);
    return event;
  };
  return {
    tell,
    setOnline(online) {
      fakeNavigator.onLine = online;
      tell(online ? 'online' : 'offline');
    },
    changeNetwork() {
      network.type = network.type === 'wifi' ? 'cellular' : 'wifi';
      network.dispatchEvent(new Event('change'));
    },
    estimateNetwork: () => void network.dispatchEvent(new Event('change')),
    setVisible(visible) {
      isVisible = visible;
      if (!visible) screen.takeBack();
      fakeDocument.dispatchEvent(new Event('visibilitychange'));
    },
    get wakeLocks() {
      return screen.count();
    },
    get heldLocks() {
      return locks.held();
    },
    behaveWithLocks: locks.behave,
    storage,
    restore() {
      for (const restore of restores) restore();
    },
  };
}

function createScreen(isVisible: () => boolean) {
  const taken = new Set<{ released: boolean; release(): Promise<void> }>();
  let hidings = 0;
  return {
    wakeLock: {
      async request() {
        const before = hidings;
        // The browser looks up the permission first, and refuses a page that was hidden meanwhile.
        await Promise.resolve();
        if (!isVisible() || hidings > before)
          throw new DOMException('The page is hidden.', 'NotAllowedError');
        const lock = {
          released: false,
          async release() {
            lock.released = true;
            taken.delete(lock);
          },
        };
        taken.add(lock);
        return lock;
      },
    },
    count: () => taken.size,
    takeBack() {
      hidings += 1;
      for (const lock of taken) void lock.release();
    },
  };
}

function createLocks() {
  let behaviour: LockBehaviour = 'SHARED_FAIRLY';
  const held = new Map<string, Promise<unknown>>();
  const request = async (
    name: string,
    { signal, ifAvailable = false }: Pick<LockOptions, 'signal' | 'ifAvailable'>,
    hold: (lock: { readonly name: string } | null) => Promise<void> | undefined,
  ) => {
    if (behaviour === 'FORBIDDEN') throw new DOMException('No locks here.', 'SecurityError');
    const ended = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    if (behaviour === 'SLOW') await new Promise((resolve) => setTimeout(resolve, 3_000));
    // A browser asks another process first.
    for (let turns = 0; turns < 20; turns += 1) await null;
    if (ifAvailable && (behaviour === 'HELD_ELSEWHERE' || held.has(name))) return hold(null);
    if (behaviour === 'HELD_ELSEWHERE') await ended;
    while (held.has(name)) await Promise.race([held.get(name), ended]);
    ended.catch(() => {});
    const holding = Promise.resolve(hold({ name }));
    held.set(
      name,
      holding.then(() => held.delete(name)),
    );
    await held.get(name);
  };
  return {
    manager: { request },
    held: () => [...held.keys()],
    behave(next: LockBehaviour) {
      behaviour = next;
    },
  };
}

function replace(name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
  return () => {
    if (before === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, before);
  };
}

function pick(source: object | undefined, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) =>
      source !== undefined && name in source ? [[name, Reflect.get(source, name)]] : [],
    ),
  );
}
