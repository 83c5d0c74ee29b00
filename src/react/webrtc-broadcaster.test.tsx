import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type {
  BroadcastErrorCode,
  BroadcasterState,
  InterruptionCause,
  ResumeStep,
  Source,
} from '../core/index.js';
import type { FakeBroadcaster } from '../testing/fake-broadcaster.js';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import type { FakeDevices } from '../testing/fake-devices.js';
import { installFakeDevices } from '../testing/fake-devices.js';
import {
  failed,
  failure,
  GOOD_STATS,
  interruptionOf,
  on,
  SOURCES_ON,
  stageStates,
  target,
} from '../testing/sample-states.js';
import { MESSAGES } from './messages.js';
import type { WebRTCBroadcasterProps } from './webrtc-broadcaster.js';
import { WebRTCBroadcaster } from './webrtc-broadcaster.js';

const SENT = { video: 'taken', audio: 'taken' } as const;

const EXCLUDED = { status: 'excluded', deviceId: null, muted: false } as const;
const READY = { ...SOURCES_ON, target: target() };

function show(
  state: Partial<BroadcasterState>,
  props: WebRTCBroadcasterProps = {},
): { readonly fake: FakeBroadcaster; readonly root: HTMLElement } {
  const fake = createFakeBroadcaster(state);
  const { container } = render(<WebRTCBroadcaster {...props} broadcaster={fake} />);
  return { fake, root: container.firstElementChild as HTMLElement };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
/** Waits until `element` rests no more from what it was before. */
const rested = (element: HTMLElement) =>
  waitFor(() => expect(element).not.toHaveAttribute('aria-disabled'));
const settled = () => act(async () => await new Promise((resolve) => setTimeout(resolve, 20)));

it('ends the broadcast once the app has stopped the stream', async () => {
  const live = stageStates(Date.now())['live'] ?? {};
  const fake = createFakeBroadcaster(live);
  const { rerender } = render(<WebRTCBroadcaster broadcaster={fake} />);
  expect(fake.methods).not.toContain('stop');
  rerender(<WebRTCBroadcaster broadcaster={fake} isStopped />);
  expect(fake.methods).toContain('stop');
});

describe('the stages', () => {
  it.each([
    ['blank', 'idle', null, null, 'Turn on camera', MESSAGES.askTitle],
    ['asking', 'idle', 'Waiting for permission', null, 'Turn on camera', MESSAGES.askingTitle],
    ['denied', 'idle', 'No camera', null, 'Try again', MESSAGES.errors['permission-denied'].title],
    ['ready', 'idle', 'Ready', 'Go live within 1:14', 'Go live', null],
    [
      'connecting',
      'connecting',
      'Connecting',
      'Go live within 1:14',
      'Cancel',
      MESSAGES.waitingForSignaling,
    ],
    ['live', 'live', 'LIVE 0:12:41', '2.4 Mbit/s', 'Stop', null],
    [
      'reconnecting',
      'reconnecting',
      'Reconnecting',
      '1:38 left to resume',
      'Stop',
      MESSAGES.lostTitle,
    ],
    ['expired', 'failed', 'Stream ended', null, 'Start again', MESSAGES.expiredTitle],
    ['failed', 'failed', 'Could not go live', null, 'Try again', MESSAGES.errors.unreachable.title],
  ])(
    '%s: status %s, pill %s, clock %s, button %s, notice %s',
    (stage, status, pill, clock, label, notice) => {
      const { root } = show(stageStates(Date.now())[stage] ?? {});
      expect(root).toHaveAttribute('data-status', status);
      expect(root).toHaveAttribute('data-stage', stage);
      expect(root.querySelector('.wb-status-pill')?.textContent ?? null).toBe(pill);
      expect(root.querySelector('.wb-clock-pill')?.textContent ?? null).toBe(clock);
      expect(root.querySelector('.wb-primary')).toHaveTextContent(label);
      const words = root.querySelector('.wb-notice');
      if (notice === null) expect(words).toBeNull();
      else expect(words).toHaveTextContent(notice);
      expect(root).not.toHaveTextContent(/NaN|undefined|null|\[object|\{\w+\}|!/);
    },
  );

  it.each([
    ['blank', ['preview']],
    ['asking', []],
    ['denied', ['preview']],
    ['ready', ['start']],
    ['connecting', ['stop']],
    ['reconnecting', ['stop']],
    ['failed', ['start']],
  ])('%s: the one button asks for %o, and a refusal is caught', async (stage, methods) => {
    const { fake, root } = show(stageStates(Date.now())[stage] ?? {});
    fake.rejectWith(failure('timeout'));
    fireEvent.click(root.querySelector('.wb-primary') as Element);
    await settled();
    expect(fake.methods).toEqual(methods);
  });

  it('says after five seconds, not before, what connecting waits for', () => {
    vi.useFakeTimers();
    const state = stageStates(Date.now() + 6000)['connecting'] ?? {};
    const { root } = show(state);
    expect(root.querySelector('.wb-notice')).toBeNull();
    act(() => vi.advanceTimersByTime(5000));
    expect(root).toHaveTextContent(MESSAGES.waitingForSignaling);
    vi.useRealTimers();
  });

  it.each([
    ['waits', { phase: 'waiting', nextTryAt: Date.now() + 60_000, cause: failure('stream-busy') }],
    ['tries', { phase: 'signaling', sessionId: 2 }],
  ] as const)(
    'says of a start, too, that the last session is still held, while it %s',
    (_, step) => {
      vi.useFakeTimers();
      const { connection } = stageStates(Date.now())['connecting'] ?? {};
      if (connection?.status !== 'connecting') throw new Error('There is no such stage.');
      const cause = failure('stream-busy');
      const { root } = show({ ...READY, connection: { ...connection, cause, step } });
      act(() => vi.advanceTimersByTime(5000));
      expect(root).toHaveTextContent('The ingest still holds your last session.');
      vi.useRealTimers();
    },
  );

  it('counts to the next try, and tries now when asked', async () => {
    const { fake, root } = show(stageStates(Date.now())['reconnecting'] ?? {});
    expect(root).toHaveTextContent('The ingest still holds your last session. Next try in 2 s.');
    await userEvent.click(button('Try now'));
    expect(fake.methods).toEqual(['retryNow']);
  });

  const lost = (
    cause: InterruptionCause,
    step: ResumeStep,
    more: { readonly code?: BroadcastErrorCode; readonly attempt?: number } = {},
  ): Partial<BroadcasterState> => {
    const { code = 'media-lost', attempt = 0 } = more;
    const interruption = interruptionOf(cause, {
      lostAt: Date.now() - 2_000,
      error: failure(code),
    });
    const since = Date.now() - 60_000;
    return {
      ...READY,
      connection: {
        status: 'reconnecting',
        since,
        interruption: { ...interruption, attempt },
        step,
      },
    };
  };
  const held = { sessionId: 2, hasPath: true } as const;

  it.each(Object.keys(MESSAGES.interruptions) as InterruptionCause[])(
    'says in words what %s means',
    (cause) => {
      const { root } = show(lost(cause, { phase: 'signaling', sessionId: 3 }));
      expect(root).toHaveTextContent(`${MESSAGES.interruptions[cause]}. Trying now.`);
    },
  );

  it.each([
    [{ phase: 'probing', ...held }, MESSAGES.askingIngest],
    [{ phase: 'holding', ...held }, MESSAGES.lookingForNetwork],
    [{ phase: 'healing', sessionId: 2, replaceAt: 0 }, MESSAGES.waitingToHeal],
    [
      { phase: 'renewing', requestId: 1, cause: failure('resume-expired') },
      MESSAGES.waitingToRenew,
    ],
  ] as const)('says what is done about it: %o', (step, words) => {
    const { root } = show(lost('silence', step));
    expect(root).toHaveTextContent(`Nothing comes back from the ingest. ${words}`);
  });

  it('goes on saying that a source was added while the new session is begun', () => {
    const step = { phase: 'negotiating', sessionId: 3 } as const;
    const { root } = show(lost('source-added', step, { attempt: 1 }));
    expect(root).toHaveTextContent('Your camera or microphone was added. Trying now.');
  });

  it('names what the tries met once there were some, but a lost network before all', () => {
    const step = { phase: 'signaling', sessionId: 3 } as const;
    const met = { code: 'unreachable', attempt: 2 } as const;
    const { fake, root } = show(lost('silence', step, met));
    expect(root).toHaveTextContent('The server could not be reached.');
    act(() => fake.setState(lost('offline', step, met)));
    expect(root).toHaveTextContent('Your network is gone.');
  });

  it('asks the broadcaster to resume after a reload, once its stream is known', async () => {
    const fake = createFakeBroadcaster(READY);
    const { rerender } = render(<WebRTCBroadcaster broadcaster={fake} resumeOnReload />);
    await act(async () => {});
    expect(fake.methods).toEqual([]);
    for (let times = 0; times < 2; times += 1) {
      rerender(<WebRTCBroadcaster broadcaster={fake} resumeOnReload serverUrl="wss://h/a/s" />);
      await act(async () => {});
    }
    expect(fake.methods).toEqual(['resume']);
  });

  it('asks to start soon in the last thirty seconds, and ends with the time', () => {
    vi.useFakeTimers();
    const { root } = show({ ...SOURCES_ON, target: target(Date.now()) });
    act(() => vi.advanceTimersByTime(89_000));
    expect(root.querySelector('.wb-notice')).toBeNull();
    act(() => vi.advanceTimersByTime(1000));
    expect(root).toHaveTextContent(MESSAGES.soonTitle);
    act(() => vi.advanceTimersByTime(30_000));
    expect(root).toHaveTextContent('Stream ended');
    expect(root).toHaveTextContent(MESSAGES.missedTitle);
    expect(button('Start again')).toHaveAttribute('aria-disabled', 'true');
    vi.useRealTimers();
  });

  it('offers to start again where the app can, and to try in any case', async () => {
    const onStartAgain = vi.fn();
    const { fake } = show(stageStates(Date.now())['expired'] ?? {}, { onStartAgain });
    await userEvent.click(button('Start again'));
    expect(onStartAgain).toHaveBeenCalledTimes(1);
    await userEvent.click(button('Try anyway'));
    expect(fake.methods).toEqual(['start']);
  });

  it('offers no try of a stream that its server calls over', () => {
    const expired = stageStates(Date.now())['expired'] ?? {};
    const { root } = show({
      ...expired,
      stream: { word: 'stopped', isOurs: false, clockOffsetMs: 0 },
    });
    expect(root).toHaveTextContent(MESSAGES.expiredTitle);
    expect(screen.queryByRole('button', { name: 'Try anyway' })).toBeNull();
  });

  describe('of a stream on which another source is live', () => {
    const TAKEN = stageStates(Date.now())['taken'] ?? {};
    const takeOver = async () => {
      await userEvent.click(button('Take over'));
      await rested(button('Leave it live'));
      await userEvent.click(button('Take over now'));
    };

    it('says so, and leaves that source alone until it is asked twice', async () => {
      const { fake, root } = show(TAKEN);
      expect(root).toHaveAttribute('data-stage', 'taken');
      expect(root.querySelector('.wb-status-pill')).toHaveTextContent('Live elsewhere');
      expect(root).toHaveTextContent(MESSAGES.takenTitle);
      expect(screen.queryByRole('button', { name: 'Go live' })).toBeNull();
      await userEvent.click(button('Take over'));
      await rested(button('Leave it live'));
      await userEvent.click(button('Leave it live'));
      expect(fake.methods).toEqual([]);
      await rested(button('Take over'));
      await takeOver();
      expect(fake.calls).toEqual([{ method: 'start', args: [{ takeOver: true }] }]);
    });

    it('goes live by itself once the app has ended that source', async () => {
      let end = () => {};
      const onTakeOver = vi.fn(() => new Promise<void>((resolve) => (end = resolve)));
      const { fake, root } = show(TAKEN, { onTakeOver });
      await takeOver();
      expect(onTakeOver).toHaveBeenCalledTimes(1);
      expect(button('Taking over…')).toHaveAttribute('aria-disabled', 'true');
      await act(async () => end());
      expect(fake.methods).toEqual([]);
      const free = { word: 'waiting', isOurs: false, clockOffsetMs: 0 };
      await act(async () => fake.setState({ target: target(Date.now()), stream: free }));
      expect(fake.calls).toEqual([{ method: 'start', args: [] }]);
      expect(root).toHaveAttribute('data-stage', 'ready');
    });

    it('says why the app could not end that source, and goes on as before', async () => {
      const onTakeOver = () => Promise.reject(new Error('The server refused.'));
      const startProblem = 'The server of this page refused.';
      const { fake, root } = show(TAKEN, { onTakeOver, startProblem });
      await takeOver();
      await waitFor(() => expect(button('Take over')).toBeVisible());
      expect(root).toHaveTextContent(startProblem);
      expect(fake.methods).toEqual([]);
    });

    it('is told from a refusal of the server alone, until that says that nobody is live', () => {
      const busy = { status: 'failed', error: failure('stream-busy'), endedAt: 0 } as const;
      const { fake, root } = show({ ...READY, connection: busy });
      expect(root).toHaveAttribute('data-stage', 'taken');
      const idle = { word: 'idle', isOurs: false, clockOffsetMs: 0 };
      act(() => fake.setState({ stream: idle }));
      expect(root).toHaveAttribute('data-stage', 'ready');
    });

    it('does not ask for the camera as if nobody were seen', () => {
      const { root } = show({ target: target(), ...(TAKEN.stream && { stream: TAKEN.stream }) });
      expect(root).toHaveTextContent(MESSAGES.elsewhereTitle);
      expect(root).not.toHaveTextContent(MESSAGES.askTitle);
    });
  });

  it.each(['waiting', 'live', 'idle'])('goes on with a stream that is %s already', (word) => {
    const stream = { word, isOurs: false, clockOffsetMs: 0 };
    const { root } = show({ ...SOURCES_ON, stream }, { onStartAgain: () => {} });
    expect(root).toHaveTextContent(MESSAGES.runningTitle);
    expect(button('Continue')).toBeVisible();
    expect(root).not.toHaveTextContent(MESSAGES.notStartedTitle);
  });

  it('does not call a stream not started that is over', () => {
    const stream = { word: 'stopped', isOurs: false, clockOffsetMs: 0 };
    const { root } = show({ ...SOURCES_ON, stream }, { onStartAgain: () => {} });
    expect(root).toHaveTextContent(MESSAGES.overTitle);
    expect(root).not.toHaveTextContent(MESSAGES.notStartedTitle);
    expect(button('Start stream')).toBeVisible();
  });

  it.each([
    ['idle', 'ready', MESSAGES.stillRunningTitle],
    ['stopped', 'expired', MESSAGES.overTitle],
  ])('says of a long-started stream that is %s what the server says', (word, stage, title) => {
    const { root } = show({
      ...SOURCES_ON,
      target: target(Date.now() - 3_600_000),
      stream: { word, isOurs: false, clockOffsetMs: 0 },
    });
    expect(root).toHaveAttribute('data-stage', stage);
    expect(root).toHaveTextContent(title);
    expect(root).not.toHaveTextContent(MESSAGES.missedTitle);
  });

  it('is ready again once the stream was started anew', () => {
    const { fake, root } = show(stageStates(Date.now())['expired'] ?? {});
    act(() => fake.setState({ target: target(Date.now()) }));
    expect(root).toHaveAttribute('data-stage', 'ready');
    expect(button('Go live')).toBeEnabled();
    expect(root).toHaveTextContent('Go live within 2:00');
  });

  it('forgets a failed device once it works', () => {
    const connection = {
      status: 'failed',
      error: failure('permission-denied'),
      endedAt: 1,
    } as const;
    const { root } = show({ ...READY, connection });
    expect(root).toHaveAttribute('data-stage', 'ready');
  });

  it.each([
    ['unset', { status: 'unset' } as const, MESSAGES.noTargetBody],
    [
      'invalid',
      { status: 'invalid', error: failure('invalid-options') } as const,
      MESSAGES.errors['invalid-options'].title,
    ],
  ])('cannot go live while the target is %s, and says why', (_, missing, words) => {
    const { root } = show({ ...SOURCES_ON, target: missing });
    const goLive = button('Go live');
    expect(goLive).toHaveAttribute('aria-disabled', 'true');
    expect(goLive).toBeEnabled();
    expect(root.querySelector('.wb-notice')).toHaveTextContent(words);
    expect(goLive).toHaveAccessibleDescription(expect.stringContaining(words));
  });

  it('goes on with the source that works, and offers to try the other again', async () => {
    const { fake, root } = show({ ...READY, microphone: failed('device-in-use') });
    expect(root).toHaveTextContent(MESSAGES.noMicrophoneTitle);
    expect(button('Go live')).toBeEnabled();
    await userEvent.click(button('Try again'));
    expect(fake.methods).toEqual(['preview']);
  });

  it.each([
    ['permission-denied-by-system', /privacy settings/, true],
    ['permission-denied-by-policy', /embedded in another page/, false],
  ] as const)('has advice of its own for %s', (code, advice, isWorthATry) => {
    const { root } = show({ ...READY, microphone: failed(code) });
    expect(root.querySelector('.wb-notice')).toHaveTextContent(advice);
    expect(screen.queryAllByRole('button', { name: 'Try again' })).toHaveLength(
      isWorthATry ? 1 : 0,
    );
  });

  it('keeps the name of what was pressed while the stream is being started', () => {
    const onStartAgain = () => {};
    const fake = createFakeBroadcaster({ ...SOURCES_ON, target: { status: 'unset' } });
    const view = (isStarting: boolean) => (
      <WebRTCBroadcaster broadcaster={fake} {...{ onStartAgain, isStarting }} />
    );
    const { rerender } = render(view(false));
    rerender(view(true));
    // Its server says so before it answers.
    act(() => fake.setState({ stream: { word: 'waiting', isOurs: false, clockOffsetMs: 0 } }));
    expect(button('Start stream')).toHaveAttribute('aria-disabled', 'true');
    rerender(view(false));
    expect(button('Continue')).toBeInTheDocument();
  });

  describe('where another try is in vain', () => {
    afterEach(() => {
      vi.restoreAllMocks();
    });
    const both = (code: BroadcastErrorCode) => ({
      target: target(),
      camera: failed(code),
      microphone: failed(code),
    });
    const around = () => vi.spyOn(window, 'top', 'get').mockReturnValue(null);

    it.each(['permission-denied-by-policy', 'insecure-context', 'unsupported'] as const)(
      'on this page, as by %s, nothing is offered to be pressed',
      async (code) => {
        const { fake, root } = show(both(code));
        const main = button('Try again');
        expect(main).toHaveAttribute('aria-disabled', 'true');
        expect(main).toHaveAccessibleDescription(
          expect.stringContaining(MESSAGES.errors[code].title),
        );
        expect(root).toHaveTextContent(MESSAGES.errors[code].next);
        for (const each of screen.getAllByRole('button')) await userEvent.click(each);
        expect(fake.methods).toEqual([]);
      },
    );

    it('for what the page forbids itself, nothing is offered to be pressed either', async () => {
      const error = failure('blocked-by-content-policy');
      const { fake } = show({
        ...READY,
        connection: { status: 'failed', error, endedAt: Date.now() },
      });
      expect(button('Try again')).toHaveAttribute('aria-disabled', 'true');
      await userEvent.click(button('Try again'));
      expect(fake.methods).toEqual([]);
    });

    it('in the page of another origin, a tab of its own is opened', async () => {
      around();
      const open = vi.spyOn(window, 'open').mockReturnValue(null);
      const { fake, root } = show(both('permission-denied-by-policy'));
      expect(root).toHaveTextContent(MESSAGES.errors['permission-denied-by-policy'].next);
      await userEvent.click(button('Open in a new tab'));
      expect(open).toHaveBeenCalledExactlyOnceWith(window.location.href, '_blank', 'noopener');
      expect(fake.methods).toEqual([]);
    });

    it('for one of two in the page of another origin, the notice offers the tab until it is live', async () => {
      around();
      const open = vi.spyOn(window, 'open').mockReturnValue(null);
      const one = { camera: failed('permission-denied-by-policy') };
      const { fake } = show({ ...READY, ...one });
      expect(button('Go live')).toBeEnabled();
      await userEvent.click(button('Open in a new tab'));
      expect(open).toHaveBeenCalledOnce();
      act(() => fake.setState({ ...stageStates(Date.now())['live'], ...one }));
      expect(screen.queryByRole('button', { name: 'Open in a new tab' })).toBeNull();
    });

    it.each([
      ['permission-denied-by-policy', 'permission-denied'],
      ['insecure-context', 'device-in-use'],
    ] as const)('but for %s alone, the rest is tried again', async (forGood, other) => {
      const { fake, root } = show({
        target: target(),
        camera: failed(forGood),
        microphone: failed(other),
      });
      expect(root).toHaveTextContent(MESSAGES.errors[other].title);
      await userEvent.click(button('Try again'));
      expect(fake.methods).toEqual(['preview']);
    });

    it('but what the system forbids may have been allowed meanwhile', async () => {
      const { fake, root } = show(both('permission-denied-by-system'));
      expect(root).toHaveTextContent(/privacy settings.*try again.*open it again/);
      await userEvent.click(button('Try again'));
      expect(fake.methods).toEqual(['preview']);
    });
  });

  it.each([
    ['camera', MESSAGES.otherCameraTitle, 'c1'],
    ['microphone', MESSAGES.otherMicrophoneTitle, 'm1'],
  ] as const)('says that another %s is on, until it is kept', async (kind, title, deviceId) => {
    const problem = failure('constraints-not-met');
    const standIn = { ...on(kind), deviceId: 'gone', problem } as Source;
    const { fake, root } = show({ ...READY, [kind]: standIn });
    expect(root).toHaveTextContent(title);
    expect(root).toHaveTextContent(MESSAGES.errors['constraints-not-met'].title);
    expect(button('Go live')).toBeEnabled();
    await userEvent.click(button(MESSAGES.keepDevice));
    expect(fake.calls).toContainEqual({ method: 'select', args: [kind, deviceId] });
    act(() => fake.setState({ [kind]: on(kind) }));
    expect(root).not.toHaveTextContent(title);
  });

  it.each(['app-source-failed', 'processor-failed'] as const)(
    'says %s in words of its own, until that is read',
    async (code) => {
      const { fake, root } = show({
        ...READY,
        camera: { ...on('camera'), problem: failure(code) } as Source,
      });
      expect(root).toHaveTextContent(MESSAGES.errors[code].title);
      expect(root).not.toHaveTextContent(MESSAGES.otherCameraTitle);
      await userEvent.click(button(MESSAGES.dismiss));
      expect(fake.calls).toContainEqual({ method: 'select', args: ['camera', 'c1'] });
    },
  );

  it('asks for the microphone alone where the camera is excluded', () => {
    const { root } = show({ camera: EXCLUDED, target: target() });
    expect(button('Turn on microphone')).toBeEnabled();
    expect(root).toHaveTextContent(MESSAGES.askMicrophone);
    expect(screen.queryByRole('button', { name: /camera/i })).toBeNull();
    expect(screen.queryByLabelText('Choose camera')).toBeNull();
  });

  it('says so when there is nothing to send', () => {
    const { root } = show({ camera: EXCLUDED, microphone: EXCLUDED, target: target() });
    expect(root).toHaveTextContent(MESSAGES.nothingTitle);
    expect(root.querySelector('.wb-primary')).toHaveAttribute('aria-disabled', 'true');
  });
});

describe('stopping', () => {
  const live = (forMs: number): Partial<BroadcasterState> => ({
    ...READY,
    connection: {
      status: 'live',
      since: Date.now() - forMs,
      sessionId: 1,
      sent: SENT,
      recoveringFrom: null,
    },
  });

  it('asks once after a minute, and stays live unless told otherwise', async () => {
    const user = userEvent.setup();
    const { fake } = show(live(61_000));
    const main = button('Stop');
    main.focus();
    await user.keyboard('{Enter}');
    expect(main).toHaveAccessibleName('Stay live');
    expect(main).toHaveFocus();
    expect(screen.getByRole('group', { name: MESSAGES.confirmStop })).toContainElement(main);
    await rested(main);
    await user.keyboard('{Enter}');
    expect(main).toHaveAccessibleName('Stop');
    expect(main).toHaveFocus();
    await rested(main);
    await user.keyboard('{Enter}{Escape}');
    expect(main).toHaveAccessibleName('Stop');
    expect(fake.methods).toEqual([]);
    await rested(main);
    await user.click(main);
    await rested(main);
    await user.click(button('Stop now'));
    expect(fake.methods).toEqual(['stop']);
  });

  it.each([3, -3])('counts that minute however the clock is set, by %i hours', (hours) => {
    vi.useFakeTimers();
    const { fake } = show(live(0));
    const press = () => fireEvent.click(button('Stop'), { detail: 1 });
    act(() => vi.advanceTimersByTime(30_000));
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    act(() => vi.advanceTimersByTime(29_000));
    press();
    expect(fake.methods).toEqual(['stop']);
    act(() => vi.advanceTimersByTime(2_000));
    press();
    expect(button('Stay live')).toBeInTheDocument();
    vi.useRealTimers();
  });

  it.each([
    ['before a minute', 59_000, true],
    ['where the app says so', 600_000, false],
  ])('does not ask %s', async (_, forMs, confirmStop) => {
    const { fake } = show(live(forMs), { confirmStop });
    await userEvent.click(button('Stop'));
    expect(fake.methods).toEqual(['stop']);
  });

  it('takes the question back when the broadcast ends by itself', async () => {
    const { fake } = show(live(61_000));
    await userEvent.click(button('Stop'));
    act(() =>
      fake.setState({
        connection: { status: 'failed', error: failure('unauthorized'), endedAt: 1 },
      }),
    );
    expect(button('Try again')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Stop now' })).toBeNull();
  });
});

describe('errors', () => {
  const codes = Object.keys(MESSAGES.errors) as BroadcastErrorCode[];

  it.each(codes)('%s has words, and a next step, for a broadcast that failed', (code) => {
    const connection = { status: 'failed', error: failure(code), endedAt: 1 } as const;
    const { root } = show({
      target: target(),
      camera: failed(code),
      microphone: EXCLUDED,
      connection,
    });
    const notice = root.querySelector('.wb-notice');
    expect(notice).toHaveTextContent(MESSAGES.errors[code].title);
    expect(notice?.querySelector('.wb-notice-body')?.textContent?.length).toBeGreaterThan(10);
    expect(notice?.querySelector('.wb-notice-title')).not.toHaveTextContent(code);
    expect(notice?.querySelector('details')).not.toHaveAttribute('open');
    expect(notice?.querySelector('details')).toHaveTextContent(code);
  });

  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36',
      MESSAGES.allowInChrome,
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      MESSAGES.allowInFirefox,
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.0 Safari/605.1',
      MESSAGES.allowInSafari,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1 CriOS/141.0 Safari/604.1',
      MESSAGES.allowOnIos,
    ],
  ])('tells how to allow the camera in %s', (userAgent, words) => {
    const agent = vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(userAgent);
    onTestFinished(() => agent.mockRestore());
    expect(show(stageStates(Date.now())['denied'] ?? {}).root).toHaveTextContent(words);
  });

  it('are handed to the app once each, and so is each new status', () => {
    const onError = vi.fn();
    const onStatusChange = vi.fn();
    const { fake } = show({}, { onError, onStatusChange });
    const error = failure('device-lost');
    act(() => fake.setState({ camera: { ...failed('device-lost'), status: 'failed', error } }));
    act(() => fake.setState({ connection: { status: 'failed', error, endedAt: 1 } }));
    act(() => fake.setState({ stats: GOOD_STATS }));
    expect(onError.mock.calls).toEqual([[error]]);
    expect(onStatusChange.mock.calls).toEqual([['failed']]);
  });

  it('in the options are handed over too', () => {
    const onError = vi.fn();
    const props = { serverUrl: 'wss://h/a/k', startedAt: 'yesterday-ish', onError };
    render(
      <StrictMode>
        <WebRTCBroadcaster {...props} />
      </StrictMode>,
    );
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ code: 'invalid-options' })]]);
  });
});

describe('the words', () => {
  it('can be replaced one by one', () => {
    const messages = {
      goLive: 'Senden',
      errors: { timeout: { title: 'Zu spät', next: 'Noch einmal' } },
    };
    const { fake } = show(stageStates(Date.now())['ready'] ?? {}, { messages });
    expect(button('Senden')).toBeEnabled();
    act(() =>
      fake.setState({ connection: { status: 'failed', error: failure('timeout'), endedAt: 1 } }),
    );
    expect(screen.getByText('Zu spät')).toBeVisible();
    expect(screen.getByText('Noch einmal')).toBeVisible();
    act(() =>
      fake.setState({
        connection: { status: 'failed', error: failure('unreachable'), endedAt: 1 },
      }),
    );
    expect(screen.getByText(MESSAGES.errors.unreachable.title)).toBeVisible();
  });

  it('hold no exclamation mark', () => {
    expect(JSON.stringify(MESSAGES)).not.toMatch(/!|Oops/);
  });
});

describe('on the page', () => {
  let devices: FakeDevices;
  beforeEach(() => {
    devices = installFakeDevices();
  });
  afterEach(() => devices.restore());

  it('asks for the camera once under StrictMode with autoPreview, and lets go on unmount', async () => {
    const { unmount } = render(
      <StrictMode>
        <WebRTCBroadcaster autoPreview />
      </StrictMode>,
    );
    await settled();
    expect(devices.asked).toHaveLength(1);
    expect(devices.live()).toHaveLength(2);
    unmount();
    await settled();
    expect(devices.live()).toHaveLength(0);
  });

  it('asks for nothing by itself', async () => {
    render(<WebRTCBroadcaster serverUrl="wss://h/a/k" />);
    await settled();
    expect(devices.asked).toHaveLength(0);
  });

  it('goes from the first press to ready by keyboard, keeping the focus', async () => {
    const user = userEvent.setup();
    render(<WebRTCBroadcaster serverUrl="wss://h/a/k" autoPrepare={false} />);
    // Permission is there already, so the devices can be chosen before the first press.
    await waitFor(() => expect(screen.getByLabelText('Choose camera')).toBeEnabled());
    await user.tab();
    expect(screen.getByLabelText('Choose microphone')).toHaveFocus();
    await user.tab();
    expect(screen.getByLabelText('Choose camera')).toHaveFocus();
    await user.tab();
    expect(button('Share screen')).toHaveFocus();
    await user.tab();
    expect(button('Turn on camera')).toHaveFocus();
    await user.keyboard('{Enter}');
    await settled();
    expect(button('Go live')).toHaveFocus();
    await user.tab({ shift: true });
    await user.tab({ shift: true });
    expect(screen.getByLabelText('Choose camera')).toHaveFocus();
  });

  it('keeps two components apart', async () => {
    const { container } = render(
      <>
        <section aria-label="one">
          <WebRTCBroadcaster />
        </section>
        <section aria-label="two">
          <WebRTCBroadcaster />
        </section>
      </>,
    );
    const one = within(screen.getByRole('region', { name: 'one' }));
    await userEvent.click(one.getByRole('button', { name: 'Turn on camera' }));
    await settled();
    const stages = [...container.querySelectorAll('[data-stage]')].map((root) =>
      root.getAttribute('data-stage'),
    );
    expect(stages).toEqual(['ready', 'blank']);
    const ids = [...container.querySelectorAll('[id]')].map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  it('renders on the server, and hydrates without a difference', async () => {
    const props = { serverUrl: 'wss://h/a/k', startedAt: Date.now() - 5000 };
    const html = renderToString(<WebRTCBroadcaster {...props} />);
    expect(html).toContain('data-status="idle"');
    expect(html).not.toContain('wss:');
    const container = document.createElement('div');
    container.innerHTML = html;
    // A browser takes this from the attribute, which jsdom does not.
    for (const video of container.querySelectorAll('video')) video.muted = true;
    const onRecoverableError = vi.fn();
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const root = await act(async () =>
      hydrateRoot(container, <WebRTCBroadcaster {...props} />, { onRecoverableError }),
    );
    expect(onRecoverableError).not.toHaveBeenCalled();
    expect(error).not.toHaveBeenCalled();
    expect(container).toHaveTextContent('Go live within 1:55');
    act(() => root.unmount());
    error.mockRestore();
  });
});

describe('wrong props', () => {
  it.each([
    ['nothing', {}],
    [
      'null everywhere',
      {
        serverUrl: null,
        streamKey: null,
        startedAt: null,
        messages: null,
        className: null,
        onError: null,
      },
    ],
    ['an empty URL', { serverUrl: '', streamKey: '' }],
    ['a javascript: URL', { serverUrl: 'javascript:alert(1)' }],
    ['a number for a URL', { serverUrl: 42 }],
    ['an object for a key', { serverUrl: 'wss://h/a', streamKey: {} }],
    ['a garbage start', { serverUrl: 'wss://h/a/k', startedAt: 'yesterday-ish' }],
    ['an object for a start', { serverUrl: 'wss://h/a/k', startedAt: {} }],
    ['an invalid Date', { serverUrl: 'wss://h/a/k', startedAt: new Date(Number.NaN) }],
    ['a negative time-out', { serverUrl: 'wss://h/a/k', timeoutSeconds: -1 }],
    ['a number for a camera', { camera: 7, microphone: 'loud' }],
    [
      'texts for functions',
      { onError: 'x', onStatusChange: 'x', logger: 'x', onPeerConnection: 'x' },
    ],
    ['a text for messages', { messages: 'x', iceServers: 'stun:x', videoCodec: 'theora' }],
  ])('%s: renders, and shows no nonsense', async (_, props) => {
    const wrong = props as unknown as WebRTCBroadcasterProps;
    const { container, rerender } = render(<WebRTCBroadcaster {...wrong} />);
    expect(container.firstElementChild).toHaveAttribute('data-status', 'idle');
    expect(container).not.toHaveTextContent(/NaN|undefined|Invalid Date|\[object/);
    expect(container.querySelector('.wb-clock-pill')).toBeNull();
    rerender(<WebRTCBroadcaster {...wrong} serverUrl="wss://h/a/other" />);
    await settled();
    expect(container.firstElementChild).toHaveAttribute('data-status', 'idle');
  });

  it('an app that calls back wrongly does not break the page', () => {
    const { fake, root } = show({}, { onStatusChange: 'x' as never, onError: 7 as never });
    expect(() =>
      act(() =>
        fake.setState({ connection: { status: 'failed', error: failure('timeout'), endedAt: 1 } }),
      ),
    ).not.toThrow();
    expect(root).toHaveAttribute('data-status', 'failed');
  });
});
