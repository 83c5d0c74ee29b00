import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { MESSAGES } from '../messages.js';
import { EncoderSettings } from './encoder-settings.js';

const RTMP = { serverUrl: 'rtmp://host/qlive', streamKey: 'secret-key' };
const SRT = { serverUrl: 'srt://host:9999?streamid=secret-key' };
const button = (name: string) => screen.getByRole('button', { name });

describe('EncoderSettings', () => {
  it('shows the server, and the key only when it is asked for', async () => {
    const { container } = render(<EncoderSettings rtmp={RTMP} srt={SRT} />);
    expect(screen.getByLabelText('Server')).toHaveValue(RTMP.serverUrl);
    const key = screen.getByLabelText('Stream key');
    expect(key).toHaveAttribute('type', 'password');
    expect(container).not.toHaveTextContent('secret-key');
    await userEvent.click(button('Reveal: Stream key'));
    expect(key).toHaveAttribute('type', 'text');
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

  it('reveals and selects the text where the browser refuses to copy', async () => {
    const user = userEvent.setup();
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('no'));
    render(<EncoderSettings rtmp={RTMP} srt={SRT} />);
    await user.click(button('Copy: Stream key'));
    expect(screen.getByText(MESSAGES.copyRefused)).toBeVisible();
    const key = screen.getByLabelText<HTMLInputElement>('Stream key');
    expect(key).toHaveAttribute('type', 'text');
    expect(key.selectionEnd).toBe(RTMP.streamKey.length);
    vi.restoreAllMocks();
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
