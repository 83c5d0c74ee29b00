import { act, render, screen } from '@testing-library/react';
import { useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { describe, expect, it } from 'vitest';
import type { BroadcasterState } from '../core/index.js';
import { INITIAL_STATE } from '../core/index.js';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import { failed, SOURCES_ON, stageStates, target } from '../testing/sample-states.js';
import { useFocusKeeper } from './use-focus-keeper.js';
import { WebRTCBroadcaster } from './webrtc-broadcaster.js';

const FOCUSABLE = 'button:enabled, select:enabled, summary, [tabindex="0"]';
const EXCLUDED = { status: 'excluded', deviceId: null, muted: false } as const;

const STATES: Readonly<Record<string, Partial<BroadcasterState>>> = {
  ...stageStates(Date.now()),
  'ready, a microphone short': {
    ...SOURCES_ON,
    target: target(),
    microphone: failed('device-in-use'),
  },
  'ready, no stream': { ...SOURCES_ON, target: { status: 'unset' } },
  'sound only': { camera: EXCLUDED, target: target() },
  nothing: { camera: EXCLUDED, microphone: EXCLUDED, target: target() },
};
const NAMES = Object.keys(STATES);

describe('the focus', () => {
  // Where focus goes depends on the stage that is left and the stage that follows, so try each
  // pair.
  it.each(NAMES)('is kept when what has it stays, goes or cannot be pressed in %s', async (to) => {
    const fake = createFakeBroadcaster();
    render(<WebRTCBroadcaster broadcaster={fake} />);
    const become = (name: string) =>
      act(async () => fake.setState({ ...INITIAL_STATE, ...STATES[name] }));
    const main = document.querySelector('.wb-primary');
    const left = new Set<string>();
    const lost: string[] = [];
    const turn = NAMES.indexOf(to);
    for (const from of [...NAMES.slice(turn), ...NAMES.slice(0, turn)]) {
      await become(from);
      for (const place of document.querySelectorAll<HTMLElement>(FOCUSABLE)) {
        const kind = `${place.nodeName} ${place.className} ${place.getAttribute('aria-label')}`;
        if (left.has(kind)) continue;
        left.add(kind);
        await become(from);
        place.focus();
        await become(to);
        const isThere = place.isConnected && place.matches(FOCUSABLE);
        if (document.activeElement !== (isThere ? place : main)) {
          lost.push(`${kind} of ${from}: ${document.activeElement?.nodeName}`);
        }
        // One that went is another element when it is back.
        if (!isThere) break;
      }
    }
    expect(left.size).toBeGreaterThan(6);
    expect(lost).toEqual([]);
  });

  it('goes to the one button when “Stop now” is pressed, and when its question is taken back', async () => {
    const fake = createFakeBroadcaster(STATES['live']);
    render(<WebRTCBroadcaster broadcaster={fake} />);
    const main = screen.getByRole('button', { name: 'Stop' });
    main.focus();
    await act(async () => main.click());
    screen.getByRole('button', { name: 'Stop now' }).focus();
    await act(async () => fake.setState({ ...INITIAL_STATE, ...STATES['ready'] }));
    expect(main).toHaveFocus();
    expect(main).toHaveAccessibleName('Go live');
  });

  it('stays where the person put it', async () => {
    const fake = createFakeBroadcaster(STATES['reconnecting']);
    render(
      <>
        <WebRTCBroadcaster broadcaster={fake} />
        <input aria-label="chat" />
      </>,
    );
    screen.getByRole('button', { name: 'Try now' }).focus();
    screen.getByLabelText('chat').focus();
    await act(async () => fake.setState(STATES['live'] ?? {}));
    expect(screen.getByLabelText('chat')).toHaveFocus();
    screen.getByLabelText('chat').blur();
    await act(async () => fake.setState(STATES['failed'] ?? {}));
    expect(document.body).toHaveFocus();
  });

  it('is kept in a shadow root', async () => {
    const root = document.body.appendChild(document.createElement('div')).attachShadow({
      mode: 'open',
    });
    const fake = createFakeBroadcaster(STATES['reconnecting']);
    render(createPortal(<WebRTCBroadcaster broadcaster={fake} />, root));
    root.querySelector<HTMLElement>('.wb-notice-action')?.focus();
    expect(root.activeElement).not.toBeNull();
    await act(async () => fake.setState(STATES['live'] ?? {}));
    expect(root.activeElement).toBe(root.querySelector('.wb-primary'));
    root.host.remove();
  });

  it.each([
    ['removed', 'other'],
    ['disabled', 'other'],
    ['hidden', 'other'],
    ['emptied', 'bounds'],
  ] as const)(
    'without a main button, finds another or the frame when its place is %s',
    async (how, found) => {
      function Page() {
        const bounds = useRef<HTMLDivElement>(null);
        const [isDone, setIsDone] = useState(false);
        useFocusKeeper(bounds, '.main');
        const is = (what: string) => isDone && how === what;
        return (
          <div ref={bounds} data-testid="bounds">
            {!is('removed') && !is('emptied') && (
              <button
                type="button"
                disabled={is('disabled')}
                hidden={is('hidden')}
                data-testid="place"
                onClick={() => setIsDone(true)}
              />
            )}
            {!is('emptied') && <button type="button" data-testid="other" />}
          </div>
        );
      }
      render(<Page />);
      const place = screen.getByTestId('place');
      place.focus();
      await act(async () => place.click());
      expect(screen.getByTestId(found)).toHaveFocus();
    },
  );
});
