import { cleanup, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { WebRTCBroadcaster } from 'webrtc-broadcaster';
import { createFakeBroadcaster, installFakeDevices, stageStates } from 'webrtc-broadcaster/testing';

afterEach(cleanup);

test('stops when it is told to', async () => {
  const user = userEvent.setup();
  const broadcaster = createFakeBroadcaster(stageStates(Date.now()).live);
  render(<WebRTCBroadcaster broadcaster={broadcaster} confirmStop={false} />);
  await user.click(screen.getByRole('button', { name: 'Stop' }));
  expect(broadcaster.methods).toContain('stop');
});

test('says what is missing where there is no camera', async () => {
  const devices = installFakeDevices('MISSING', 'MISSING');
  try {
    render(<WebRTCBroadcaster serverUrl="wss://ingest.example:3334/app/key" />);
    await userEvent.click(screen.getByRole('button', { name: 'Turn on camera' }));
    expect(await screen.findByText('No camera or microphone was found')).toBeDefined();
  } finally {
    devices.restore();
  }
});
