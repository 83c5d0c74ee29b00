import { act, createEvent, fireEvent, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import { failed, SOURCES_ON, stageStates, target } from '../testing/sample-states.js';
import { EncoderSettings, PrimaryButton, Root } from './parts/index.js';
import { usePressGuard } from './use-press-guard.js';
import { WebRTCBroadcaster } from './webrtc-broadcaster.js';

beforeEach(() => {
  vi.useFakeTimers();
  // Testing Library moves on a clock that stands still only if it is Jest's.
  vi.stubGlobal('jest', { advanceTimersByTime: (ms: number) => vi.advanceTimersByTime(ms) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
const user = () => userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
const main = () => document.querySelector<HTMLElement>('.wb-primary') as HTMLElement;
const named = (name: string) => screen.getByRole('button', { name });

/** A button of an app's own that starts and stops. */
function Switch({ pressed }: { readonly pressed: (what: string) => void }) {
  const [meaning, setMeaning] = useState('start');
  const guard = usePressGuard(meaning);
  const onClick = () => {
    pressed(meaning);
    setMeaning(meaning === 'start' ? 'stop' : 'start');
  };
  return (
    <button type="button" {...guard({ onClick })}>
      {meaning}
    </button>
  );
}

describe('usePressGuard', () => {
  const show = () => {
    const pressed = vi.fn();
    render(<Switch pressed={pressed} />);
    return { pressed, button: screen.getByRole('button') };
  };

  it('counts a double-click once, with a mouse, a finger and a key', async () => {
    const { pressed, button } = show();
    const hands = user();
    await hands.dblClick(button);
    expect(pressed.mock.calls).toEqual([['start']]);
    pass(500);
    await hands.pointer([
      { keys: '[TouchA]', target: button },
      { keys: '[TouchA]', target: button },
    ]);
    expect(pressed.mock.calls).toEqual([['start'], ['stop']]);
    pass(500);
    button.focus();
    await hands.keyboard('{Enter}{Enter}');
    expect(pressed.mock.calls).toEqual([['start'], ['stop'], ['start']]);
    pass(500);
    await hands.keyboard('  ');
    expect(pressed).toHaveBeenCalledTimes(4);
  });

  it('counts the first press on a new button at once, and the next after half a second', () => {
    const { pressed, button } = show();
    // An assistive technology clicks without a pointer: detail is 0.
    fireEvent.click(button, { detail: 0 });
    pass(499);
    fireEvent.click(button, { detail: 0 });
    expect(pressed).toHaveBeenCalledTimes(1);
    expect(button).toHaveAttribute('aria-disabled', 'true');
    pass(1);
    expect(button).not.toHaveAttribute('aria-disabled');
    fireEvent.click(button, { detail: 0 });
    expect(pressed).toHaveBeenCalledTimes(2);
  });

  it('judges a press by when it was made, however late a busy page hears of it', () => {
    const { pressed, button } = show();
    fireEvent.click(button);
    pass(600);
    const late = createEvent.click(button);
    Object.defineProperty(late, 'timeStamp', { value: late.timeStamp - 450 });
    fireEvent(button, late);
    expect(pressed).toHaveBeenCalledTimes(1);
    pass(450);
    fireEvent.click(button);
    expect(pressed).toHaveBeenCalledTimes(2);
  });

  it('ignores the wall clock, which may jump', () => {
    const { pressed, button } = show();
    fireEvent.click(button);
    vi.setSystemTime(Date.now() + 3_600_000);
    fireEvent.click(button);
    expect(pressed).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() - 7_200_000);
    pass(500);
    fireEvent.click(button);
    expect(pressed).toHaveBeenCalledTimes(2);
  });

  it('counts no press of a key that is held down', () => {
    const { button } = show();
    const held = (key: string, repeat: boolean) => fireEvent.keyDown(button, { key, repeat });
    expect(held('Enter', false)).toBe(true);
    expect(held('Enter', true)).toBe(false);
    expect(held(' ', true)).toBe(false);
    expect(held('Tab', true)).toBe(true);
  });

  it('counts no second click whose first one hit what was there before', () => {
    const { pressed, button } = show();
    fireEvent.click(button, { detail: 2 });
    expect(pressed).not.toHaveBeenCalled();
    pass(500);
    fireEvent.click(button, { detail: 1 });
    pass(500);
    // Half a second apart, and on this button both: two presses, whatever the system calls them.
    fireEvent.click(button, { detail: 2 });
    expect(pressed).toHaveBeenCalledTimes(2);
  });
});

describe('a double-click', () => {
  const at = (stage: string) => stageStates(Date.now())[stage] ?? {};
  const show = (stage: string) => {
    const fake = createFakeBroadcaster(at(stage));
    const view = render(<WebRTCBroadcaster broadcaster={fake} />);
    // The stage follows the press at once, as it does with a real broadcaster.
    return { fake, become: (next: string) => act(() => fake.setState(at(next))), ...view };
  };

  it.each([
    ['blank', ['preview']],
    ['denied', ['preview']],
    ['ready', ['start']],
    ['connecting', ['stop']],
    ['reconnecting', ['stop']],
    ['failed', ['start']],
  ])('on the one button in stage %s asks for %o, once', async (stage, methods) => {
    const { fake } = show(stage);
    await user().dblClick(main());
    expect(fake.methods).toEqual(methods);
  });

  it('does not cancel what it began, whichever stages follow', async () => {
    const { fake, become } = show('ready');
    await user().click(main());
    become('connecting');
    fireEvent.click(main());
    pass(400);
    become('live');
    pass(499);
    fireEvent.click(main());
    expect(fake.methods).toEqual(['start']);
    pass(1);
    fireEvent.click(main());
    expect(fake.methods).toEqual(['start']);
    expect(main()).toHaveAccessibleName('Stay live');
  });

  it('on Stop asks, and its slow second click stays live', async () => {
    const { fake } = show('live');
    const stop = main();
    vi.spyOn(stop, 'offsetWidth', 'get').mockReturnValue(140);
    await user().dblClick(stop);
    expect(stop).toHaveAccessibleName('Stay live');
    expect(stop.style.minWidth).toBe('140px');
    expect(named('Stop now')).toHaveAttribute('aria-disabled', 'true');
    pass(500);
    fireEvent.click(stop);
    expect(stop).toHaveAccessibleName('Stop');
    expect(stop.style.minWidth).toBe('');
    expect(fake.methods).toEqual([]);
  });

  it('stays a safe answer with words of the app’s own in the button', async () => {
    const fake = createFakeBroadcaster(at('live'));
    render(
      <Root broadcaster={fake}>
        <PrimaryButton>Ende</PrimaryButton>
      </Root>,
    );
    fireEvent.click(named('Ende'));
    expect(main()).toHaveAccessibleName('Stay live');
  });

  it('is told to the app once', async () => {
    const onClick = vi.fn();
    render(
      <Root broadcaster={createFakeBroadcaster(at('ready'))}>
        <PrimaryButton onClick={onClick} />
      </Root>,
    );
    await user().dblClick(main());
    expect(onClick).toHaveBeenCalledTimes(1);
  });

  it('on a toggle switches once', async () => {
    const { fake } = show('live');
    await user().dblClick(named('Mute microphone'));
    await user().dblClick(named('Hide camera'));
    expect(fake.calls).toEqual([
      { method: 'mute', args: ['microphone'] },
      { method: 'mute', args: ['camera'] },
    ]);
  });

  it.each([
    ['Try now', at('reconnecting'), 'retryNow'],
    ['Try anyway', at('expired'), 'start'],
    [
      'Try again',
      { ...SOURCES_ON, target: target(), microphone: failed('device-in-use') },
      'preview',
    ],
  ])('on %s does so once', async (name, state, method) => {
    const fake = createFakeBroadcaster(state);
    render(<WebRTCBroadcaster broadcaster={fake} />);
    await user().dblClick(named(name));
    expect(fake.methods).toEqual([method]);
  });

  it('of Enter on an action that goes away does not press what gets the focus', async () => {
    const { fake, become } = show('reconnecting');
    named('Try now').focus();
    await user().keyboard('{Enter}');
    const { connection } = at('reconnecting');
    if (connection?.status !== 'reconnecting') throw new Error('There is no such stage.');
    await act(async () =>
      fake.setState({ connection: { ...connection, step: { phase: 'signaling', sessionId: 3 } } }),
    );
    expect(main()).toHaveFocus();
    await user().keyboard('{Enter}');
    expect(fake.methods).toEqual(['retryNow']);
    pass(500);
    become('reconnecting');
    await user().keyboard('{Enter}');
    expect(fake.methods).toEqual(['retryNow', 'stop']);
  });

  it('on Reveal reveals, and on Hide hides', async () => {
    render(<EncoderSettings rtmp={{ serverUrl: 'rtmp://h/a', streamKey: 'k' }} />);
    await user().dblClick(named('Reveal: Stream key'));
    expect(screen.getByLabelText('Stream key')).toHaveAttribute('type', 'text');
    pass(500);
    await user().dblClick(named('Hide: Stream key'));
    expect(screen.getByLabelText('Stream key')).toHaveAttribute('type', 'password');
  });
});
