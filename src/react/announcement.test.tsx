import { act, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type {
  BroadcastErrorCode,
  BroadcasterState,
  Interruption,
  ResumeStep,
  Source,
} from '../core/index.js';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import {
  failed,
  failure,
  GOOD_STATS,
  interruptionOf,
  SOURCES_ON,
  stageStates,
  statsOf,
  target,
} from '../testing/sample-states.js';
import { PlaybackCheck } from './parts/index.js';
import type { PlaybackVerdict } from './playback-check/playback-verdict.js';
import type { WebRTCBroadcasterProps } from './webrtc-broadcaster.js';
import { WebRTCBroadcaster } from './webrtc-broadcaster.js';

const staged = vi.hoisted(() => ({
  verdict: { kind: 'off' } as PlaybackVerdict,
  look: () => {},
}));

vi.mock('./playback-check/use-playback-check.js', async () => {
  const { useReducer } = await import('react');
  return {
    usePlaybackCheck({ isLive }: { readonly isLive: boolean }) {
      [, staged.look] = useReducer((count: number) => count + 1, 0);
      return isLive ? staged.verdict : ({ kind: 'off' } satisfies PlaybackVerdict);
    },
  };
});

beforeEach(() => {
  vi.useFakeTimers();
  staged.verdict = { kind: 'off' };
});
afterEach(() => void vi.useRealTimers());

/** A page with the component and a playback check, and all that its live regions say, in order. */
function page(initial: Partial<BroadcasterState> = { target: target() }) {
  const fake = createFakeBroadcaster(initial);
  const view = (props: WebRTCBroadcasterProps) => (
    <>
      <WebRTCBroadcaster {...props} broadcaster={fake} />
      <PlaybackCheck broadcaster={fake} />
    </>
  );
  const { container, rerender } = render(view({}));
  const heard: string[] = [];
  const regions = () => [...container.querySelectorAll('[role=status], [role=alert], [aria-live]')];
  let last: Element | null = null;
  const listen = () => {
    for (const region of regions()) {
      const words = region.firstElementChild;
      if (words !== null && words !== last) heard.push(words.textContent ?? '');
      last = words ?? last;
    }
  };
  return {
    heard,
    regions,
    words: () => regions()[0]?.textContent,
    give(props: WebRTCBroadcasterProps) {
      rerender(view(props));
      listen();
    },
    /** Goes into this state and lets time pass, in steps as long as words may be missed for. */
    move(state: Partial<BroadcasterState>, ms = 1_000, stepMs = 2_000) {
      act(() => fake.setState(state));
      listen();
      for (let passed = 0; passed < ms; passed += stepMs) {
        act(() => vi.advanceTimersByTime(Math.min(stepMs, ms - passed)));
        listen();
      }
    },
    see(verdict: PlaybackVerdict, ms = 1_000) {
      staged.verdict = verdict;
      act(() => staged.look());
      this.move({}, ms);
    },
  };
}

it('tells a whole broadcast in one voice, one text for each change', () => {
  const { heard, regions, move, ...rest } = page();
  const see = rest.see.bind({ move });
  const at = Date.now();
  const live = {
    connection: {
      status: 'live',
      since: at,
      sessionId: 2,
      sent: { video: 'taken', audio: 'taken' },
      recoveringFrom: null,
    },
    stats: GOOD_STATS,
  } as const satisfies Partial<BroadcasterState>;
  const lost = (interruption: Partial<Interruption>, step: ResumeStep) =>
    ({
      connection: {
        status: 'reconnecting',
        since: at,
        interruption: {
          ...interruptionOf('silence', { lostAt: Date.now(), error: failure('media-lost') }),
          attempt: 0,
          ...interruption,
        },
        step,
      },
      network: { online: true, doubt: null },
    }) as const satisfies Partial<BroadcasterState>;
  const opening = stageStates(at)['asking'] ?? {};

  move({ camera: opening.camera ?? SOURCES_ON.camera });
  move({ ...SOURCES_ON, target: target() });
  move({ connection: stageStates(Date.now())['connecting']?.connection ?? live.connection }, 2_000);
  move(live);
  see({ kind: 'nothing' }, 4_000);
  see({ kind: 'seen', behindSeconds: 5 });
  see({ kind: 'seen', behindSeconds: 4 }, 12_000);

  const lostAt = Date.now();
  const held = { sessionId: 2, hasPath: true } as const;
  move(lost({ lostAt, windowFrom: lostAt }, { phase: 'probing', ...held }));
  move(lost({ lostAt, windowFrom: lostAt }, { phase: 'holding', ...held }));
  see({ kind: 'frozen', since: lostAt }, 3_000);
  move(
    {
      ...lost({ cause: 'offline', lostAt, windowFrom: lostAt }, { phase: 'holding', ...held }),
      network: { online: false, doubt: null },
    },
    8_000,
  );
  for (let attempt = 1; attempt < 5; attempt += 1) {
    const cause = failure('unreachable');
    const interruption = { lostAt, windowFrom: lostAt, error: cause, attempt };
    move(lost(interruption, { phase: 'signaling', sessionId: 3 }));
    move(lost(interruption, { phase: 'waiting', nextTryAt: Date.now() + 1_000, cause }));
  }
  move(live);
  // A playback that is behind stands still for a while after the broadcast is back.
  see({ kind: 'frozen', since: lostAt }, 8_000);
  see({ kind: 'seen', behindSeconds: 5 }, 20_000);
  move(
    {
      connection: { status: 'idle', preparation: { phase: 'none' } },
      stats: { status: 'unknown' },
    },
    5_000,
  );

  expect(heard).toEqual([
    'Answer the browser’s question. It is near the address bar, at the top of the window. Choose Allow.',
    'Ready to go live',
    'Connecting',
    'You are live',
    'Viewers see you',
    'Connection lost. Viewers are about to see a freeze. Nothing comes back from the ingest. Asking the ingest whether it can be reached.',
    'Connection lost. Viewers see a freeze. Your network is gone. Looking for the network. You go on as soon as it is back.',
    'You are live again',
    'You are off air',
  ]);
  expect(regions()).toHaveLength(1);
});

it('tells of a playback that stands still for good, once, and of its end', () => {
  const { heard, move, ...rest } = page();
  const see = rest.see.bind({ move });
  see({ kind: 'seen', behindSeconds: 4 }, 0);
  move({ ...SOURCES_ON, ...stageStates(Date.now())['live'] }, 30_000);
  heard.length = 0;
  see({ kind: 'frozen', since: Date.now() }, 3_000);
  see({ kind: 'seen', behindSeconds: 4 }, 10_000);
  expect(heard).toEqual([]);
  see({ kind: 'frozen', since: Date.now() }, 12_000);
  see({ kind: 'seen', behindSeconds: 4 }, 10_000);
  expect(heard).toEqual([
    'Viewers may see a freeze. You are sending, but the playback on this page stands still. If it stays so, stop and go live again.',
    'Viewers get everything again',
  ]);
});

it('counts what is left before it is too late, and says what then happened', () => {
  const { heard, move } = page();
  const lostAt = Date.now();
  const lost = stageStates(lostAt)['reconnecting'] ?? {};
  if (lost.connection?.status !== 'reconnecting') throw new Error('It is not lost.');
  const interruption = { ...lost.connection.interruption, lostAt, windowFrom: lostAt };
  move({ ...SOURCES_ON, ...stageStates(lostAt)['live'] });
  heard.length = 0;
  move({ connection: { ...lost.connection, interruption } }, 119_000, 10_000);
  const error = failure('resume-expired');
  move({ connection: { status: 'failed', error, endedAt: Date.now() } });
  expect(heard.slice(1)).toEqual([
    '60 seconds left to resume',
    '30 seconds left to resume',
    '10 seconds left to resume',
    'Viewers can no longer see you. The server waits 120 seconds at most, and the stream has ended. Start it again to go on.',
  ]);
  expect(heard[0]).toBe(
    'Connection lost. Viewers see a freeze. The ingest still holds your last session. Trying now.',
  );
});

it('tells how starting the stream goes, and why it did not work, as often as it is tried', () => {
  const { heard, give } = page({ ...SOURCES_ON, target: { status: 'unset' } });
  const onStartAgain = () => {};
  give({ onStartAgain });
  heard.length = 0;
  for (const startProblem of ['Wait a minute.', 'Wait a minute.', 'You have no streams left']) {
    give({ onStartAgain, isStarting: true });
    give({ onStartAgain, startProblem });
  }
  const pending = 'Your stream is being started. You can go live as soon as it is.';
  const refused = 'Your stream could not be started. Wait a minute.';
  expect(heard).toEqual([
    pending,
    refused,
    pending,
    refused,
    pending,
    'Your stream could not be started. You have no streams left.',
  ]);
});

it('tells why a source could not be taken over', () => {
  const { heard, give } = page({ ...SOURCES_ON, ...stageStates(Date.now())['taken'] });
  give({ startProblem: 'The other source could not be stopped.' });
  expect(heard).toEqual([
    'Another source is live on this stream. The other source could not be stopped.',
  ]);
});

it('tells of a device that stands in for the wanted one, before and during a broadcast', () => {
  const { heard, move } = page();
  const standIn = (source: Source, code: BroadcastErrorCode): Source =>
    source.status === 'on' ? { ...source, problem: failure(code) } : source;
  const { camera, microphone } = SOURCES_ON;
  move({ ...SOURCES_ON, camera: standIn(camera, 'device-lost') });
  move({ camera });
  move({ microphone: standIn(microphone, 'device-in-use') });
  move({ microphone });
  move({ ...stageStates(Date.now())['live'], microphone: standIn(microphone, 'device-in-use') });
  move({ microphone });
  move({ camera: failed('device-lost') });
  move({ camera: standIn(camera, 'device-lost') });
  expect(heard).toEqual([
    'Ready to go live. We’re using another camera. The camera or microphone was disconnected. Connect it again, or choose another one.',
    'Ready to go live',
    'We’re using another microphone. The camera or microphone did not start. Close other programs that may use it, then try again.',
    'Ready to go live',
    'You are live. We’re using another microphone. The camera or microphone did not start. Close other programs that may use it, then try again.',
    'Viewers can’t see you. The camera or microphone was disconnected. Connect it again, or choose another one.',
    'We’re using another camera. The camera or microphone was disconnected. Connect it again, or choose another one.',
  ]);
});

it('tells each reason of a picture that is bad for long once, and a new one', () => {
  const { heard, move } = page({ ...SOURCES_ON, ...stageStates(Date.now())['live'] });
  const measured = (patch: object) => statsOf(...Array<object>(12).fill(patch));
  const lossy = measured({ lossShare: 0.2 });
  const slow = measured({ targetBitsPerSecond: 300_000 });
  for (const stats of [lossy, slow, lossy, slow, GOOD_STATS, lossy]) move({ stats });
  expect(heard).toEqual([
    'Viewers may see a torn picture. Part of what you send gets lost. Move closer to your router, or use a cable.',
    'Viewers see a coarse picture. Your network carries too little. Stop other uploads, or use a cable.',
    'Viewers get everything again',
    'Viewers may see a torn picture. Part of what you send gets lost. Move closer to your router, or use a cable.',
  ]);
});

it('calls nothing mended that is only tried again, or muted', () => {
  const { heard, move } = page({ ...SOURCES_ON, ...stageStates(Date.now())['live'] });
  const opening = stageStates(Date.now())['asking']?.camera ?? SOURCES_ON.camera;
  move({ camera: failed('device-lost') });
  move({ camera: opening });
  move({ camera: failed('device-lost') });
  move({ camera: opening });
  move({ camera: SOURCES_ON.camera });
  const lost =
    'Viewers can’t see you. The camera or microphone was disconnected. Connect it again, or choose another one.';
  expect(heard).toEqual([lost, lost, 'Viewers get everything again']);
});

it('tells of a stream that changes while nothing is sent, and of a new failure', () => {
  const { heard, move } = page();
  move({ ...SOURCES_ON, target: { status: 'unset' } });
  move({ target: { status: 'invalid', error: failure('invalid-options') } });
  move({ target: target() });
  const fail = (endedAt: number) => ({
    connection: { status: 'failed', error: failure('unreachable'), endedAt } as const,
  });
  move(fail(1));
  const before = document.querySelector('[role=status] span');
  move(fail(2));
  // The same words are heard again only as a new element.
  expect(before?.isConnected).toBe(false);
  expect(heard).toEqual([
    'You cannot go live yet. The server URL of your stream is missing. Start the stream first.',
    'The stream’s address cannot be used. Check the server URL and the stream key.',
    'Ready to go live',
    ...Array(2).fill(
      'The server could not be reached. Check your network, and that the server’s address is right, then try again.',
    ),
  ]);
});

it('leaves no words behind that have grown old', () => {
  const { move, words } = page();
  move({ ...SOURCES_ON, target: target() }, 5_000);
  expect(words()).toBe('Ready to go live');
  move({}, 6_000);
  expect(words()).toBe('');
});
