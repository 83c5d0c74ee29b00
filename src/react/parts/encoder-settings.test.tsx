import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { MESSAGES } from '../messages.js';
import { EncoderSettings } from './encoder-settings.js';

const RTMP = { serverUrl: 'rtmp://host/qlive', streamKey: 'secret-key' };
const SRT = { serverUrl: 'srt://host:9999?streamid=secret-key' };
const button = (name: string) => screen.getByRole('button', { name });

describe('EncoderSettings', () => {
  it('shows the server, and the key only when it is requested', async () => {
    const { container } = render(<EncoderSettings rtmp={RTMP} srt={SRT} />);
    expect(screen.getByLabelText('Server')).toHaveValue(RTMP.serverUrl);
    const key = screen.getByLabelText('Stream key');
    expect(key).toHaveAttribute('type', 'password');
    expect(container).not.toHaveTextContent('secret-key');
    await userEvent.click(button('Reveal: Stream key'));
    expect(key).toHaveAttribute('type', 'text');
    await waitFor(() => expect(button('Hide: Stream key')).not.toHaveAttribute('aria-disabled'));
    await userEvent.click(button('Hide: Stream key'));
    expect(key).toHaveAttribute('type', 'password');
  });

  it('copies, and says so', async () => {
    const user = userEvent.setup();
    render(<EncoderSettings rtmp={RTMP} srt={SRT} />);
    await user.click(button('Copy: Stream key'));
    expect(await navigator.clipboard.readText()).toBe(RTMP.streamKey);
    expect(screen.getByText('Copied: Stream key')).toBeInTheDocument();
  });

  const refusals: readonly (readonly [string, () => void])[] = [
    [
      'refuses',
      () =>
        vi
          .spyOn(navigator.clipboard, 'writeText')
          .mockRejectedValue(new DOMException('no', 'NotAllowedError')),
    ],
    [
      'has no clipboard, as on a page that is not secure',
      () =>
        vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(undefined as unknown as Clipboard),
    ],
    [
      'throws at once',
      () =>
        vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(() => {
          throw new TypeError('no');
        }),
    ],
  ];
  it.each(refusals)(
    'asks to reveal where the browser %s, and never does so by itself',
    async (_, refuse) => {
      const user = userEvent.setup();
      refuse();
      const { container } = render(<EncoderSettings rtmp={RTMP} srt={SRT} />);
      await user.click(button('Copy: Stream key'));
      expect(await screen.findByText(MESSAGES.copyHiddenRefused)).toBeVisible();
      const key = screen.getByLabelText<HTMLInputElement>('Stream key');
      expect(key).toHaveAttribute('type', 'password');
      expect(button('Copy: Stream key')).toHaveFocus();
      await user.click(button('Reveal: Stream key'));
      expect(screen.getByText(MESSAGES.copyRefused)).toBeVisible();
      expect(key).toHaveFocus();
      expect(key.selectionEnd).toBe(RTMP.streamKey.length);
      await user.click(button('Copy: Server'));
      await waitFor(() => expect(screen.getByLabelText('Server')).toHaveFocus());
      await user.click(screen.getByRole('tab', { name: 'SRT' }));
      await user.click(button(`Copy: ${MESSAGES.encoderAddress}`));
      expect(await screen.findByText(MESSAGES.copyHiddenRefused)).toBeVisible();
      expect(container.innerHTML).not.toContain('secret-key');
      vi.restoreAllMocks();
    },
  );

  it('asks to reveal where the browser never answers', async () => {
    userEvent.setup();
    render(<EncoderSettings rtmp={RTMP} />);
    vi.spyOn(navigator.clipboard, 'writeText').mockReturnValue(new Promise(() => {}));
    vi.useFakeTimers();
    fireEvent.click(button('Copy: Stream key'));
    await act(() => vi.advanceTimersByTimeAsync(3_000));
    expect(screen.getByText(MESSAGES.copyHiddenRefused)).toBeVisible();
    expect(screen.getByLabelText('Stream key')).toHaveAttribute('type', 'password');
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('says nothing of a key that is another one by the time the browser answers', async () => {
    let answer = () => {};
    const user = userEvent.setup();
    const { rerender } = render(<EncoderSettings rtmp={RTMP} />);
    vi.spyOn(navigator.clipboard, 'writeText').mockReturnValue(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    await user.click(button('Copy: Stream key'));
    rerender(<EncoderSettings rtmp={{ ...RTMP, streamKey: 'another-key' }} />);
    await act(async () => answer());
    expect(screen.queryByText('Copied: Stream key')).toBeNull();
    vi.restoreAllMocks();
  });

  it('keeps the focus when the way in that has it goes away', async () => {
    const { rerender } = render(<EncoderSettings rtmp={RTMP} />);
    button('Copy: Stream key').focus();
    rerender(<EncoderSettings rtmp={null} />);
    await waitFor(() => expect(screen.getByRole('tab', { name: 'RTMP' })).toHaveFocus());
  });

  it('hides a key again when it is another one', async () => {
    const { rerender } = render(<EncoderSettings rtmp={RTMP} />);
    await userEvent.click(button('Reveal: Stream key'));
    rerender(<EncoderSettings rtmp={{ ...RTMP, streamKey: 'another-key' }} />);
    expect(screen.getByLabelText('Stream key')).toHaveAttribute('type', 'password');
  });

  it('hides the stream id of the address for SRT, and copies all of it', async () => {
    const user = userEvent.setup();
    const { container } = render(<EncoderSettings srt={SRT} />);
    await user.click(screen.getByRole('tab', { name: 'SRT' }));
    const address = screen.getByLabelText(MESSAGES.encoderAddress);
    expect(address).toHaveValue('srt://host:9999?streamid=••••••••');
    expect(container.innerHTML).not.toContain('secret-key');
    await user.click(button(`Copy: ${MESSAGES.encoderAddress}`));
    expect(await navigator.clipboard.readText()).toBe(SRT.serverUrl);
    await user.click(button(`Reveal: ${MESSAGES.encoderAddress}`));
    expect(address).toHaveValue(SRT.serverUrl);
  });

  it.each([
    ['srt://user:secret-key@host:1', '••••••••'],
    ['srt://host:1/secret-key', 'srt://host:1••••••••'],
    ['no address', '••••••••'],
  ])('shows of %s only %s', async (serverUrl, shown) => {
    render(<EncoderSettings srt={{ serverUrl }} />);
    await userEvent.click(screen.getByRole('tab', { name: 'SRT' }));
    expect(screen.getByLabelText(MESSAGES.encoderAddress)).toHaveValue(shown);
  });

  it('is a list of tabs for the keyboard', async () => {
    render(<EncoderSettings rtmp={RTMP} srt={SRT} />);
    await userEvent.tab();
    expect(screen.getByRole('tab', { name: 'RTMP' })).toHaveFocus();
    await userEvent.keyboard('{ArrowRight}');
    expect(screen.getByRole('tab', { name: 'SRT' })).toHaveFocus();
    expect(screen.getByRole('tab', { name: 'SRT' })).toHaveAttribute('aria-selected', 'true');
    expect(screen.getByRole('tabpanel', { name: 'SRT' })).toBeVisible();
    await userEvent.keyboard('{Home}');
    expect(screen.getByRole('tab', { name: 'RTMP' })).toHaveFocus();
    await userEvent.keyboard('{End}');
    expect(screen.getByRole('tab', { name: 'SRT' })).toHaveFocus();
  });

  it('says why, where the app knows', () => {
    render(<EncoderSettings unavailable={{ rtmp: 'Your plan has no RTMP.' }} />);
    expect(screen.getByText('Your plan has no RTMP.')).toBeVisible();
  });

  it('says so where a way in is missing', async () => {
    render(<EncoderSettings rtmp={null} />);
    expect(screen.getByText(MESSAGES.encoderNone)).toBeVisible();
    await userEvent.click(screen.getByRole('tab', { name: 'SRT' }));
    expect(screen.getByText(MESSAGES.encoderNone)).toBeVisible();
  });
});
