import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BroadcastError } from '../core/index.js';
import { createFakeBroadcaster, stageStates } from '../testing/index.js';
import type { WebRTCBroadcaster as Component } from './webrtc-broadcaster.js';

let kit: { WebRTCBroadcaster: typeof Component };
let part: typeof import('./use-once-shown.js');
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});

/** A page that was just opened: nothing of the kit was loaded on use yet. */
beforeEach(async () => {
  vi.resetModules();
  warn.mockClear();
  part = await import('./use-once-shown.js');
  kit = await import('./webrtc-broadcaster.js');
});
afterEach(() => vi.resetModules());

const states = stageStates(Date.now());
const show = (state: (typeof states)[string] = {}) =>
  render(<kit.WebRTCBroadcaster broadcaster={createFakeBroadcaster(state)} />).container;
const notice = () => document.querySelector('.wb-notice')?.textContent ?? '';
const load = () => act(() => part.loadOnceShown());

it('shows the first screen as it stays', async () => {
  const page = show(states['blank']);
  expect(notice()).toContain('Nobody sees you yet');
  const before = page.innerHTML;
  await load();
  expect(page.innerHTML).toBe(before);
});

it.each(Object.entries(states))('shows stage %s without it, and loads it', async (stage, state) => {
  const page = show(state);
  expect(page.querySelector('.wb-root')).toHaveAttribute('data-stage', stage);
  const button = page.querySelector('.wb-primary')?.textContent;
  await load();
  expect(page.querySelector('.wb-root')).toHaveAttribute('data-stage', stage);
  expect(page.querySelector('.wb-primary')?.textContent).toBe(button);
  expect(warn).not.toHaveBeenCalled();
});

it('says of an error what it says of itself where no more can be loaded, and tries again', async () => {
  const refused = () => Promise.reject(new TypeError('Failed to fetch'));
  await part.loadOnceShown(refused);
  expect(warn.mock.calls.join()).toContain('A file of the kit could not be loaded');
  const error = new BroadcastError('unauthorized', 'The server refused the key. Get a new one.');
  const connection = states['failed']?.connection;
  if (connection?.status !== 'failed') throw new Error('That stage has an error.');
  show({ ...states['failed'], connection: { ...connection, error } });
  expect(notice()).toContain('The server refused the key. Get a new one.');
  expect(screen.getByRole('button', { name: 'Try again' })).toBeEnabled();
  await load();
  expect(notice()).toContain('The ingest refused your stream');
});
