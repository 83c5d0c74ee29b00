import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { act } from 'react';
import { createFakeBroadcaster, stageStates } from 'webrtc-broadcaster/testing';
import { Studio } from './studio';

const stages = stageStates(Date.now());

test('stops when it is told to', async () => {
  const broadcaster = createFakeBroadcaster(stages.live);
  render(<Studio broadcaster={broadcaster} />);
  await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect(broadcaster.methods).toContain('stop');
});

test('says once that it is live', () => {
  const onLive = jest.fn();
  const broadcaster = createFakeBroadcaster(stages.connecting);
  render(<Studio broadcaster={broadcaster} onLive={onLive} />);
  expect(onLive).not.toHaveBeenCalled();
  act(() => broadcaster.setState(stages.live));
  expect(onLive).toHaveBeenCalledTimes(1);
});
