import { act, render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ComponentType } from 'react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Broadcaster, MESSAGES, WebRTCBroadcaster } from 'webrtc-broadcaster';
import { createFakeBroadcaster, SOURCES_ON, stageStates } from 'webrtc-broadcaster/testing';

// In bare jsdom: no setup file, and no stand-in for anything that jsdom lacks.
const complaints: string[] = [];
beforeEach(() => {
  for (const name of ['error', 'warn'] as const) {
    vi.spyOn(console, name).mockImplementation((...words) => {
      complaints.push(words.join(' '));
    });
  }
});
afterEach(() => {
  expect(complaints.splice(0)).toEqual([]);
});

test('jsdom has no media', () => {
  const absent = ['MediaStream', 'RTCPeerConnection', 'AudioContext', 'IntersectionObserver'];
  expect(absent.filter((name) => name in globalThis)).toEqual([]);
  expect(Reflect.get(navigator, 'mediaDevices')).toBeUndefined();
});

const states = stageStates(Date.now());
const { live } = states;
test.each(Object.entries(states))('the component at the stage %s', (_name, state) => {
  const view = render(
    <StrictMode>
      <WebRTCBroadcaster broadcaster={createFakeBroadcaster(state)} />
    </StrictMode>,
  );
  expect(view.container.querySelector('button')).not.toBeNull();
  view.rerender(
    <StrictMode>
      <WebRTCBroadcaster broadcaster={createFakeBroadcaster({ ...state, ...SOURCES_ON })} />
    </StrictMode>,
  );
  view.unmount();
});

const parts = Object.entries(Broadcaster).filter(([name]) => name !== 'Root');
test.each(parts)('the part %s alone, while live', async (name, part) => {
  const Part = part as ComponentType<{ readonly src?: string }>;
  const view = render(
    <StrictMode>
      <Broadcaster.Root broadcaster={createFakeBroadcaster({ ...live, ...SOURCES_ON })}>
        <Part {...(name === 'Viewer' && { src: 'http://127.0.0.1:9/live.m3u8' })} />
      </Broadcaster.Root>
    </StrictMode>,
  );
  // Work that begins in an effect goes on for a while.
  await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
  view.unmount();
});

test('a broadcaster of its own says that this browser cannot broadcast', async () => {
  const view = render(<WebRTCBroadcaster serverUrl="ws://127.0.0.1:9/app" streamKey="key" />);
  await userEvent.click(view.getByRole('button', { name: 'Turn on camera' }));
  expect(await view.findByText(MESSAGES.errors.unsupported.title)).toBeTruthy();
  view.unmount();
});
