import type { ServerUrls } from '../streams/addresses.js';
import type { IngestEvent } from '../streams/ingest-events.js';
import type { StreamStatus } from '../streams/live-streams.js';
import type { StreamReport } from '../streams/stream-report.js';

/**
 * The script of the ingest's page. It runs in the browser: the ingest sends its source text, so it may
 * use nothing from outside itself but types.
 */
export function runPage(): void {
  type ShownStream = StreamReport & { readonly key: string };
  /** The fields of an answer of the Live API that the page reads. */
  interface Started {
    readonly id: string;
    readonly server_urls: ServerUrls;
  }
  interface Card {
    readonly item: HTMLElement;
    /** The button that has the focus when another one of the card goes away. */
    readonly main: HTMLElement;
    draw(stream: ShownStream): void;
  }

  const POLL_MS = 1000;
  const SHOWN_EVENTS = 40;
  const STATUS_WORDS: Readonly<Record<StreamStatus, string>> = {
    created: 'Created',
    waiting: 'Waiting',
    live: 'Live',
    idle: 'Idle',
    stopped: 'Stopped',
    deleted: 'Deleted',
  };
  const cards = new Map<string, Card>();
  // Known for the streams that were started here; they are credentials and are never drawn.
  const addresses = new Map<string, string>();
  const names = new Map<string, string>();
  const statuses = new Map<string, StreamStatus>();

  const part = (id: string): HTMLElement => {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`The page has no ${id}.`);
    return found;
  };
  const make = (tag: string, className: string, ...content: readonly (Node | string)[]) => {
    const made = document.createElement(tag);
    if (className !== '') made.className = className;
    made.append(...content);
    return made;
  };
  /** Touches the text only if it is another: a screen reader and a selection are left in peace. */
  const write = (target: Node, text: string) => {
    if (target.textContent !== text) target.textContent = text;
  };
  /** The source of a request: the page itself, once a second, or a person. */
  type Asker = 'page' | 'person';
  const problems: Record<Asker, string> = { page: '', person: '' };
  const tell = (asker: Asker, problem: string) => {
    problems[asker] = problem;
    const shown = problems.page || problems.person;
    write(part('problem'), shown);
    part('problem').hidden = shown === '';
  };

  const REST_MS = 500;
  const PATIENCE_MS = 3000;
  /** Since when each button rests, on the clock of events. */
  const restedAt = new WeakMap<Element, number>();
  const rest = (button: HTMLElement) => {
    const at = performance.now();
    restedAt.set(button, at);
    button.setAttribute('aria-disabled', 'true');
    setTimeout(() => {
      if (restedAt.get(button) === at) button.removeAttribute('aria-disabled');
    }, REST_MS);
  };
  /** A press counts once, and not within half a second after its button came to mean another. */
  const onPress = (button: HTMLElement, act: () => void) => {
    button.addEventListener('click', ({ timeStamp }) => {
      if (timeStamp - (restedAt.get(button) ?? Number.NEGATIVE_INFINITY) < REST_MS) return;
      rest(button);
      act();
    });
    button.addEventListener('keydown', (event) => {
      if (event.repeat && event.key !== 'Tab') event.preventDefault();
    });
  };
  /** Puts the focus there because what had it is gone: the keyboard still points at that. */
  const moveFocus = (next: HTMLElement) => {
    if (next.matches('button')) rest(next);
    next.focus();
  };
  /** Says whether it copied. Pages that are not secure have no clipboard but the older one. */
  const copyText = async (text: string): Promise<boolean> => {
    let isSet = false;
    const put = (event: ClipboardEvent) => {
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      isSet = true;
    };
    const tooLate = new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE_MS, false));
    try {
      return await Promise.race([navigator.clipboard.writeText(text).then(() => true), tooLate]);
    } catch {
      document.addEventListener('copy', put);
      return document.execCommand('copy') && isSet;
    } finally {
      document.removeEventListener('copy', put);
    }
  };

  /** The ingest's own time, as its last answer told it: the page's clock may be minutes off. */
  let ingestNow = Date.now();
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`/ingest/${path}`, {
      method,
      ...(method === 'GET'
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
    });
    const dateMs = Date.parse(response.headers.get('date') ?? '');
    // A date names a whole second.
    ingestNow = Number.isNaN(dateMs) ? Date.now() : dateMs + 500;
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    return answer;
  };
  const perform = async (asker: Asker, work: () => Promise<unknown>) => {
    try {
      await work();
      tell(asker, '');
    } catch (error) {
      const isOwn = error instanceof Error && !(error instanceof TypeError);
      // The page asks on, and takes this back once it has an answer.
      if (isOwn) tell(asker, error.message);
      else tell('page', 'The ingest does not answer. The page goes on trying.');
    }
  };
  const start = async (path: string, body?: object) => {
    const stream = await call<Started>('POST', path, body);
    const { webrtc } = stream.server_urls;
    if (webrtc !== undefined) addresses.set(stream.id, webrtc);
    await refresh();
  };

  const clockOf = (seconds: number) =>
    `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const rateOf = (bitrate: number) =>
    bitrate >= 1_000_000
      ? `${(bitrate / 1_000_000).toFixed(1)} Mb/s`
      : `${Math.round(bitrate / 1000)} kb/s`;
  const tracksOf = ({ tracks }: ShownStream) =>
    tracks
      .map((track) =>
        track.kind === 'video' && track.width !== undefined
          ? `${track.codec} ${track.width}×${track.height}`
          : track.codec,
      )
      .join(', ');
  const ruleOf = ({ status, deadlineAt }: ShownStream) => {
    if (status === 'created') return 'Start it to get an address to publish to.';
    if (status === 'stopped') return 'Start it again to get a new address.';
    if (status === 'live' || deadlineAt === undefined) return 'Media is coming in.';
    const left = Math.max(0, Math.ceil((deadlineAt - ingestNow) / 1000));
    const until = status === 'waiting' ? 'a broadcast begins' : 'the broadcast resumes';
    return `Stops in ${clockOf(left)} unless ${until}.`;
  };
  const lineOf = ({ at, text, streamId = '' }: IngestEvent, withName: boolean) => {
    const time = make('time', '', new Date(at).toLocaleTimeString([], { hour12: false }));
    const name = withName ? names.get(streamId) : undefined;
    const about = name === undefined ? [] : [make('span', 'about', name)];
    return make('li', '', time, make('span', '', text), ...about);
  };

  const createCard = (id: string): Card => {
    const path = `streams/${encodeURIComponent(id)}`;
    const title = make('h3', '');
    const pill = make('span', 'pill');
    const rule = make('p', 'rule');
    const facts = make('dl', 'facts');
    const values = ['Bitrate', 'Tracks', 'Viewers', 'Stream key'].map((label) => {
      const value = make('dd', '');
      const fact = make('div', '', make('dt', '', label), value);
      facts.append(fact);
      return { fact, value };
    });
    const verb = make('span', '');
    const aboutName = make('span', 'hidden');
    const toggle = make('button', 'button', verb, ' ', aboutName);
    const copyWord = make('span', '', 'Copy address');
    const copyName = make('span', 'hidden');
    const copy = make('button', 'button', copyWord, ' ', copyName);
    const removeName = make('span', 'hidden');
    const remove = make('button', 'button', 'Delete ', removeName);
    const events = make('ol', 'lines');
    const summaryName = make('span', 'hidden');
    const details = document.createElement('details');
    details.append(make('summary', '', 'Events ', summaryName), events);
    const item = make(
      'li',
      'card stream',
      make('div', 'stream-head', title, pill),
      rule,
      facts,
      make('div', 'actions', toggle, copy, remove),
      details,
    );
    item.dataset['stream'] = id;

    const drawEvents = async () => {
      const found = await call<readonly IngestEvent[]>('GET', `${path}/events`);
      events.replaceChildren(...[...found].reverse().map((event) => lineOf(event, false)));
    };
    details.addEventListener('toggle', () => {
      if (details.open) void perform('page', drawEvents);
    });
    onPress(toggle, () => {
      const action = toggle.dataset['action'];
      void perform('person', async () => {
        if (action === 'start') await start(`${path}/start`);
        else await call('POST', `${path}/stop`);
        await refresh();
      });
    });
    onPress(copy, () => {
      void perform('person', async () => {
        if (!(await copyText(addresses.get(id) ?? ''))) {
          throw new Error(
            'Your browser didn’t let this page copy. Open it on localhost or over https, or allow the clipboard.',
          );
        }
        write(part('announcement'), 'Publishing address copied');
        write(copyWord, 'Copied');
        setTimeout(() => write(copyWord, 'Copy address'), 2000);
      });
    });
    onPress(remove, () => {
      void perform('person', async () => {
        await call('DELETE', path);
        write(part('announcement'), `${title.textContent}: Deleted`);
        await refresh();
      });
    });
    return {
      item,
      main: toggle,
      draw(stream) {
        const { name, status, publishing, bitrate, viewers, key } = stream;
        const runs = status === 'waiting' || status === 'live' || status === 'idle';
        for (const each of [title, aboutName, copyName, removeName, summaryName]) write(each, name);
        write(pill, STATUS_WORDS[status]);
        pill.dataset['status'] = status;
        write(rule, ruleOf(stream));
        const shown = [
          publishing ? rateOf(bitrate) : '',
          publishing ? tracksOf(stream) : '',
          runs ? String(viewers) : '',
          key,
        ];
        for (const [index, { fact, value }] of values.entries()) {
          write(value, shown[index] ?? '');
          fact.hidden = value.textContent === '';
        }
        const action = runs ? 'stop' : 'start';
        if (toggle.dataset['action'] !== action) rest(toggle);
        toggle.dataset['action'] = action;
        write(verb, runs ? 'Stop' : 'Start');
        if (remove.hidden && !runs) rest(remove);
        remove.hidden = runs;
        copy.hidden = !runs || !addresses.has(id);
        if (details.open) void perform('page', drawEvents);
      },
    };
  };

  const draw = (streams: readonly ShownStream[]) => {
    const list = part('streams');
    const held = document.activeElement;
    const card = held?.closest<HTMLElement>('[data-stream]');
    for (const [id, { item }] of cards) {
      if (streams.some((stream) => stream.id === id)) continue;
      item.remove();
      cards.delete(id);
    }
    // The newest first.
    for (const stream of streams) {
      const shown = cards.get(stream.id) ?? createCard(stream.id);
      if (!cards.has(stream.id)) list.prepend(shown.item);
      cards.set(stream.id, shown);
      names.set(stream.id, stream.name);
      shown.draw(stream);
      const before = statuses.get(stream.id);
      statuses.set(stream.id, stream.status);
      if (before === undefined || before === stream.status) continue;
      write(part('announcement'), `${stream.name}: ${STATUS_WORDS[stream.status]}`);
    }
    part('empty').hidden = streams.length > 0;
    if (card === null || card === undefined || held === null) return;
    // Where the card was there may be nothing now.
    if (!card.isConnected) moveFocus(part('streams-title'));
    else if (held.closest('[hidden]') !== null) {
      moveFocus(cards.get(card.dataset['stream'] ?? '')?.main ?? part('streams-title'));
    }
  };

  let asking: Promise<void> | undefined;
  /** Draws what the ingest says now; whoever comes while it is being asked waits for that answer. */
  const refresh = (): Promise<void> => {
    asking ??= (async () => draw(await call<readonly ShownStream[]>('GET', 'streams')))().finally(
      () => {
        asking = undefined;
      },
    );
    return asking;
  };

  const listen = () => {
    const source = new EventSource('/ingest/events');
    const lines = part('events');
    // Each connection begins with what was kept.
    source.onopen = () => lines.replaceChildren();
    source.onmessage = async ({ data }) => {
      const event: IngestEvent = JSON.parse(data);
      // A stream that is new has no name here yet.
      if (event.streamId !== undefined && !names.has(event.streamId))
        await refresh().catch(() => {});
      lines.prepend(lineOf(event, true));
      while (lines.children.length > SHOWN_EVENTS) lines.lastElementChild?.remove();
    };
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, POLL_MS);
    };
  };

  let isStarting = false;
  part('new').addEventListener('keydown', (event) => {
    // Enter that is held sends a form again and again.
    if (event.repeat && event.key === 'Enter') event.preventDefault();
  });
  part('new').addEventListener('submit', (event) => {
    event.preventDefault();
    const button = part('start-new');
    const restsSince = restedAt.get(button) ?? Number.NEGATIVE_INFINITY;
    if (isStarting || event.timeStamp - restsSince < REST_MS) return;
    rest(button);
    isStarting = true;
    const field = document.querySelector<HTMLInputElement>('#name');
    const name = field?.value.trim() ?? '';
    void perform('person', async () => {
      await start('streams', name === '' ? {} : { name });
      if (field !== null) field.value = '';
    }).finally(() => {
      isStarting = false;
    });
  });
  void perform('page', refresh);
  setInterval(() => void perform('page', refresh), POLL_MS);
  listen();
}
