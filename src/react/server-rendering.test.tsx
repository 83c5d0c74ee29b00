// @vitest-environment node
import type { ReactNode } from 'react';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Kit from '../index.js';
import { Broadcaster, useBroadcaster, WebRTCBroadcaster } from '../index.js';

/**
 * Functions that a framework forbids while it renders pages ahead of time, because their result
 * would be frozen into the page: Next with `cacheComponents` fails the build. React's own use of
 * them is not counted.
 */
const asked: string[] = [];
const counted =
  <Given extends readonly unknown[], Answer>(name: string, real: (...given: Given) => Answer) =>
  (...given: Given): Answer => {
    const caller = new Error().stack?.split('\n')[3] ?? '';
    if (!caller.includes('/node_modules/')) asked.push(`${name} ${caller.trim()}`);
    return real(...given);
  };
beforeEach(() => {
  asked.length = 0;
  const { now } = Date;
  vi.spyOn(Date, 'now').mockImplementation(counted('Date.now', now));
  vi.spyOn(Math, 'random').mockImplementation(counted('Math.random', Math.random));
  const elapsed = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(counted('performance.now', elapsed));
  const uuid = crypto.randomUUID.bind(crypto);
  vi.spyOn(crypto, 'randomUUID').mockImplementation(counted('crypto.randomUUID', uuid));
  const construct = counted('new Date()', (target: DateConstructor, given: readonly unknown[]) =>
    Reflect.construct(target, given),
  );
  vi.stubGlobal(
    'Date',
    new Proxy(Date, {
      construct: (target, given) =>
        given.length === 0 ? construct(target, given) : Reflect.construct(target, given),
    }),
  );
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  expect(asked).toEqual([]);
});

const started = '2026-01-02T03:04:05Z';
const logger = vi.fn();
const address = { serverUrl: 'wss://ingest.example:3334/app/key', startedAt: started };
/** Options of every kind, usable and not; each wrong one has a line for the log. */
const OPTIONS: readonly object[] = [
  {},
  address,
  { ...address, startedAt: 1_700_000_000_000, resumeOnReload: true, warnBeforeLeaving: true },
  { ...address, startedAt: 'soon', transport: 'pigeon', timeoutSeconds: -1, logger },
  { serverUrl: 'nowhere', camera: 7, iceServers: 'stun:x', videoCodec: 'theora', logger },
];

const PARTS = Object.entries(Broadcaster).filter(([name]) => name !== 'Root');
/** Further props of parts, so that each is rendered with all that it shows. */
const PART_PROPS: Readonly<Record<string, object>> = {
  EncoderSettings: {
    rtmp: { server: 'rtmp://ingest.example/app', streamKey: 'key' },
    srt: { url: 'srt://ingest.example:9998?streamid=key' },
  },
  PlaybackCheck: { live: true },
  Notice: { canStart: true, startProblem: 'The server is down.' },
  Viewer: { src: 'https://play.example/live.m3u8' },
};

describe('rendering on a server asks for neither time nor chance', () => {
  it.each(OPTIONS)('in the component with %j', (options) => {
    const props = { ...options, autoPreview: true };
    expect(renderToString(<WebRTCBroadcaster {...props} />)).toContain('data-status="idle"');
    expect(logger).not.toHaveBeenCalled();
  });

  it.each(PARTS)('in the part %s', (name, Part) => {
    for (const options of OPTIONS) {
      const part = createElement(Part as React.FunctionComponent<object>, PART_PROPS[name]);
      const html = renderToString(<Broadcaster.Root options={options}>{part}</Broadcaster.Root>);
      expect(html).toContain('data-status="idle"');
    }
  });

  it.each(OPTIONS)('in a broadcaster that is made while rendering, with %j', (options) => {
    const html = rendered(() => useBroadcaster(options).getSnapshot().connection.status);
    expect(html).toBe('idle');
  });

  it('in any other hook', () => {
    const { useIngestTimeout, useBroadcastSession, useStage, useIngestClock, useMessages } = Kit;
    const { usePlaybackCheck, useLevel, useStats, useHealth, useBroadcasterEvents } = Kit;
    for (const status of ['idle', 'connecting', 'live', 'reconnecting', 'failed'] as const) {
      for (const lostAt of [undefined, null, 1_700_000_000_000]) {
        const about = { startedAt: started, status, lostAt };
        expect(rendered(() => useIngestTimeout(about).phase)).toBe('not-started');
      }
    }
    const session = () => useBroadcastSession('/api/broadcast', { autoStart: true }).phase;
    expect(rendered(session)).toBe('idle');
    expect(rendered(() => usePlaybackCheck({ video: null, isLive: true }).kind)).toBe('off');
    expect(rendered(() => `${useStage()} ${useIngestClock().phase}`)).toBe('blank not-started');
    expect(rendered(() => useMessages().goLive)).toBe(Kit.MESSAGES.goLive);
    const watched = () => {
      const broadcaster = useBroadcaster(address);
      useBroadcasterEvents(broadcaster, {});
      useLevel(null);
      Kit.useSoundWarning(broadcaster);
      const { status } = Kit.useBroadcasterState(({ camera }) => camera, broadcaster);
      return `${useStats(broadcaster).sample} ${useHealth(broadcaster).level} ${status}`;
    };
    expect(rendered(watched)).toBe('null unknown off');
  });

  it('and a wrong option is told to the logger once the broadcaster is used', () => {
    const lines: string[] = [];
    let made: Kit.BroadcasterInstance | undefined;
    rendered(() => {
      made = useBroadcaster({ transport: 'pigeon' as never, logger: (line) => said(line) });
      return '';
    });
    const said = ({ message }: Kit.LogEntry) => lines.push(message);
    expect(lines).toEqual([]);
    expect(asked).toEqual([]);
    const stop = made?.subscribe(() => {});
    expect(lines).toEqual([expect.stringContaining('transport')]);
    stop?.();
    expect(asked.splice(0)).toEqual([expect.stringContaining('Date.now')]);
  });
});

function rendered(read: () => ReactNode): string {
  return renderToString(createElement(() => read()));
}
