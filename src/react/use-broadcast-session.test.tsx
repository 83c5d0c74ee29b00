import { act, fireEvent, render, renderHook, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import { installFakeEventSource } from './session/fake-event-source.js';
import type { TestSessionServer } from './session/test-session-server.js';
import {
  sampleSession,
  startTestSessionServer,
  usualAnswers,
} from './session/test-session-server.js';
import type { BroadcastSessionOptions } from './use-broadcast-session.js';
import { useBroadcastSession } from './use-broadcast-session.js';
import type { WebRTCBroadcasterProps } from './webrtc-broadcaster.js';
import { WebRTCBroadcaster } from './webrtc-broadcaster.js';

let server: TestSessionServer;
let events: ReturnType<typeof installFakeEventSource>;

beforeEach(async () => {
  server = await startTestSessionServer();
  events = installFakeEventSource();
});
afterEach(async () => {
  events.restore();
  await server.close();
});

const strict = { wrapper: StrictMode };
const hook = (options: BroadcastSessionOptions = {}) =>
  renderHook(() => useBroadcastSession(server.url, options), strict);
const refusal = { status: 429, body: { error: 'too-many-starts', message: 'Wait a minute.' } };

describe('useBroadcastSession', () => {
  it('asks for nothing until it is told to', async () => {
    const { result } = hook();
    await act(async () => {});
    expect(result.current).toMatchObject({
      phase: 'idle',
      session: null,
      streamStatus: null,
      error: null,
      broadcasterProps: { isStarting: false, startProblem: null },
    });
    expect(result.current.broadcasterProps).not.toHaveProperty('serverUrl');
    expect(server.requests).toEqual([]);
  });

  it('gives the broadcaster its stream, and takes back what the app stopped', async () => {
    const { result } = hook();
    const keys = Object.keys(result.current).sort();
    await act(() => result.current.start());
    expect(result.current.broadcasterProps).toMatchObject({
      serverUrl: 'wss://host.invalid/qlive',
      streamKey: 'key-of-s1',
      startedAt: expect.stringMatching(/^20/),
    });
    expect(Object.keys(result.current).sort()).toEqual(keys);
    await act(() => result.current.stop());
    expect(result.current.broadcasterProps).not.toHaveProperty('serverUrl');
  });

  it('lets the broadcaster prepare for no stream that is being stopped', async () => {
    const { result } = hook();
    await act(() => result.current.start());
    expect(result.current.broadcasterProps).not.toHaveProperty('autoPrepare');
    const refused = { status: 502, body: { error: 'unavailable', message: 'Try later.' } };
    let answer = (_: typeof refused) => {};
    server.answerWith(() => new Promise((resolve) => (answer = resolve)));
    act(() => void result.current.stop().catch(() => {}));
    await waitFor(() => expect(result.current.phase).toBe('stopping'));
    expect(result.current.broadcasterProps).toMatchObject({ isStopped: true, autoPrepare: false });
    // A stream that could not be stopped still runs.
    await act(async () => answer(refused));
    await waitFor(() => expect(result.current.phase).toBe('started'));
    expect(result.current.broadcasterProps).not.toHaveProperty('autoPrepare');
  });

  it('leaves the broadcaster a stream that ended by itself', async () => {
    const { result } = hook();
    await act(() => result.current.start());
    act(() =>
      events.sources
        .at(-1)
        ?.tell({ session: 's1', status: 'stopped', startedAt: null, serverTime: null }),
    );
    expect(result.current.phase).toBe('ended');
    expect(result.current.broadcasterProps).toHaveProperty('streamKey', 'key-of-s1');
  });

  it('keeps its functions, and its result while nothing changes', async () => {
    const { result, rerender } = hook();
    const before = result.current;
    rerender();
    expect(result.current).toBe(before);
    await act(() => result.current.start());
    expect(result.current.start).toBe(before.start);
    expect(result.current.stop).toBe(before.stop);
  });

  it('starts by itself once, where that is wanted', async () => {
    const { result, rerender } = hook({ autoStart: true });
    rerender();
    await waitFor(() => expect(result.current.phase).toBe('started'));
    await act(() => result.current.stop());
    rerender();
    expect(server.requests).toEqual(['POST', 'DELETE s1']);
  });

  it('gives up with its component what it waits for, and closes what it follows', async () => {
    server.answerWith(() => new Promise(() => {}));
    const { result, unmount } = hook();
    let asked: Promise<unknown> = Promise.resolve();
    act(() => {
      asked = result.current.start();
    });
    unmount();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });

    server.answerWith(usualAnswers());
    const second = hook();
    await act(() => second.result.current.start());
    second.unmount();
    await act(async () => {});
    expect(events.sources.every(({ readyState }) => readyState === 2)).toBe(true);
  });

  it('starts another stream where the server forgot the last one', async () => {
    const { result } = hook();
    await act(() => result.current.start());
    await act(() => result.current.stop());
    const gone = { status: 404, body: { error: 'unknown-session', message: 'Start a new one.' } };
    const usual = usualAnswers();
    server.answerWith((method, session) => (method === 'PUT' ? gone : usual(method, session)));
    act(() => result.current.broadcasterProps.onStartAgain());
    await waitFor(() => expect(result.current.phase).toBe('started'));
    expect(server.requests).toEqual(['POST', 'DELETE s1', 'PUT s1', 'POST']);
  });

  it('renders on a server, where it is idle', () => {
    function Phase() {
      return <>{useBroadcastSession().phase}</>;
    }
    expect(renderToString(<Phase />)).toBe('idle');
  });
});

describe('an app of one session and one broadcaster', () => {
  let devices: FakeDevices;

  beforeEach(() => {
    devices = installFakeDevices();
  });
  afterEach(() => {
    devices.restore();
  });

  function App(props: WebRTCBroadcasterProps) {
    const session = useBroadcastSession(server.url);
    return (
      <>
        <WebRTCBroadcaster {...props} autoPrepare={false} {...session.broadcasterProps} />
        <button type="button" onClick={() => session.stop()}>
          End the stream
        </button>
      </>
    );
  }

  // By its text, since the page is searched after each change of it.
  const button = (name: string) => screen.findByText(name, { selector: 'button' });
  const click = (found: HTMLElement) => fireEvent.click(found, { detail: 1 });
  const press = async (name: string) => {
    const found = await button(name);
    await waitFor(() => expect(found).not.toHaveAttribute('aria-disabled'));
    click(found);
  };

  it('tells why starting did not work, and lets it be tried again', async () => {
    render(<App autoPreview />, strict);
    expect(await screen.findByText('Your stream is not started yet')).toBeVisible();
    server.answerWith(() => refusal);
    await press('Start stream');
    expect(await screen.findByText('Your stream could not be started')).toBeVisible();
    expect(screen.getByText('Wait a minute.')).toBeVisible();
    server.answerWith(usualAnswers());
    await press('Start stream');
    expect(await button('Go live')).toBeEnabled();
    expect(server.requests).toEqual(['POST', 'POST']);
  });

  it('leads from nothing to going live, asking once however often it is pressed', async () => {
    render(<App autoPreview />, strict);
    let answer = () => {};
    const usual = usualAnswers();
    server.answerWith((method, session) =>
      method === 'POST'
        ? new Promise((resolve) => {
            answer = () => resolve(usual(method, session));
          })
        : usual(method, session),
    );
    await press('Start stream');
    expect(await screen.findByText('Your stream is being started')).toBeVisible();
    click(await button('Start stream'));
    await waitFor(() => expect(server.requests).toEqual(['POST']));
    answer();
    expect(await button('Go live')).toBeEnabled();
    expect(screen.getByText(/Go live within/)).toBeVisible();
    expect(server.requests).toEqual(['POST']);
  });

  it('starts the same stream again after its end', async () => {
    render(<App autoPreview />, strict);
    await press('Start stream');
    expect(await button('Go live')).toBeEnabled();
    await press('End the stream');
    await press('Start stream');
    await waitFor(() => expect(server.requests).toEqual(['POST', 'DELETE s1', 'PUT s1']));
  });
});

describe('<WebRTCBroadcaster> without a server URL', () => {
  it('says so, and works as soon as there is one', async () => {
    const devices = installFakeDevices();
    const view = render(<WebRTCBroadcaster serverUrl={undefined} autoPrepare={false} />);
    await userEvent.click(screen.getByRole('button', { name: 'Turn on camera' }));
    expect(await screen.findByText('You cannot go live yet')).toBeVisible();
    const goLive = screen.getByRole('button', { name: 'Go live' });
    expect(goLive).toHaveAccessibleDescription(/You cannot go live yet/);
    expect(goLive).toHaveAttribute('aria-disabled', 'true');
    const props = { serverUrl: 'wss://host.invalid/qlive', streamKey: 'k' };
    view.rerender(<WebRTCBroadcaster {...props} autoPrepare={false} startedAt={Date.now()} />);
    await waitFor(() => expect(goLive).not.toHaveAttribute('aria-disabled'));
    expect(screen.queryByText('You cannot go live yet')).toBeNull();
    expect(screen.getByText(/Go live within/)).toBeVisible();
    view.unmount();
    devices.restore();
  });
});

describe('a page whose clock is wrong', () => {
  const MINUTE = 60_000;
  const DAY = 24 * 60 * MINUTE;

  function App() {
    const { start, broadcasterProps } = useBroadcastSession(server.url);
    return (
      <>
        <button type="button" onClick={() => void start()}>
          Start it
        </button>
        <WebRTCBroadcaster {...broadcasterProps} />
      </>
    );
  }

  it.each([-DAY, -5 * MINUTE, 0, 5 * MINUTE, DAY])(
    'shows what is left of the server’s time, %i ms off',
    async (skewMs) => {
      let answeredAt = Number.NaN;
      server.answerWith(() => {
        answeredAt = Date.now();
        const serverNow = answeredAt + skewMs;
        return {
          body: {
            ...sampleSession('s1'),
            startedAt: new Date(serverNow - 30_000).toISOString(),
            serverTime: new Date(serverNow).toISOString(),
          },
        };
      });
      const { container } = render(<App />);
      await userEvent.click(screen.getByText('Start it'));
      const pill = await waitFor(() => {
        const found = container.querySelector('.wb-clock-pill');
        expect(found).not.toBeNull();
        return found?.textContent ?? '';
      });
      const [, minutes, seconds] = /within (\d):(\d\d)$/.exec(pill) ?? [];
      const left = Number(minutes) * 60 + Number(seconds);
      // As much as is left of 90 seconds, however long this took.
      expect(left).toBeLessThanOrEqual(90);
      expect(left).toBeGreaterThanOrEqual(88 - (Date.now() - answeredAt) / 1000);
    },
  );

  it('does not call a stream over of which the server says that it is idle', async () => {
    server.answerWith(() => ({
      body: {
        ...sampleSession('s1'),
        status: 'idle',
        startedAt: new Date(Date.now() - 3_600_000).toISOString(),
      },
    }));
    const { container } = render(<App />);
    await userEvent.click(screen.getByText('Start it'));
    await waitFor(() => expect(server.requests).toEqual(['POST']));
    await act(async () => {});
    expect(container.querySelector('[data-stage]')).toHaveAttribute('data-stage', 'blank');
    expect(container).not.toHaveTextContent(/is over|has ended/);
    expect(container.querySelector('.wb-clock-pill')).toBeNull();
  });
});
