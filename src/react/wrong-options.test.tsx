import { act, render, renderHook } from '@testing-library/react';
import type { ComponentType } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { createFakeBroadcaster } from '../testing/fake-broadcaster.js';
import { stageStates } from '../testing/sample-states.js';
import * as Broadcaster from './parts/index.js';
import { useBroadcastSession } from './use-broadcast-session.js';
import { useBroadcaster } from './use-broadcaster.js';
import { useBroadcasterEvents } from './use-broadcaster-events.js';
import { useIngestTimeout } from './use-ingest-timeout.js';
import { usePressGuard } from './use-press-guard.js';
import { WebRTCBroadcaster } from './webrtc-broadcaster.js';

/** One value of each sort that an app may hand over by mistake. */
const SORTS: readonly unknown[] = [42, Number.NaN, 'text', true, {}, [], () => {}, Symbol('x'), 7n];

/** Of each option, which of those sorts are right. */
const RIGHT: Readonly<Record<string, (value: unknown) => boolean>> = {
  timeoutSeconds: isNumber,
  maxVideoKbps: isNumber,
  clockOffsetMs: isNumber,
  streamStatus: isText,
  startedAt: isNumber,
  camera: (value) => isBoolean(value) || isObject(value),
  microphone: (value) => isBoolean(value) || isObject(value),
  iceServers: Array.isArray,
  videoCodec: () => false,
  degradationPreference: () => false,
  transport: () => false,
  iceTransportPolicy: () => false,
  adaptToMachine: isBoolean,
  autoPrepare: isBoolean,
  refreshPreparedAnswers: isBoolean,
  warnBeforeLeaving: isBoolean,
  resumeOnReload: isBoolean,
  logger: isFunction,
  renew: isFunction,
  onPeerConnection: isFunction,
  broadcaster: () => false,
  autoPreview: isBoolean,
  confirmStop: isBoolean,
  isStopped: isBoolean,
  isStarting: isBoolean,
  startProblem: isText,
  messages: isObject,
  onStartAgain: isFunction,
  onTakeOver: isFunction,
  onStatusChange: isFunction,
  onError: isFunction,
  onClick: isFunction,
  className: isText,
  style: isObject,
};

const MISSPELT = [
  ['server_url', 'serverUrl'],
  ['serverURL', 'serverUrl'],
  ['streamkey', 'streamKey'],
  ['videoCodecs', 'videoCodec'],
  ['maxVideoKpbs', 'maxVideoKbps'],
  ['autopreview', 'autoPreview'],
  ['onstatuschange', 'onStatusChange'],
] as const;

/** The lines on the console while this runs, and which of them are React's. */
async function said(
  run: () => void,
): Promise<{ readonly ours: string; readonly others: unknown[] }> {
  const lines: unknown[] = [];
  const spies = (['warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...words) => lines.push(words.join(' '))),
  );
  run();
  await act(async () => {});
  for (const spy of spies) spy.mockRestore();
  const isOurs = (line: unknown) => String(line).startsWith('webrtc-broadcaster: ');
  return { ours: lines.filter(isOurs).join('\n'), others: lines.filter((line) => !isOurs(line)) };
}

/** The same warning is given once a page; each of these tests is a page of its own. */
async function freshKit() {
  vi.resetModules();
  const { WebRTCBroadcaster: Fresh } = await import('./webrtc-broadcaster.js');
  return Fresh as ComponentType<Record<string, unknown>>;
}

describe('<WebRTCBroadcaster>', () => {
  it.each(Object.keys(RIGHT))('says what is wrong with %s, and renders', async (name) => {
    const Fresh = await freshKit();
    for (const value of SORTS) {
      const isRight = RIGHT[name]?.(value) === true;
      const heard: string[] = [];
      const logger = (entry: { readonly message: string }) => heard.push(entry.message);
      const props = { logger, [name]: value };
      const { others, ours } = await said(() => {
        const { container, unmount } = render(<Fresh {...props} />);
        expect(container.querySelector('[data-status="idle"]')).not.toBeNull();
        expect(container).not.toHaveTextContent(/NaN|undefined|\[object/);
        unmount();
      });
      const words = [...heard, ours].join('\n');
      expect(others, `${name} ${String(value)}`).toEqual([]);
      if (isRight) expect(words).not.toContain(`${name} is not`);
      else if (name !== 'logger') expect(words).toMatch(new RegExp(`${name} is not \\w+`));
    }
  });

  it.each(MISSPELT)(
    'knows %s for %s, and writes it nowhere into the page',
    async (typed, meant) => {
      const Fresh = await freshKit();
      const { ours, others } = await said(() => {
        const { container } = render(<Fresh {...{ [typed]: 'secret' }} />);
        expect(container.innerHTML).not.toContain('secret');
      });
      expect(ours).toContain(`Did you mean ${meant}?`);
      expect(ours).not.toContain('secret');
      expect(others).toEqual([]);
    },
  );

  it('says it on the console where the app takes no log, once', async () => {
    const Fresh = await freshKit();
    const { ours } = await said(() => {
      render(<Fresh timeoutSeconds="soon" confirmStop="yes" />);
      render(<Fresh timeoutSeconds="soon" confirmStop="yes" />);
    });
    expect(ours.split('\n').sort()).toEqual([
      'webrtc-broadcaster: <WebRTCBroadcaster>: confirmStop is not true or false; it is left out.',
      'webrtc-broadcaster: The option timeoutSeconds is not a number of seconds above 0; its default is used.',
    ]);
  });

  it.each([
    ['width', 'big'],
    ['frameRate', -1],
    ['facing', 'north'],
    ['content', 7],
    ['deviceId', {}],
  ])('says what is wrong with camera.%s', async (name, value) => {
    const Fresh = await freshKit();
    const { ours } = await said(() => {
      render(<Fresh camera={{ [name]: value }} />);
    });
    expect(ours).toMatch(new RegExp(`The option camera\\.${name} is not \\w+`));
  });
});

describe('messages', () => {
  it.each(SORTS.filter((value) => !isText(value)).map((value) => [value]))(
    'that are %s are left out, wherever they stand',
    async (value) => {
      const Fresh = await freshKit();
      const { ours, others } = await said(() => {
        const messages = {
          turnOnCamera: value,
          errors: { timeout: { title: value } },
          reasons: value,
        };
        const { container } = render(<Fresh messages={messages} />);
        expect(container).toHaveTextContent('Turn on camera');
      });
      expect(ours).toContain('messages.turnOnCamera is not the text of a message');
      expect(ours).toContain('messages.errors.timeout.title is not');
      expect(others).toEqual([]);
    },
  );

  it('that are none are named', async () => {
    const Fresh = await freshKit();
    const { ours } = await said(() => {
      render(<Fresh messages={{ golive: 'Senden', __proto__: null, constructor: 'x' }} />);
    });
    expect(ours).toContain('messages.golive is not');
  });
});

describe('every part', () => {
  const fake = createFakeBroadcaster(stageStates(Date.now())['live']);
  const { Root, ...others } = Broadcaster;
  const parts = Object.entries(others) as [string, ComponentType<Record<string, unknown>>][];
  const OWN: Readonly<Record<string, readonly string[]>> = {
    Root: ['broadcaster', 'options', 'messages'],
    Notice: ['canStart', 'isStarting', 'startProblem'],
    PrimaryButton: ['confirmStop', 'isStarting', 'onStartAgain', 'onTakeOver'],
    PlaybackCheck: ['live', 'broadcaster', 'video', 'playingDate', 'behindSeconds'],
    Viewer: ['src', 'loadHls', 'muted', 'onStateChange'],
    EncoderSettings: ['rtmp', 'srt', 'unavailable'],
  };

  it.each([['Root', Root as (typeof parts)[number][1]] as const, ...parts])(
    '%s renders whatever its own props are',
    async (name, Part) => {
      for (const prop of [...(OWN[name] ?? []), 'style', 'className', 'onClick']) {
        for (const value of SORTS) {
          const { others: complaints } = await said(() => {
            const { unmount } = render(
              <Root broadcaster={fake}>
                <Part {...{ [prop]: value }} />
              </Root>,
            );
            unmount();
          });
          expect(complaints, `${name} ${prop} ${String(value)}`).toEqual([]);
        }
      }
    },
  );
});

describe('an option that throws when it is read', () => {
  const refuse = () => {
    throw new Error('unreadable');
  };
  const hostile = new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse });
  const getter = Object.defineProperty({}, 'serverUrl', { enumerable: true, get: refuse });

  it.each(['broadcaster', 'camera', 'iceServers', 'startedAt', 'logger'])(
    'is left out as %s',
    async (name) => {
      const Fresh = await freshKit();
      const { others } = await said(() => {
        const { container } = render(<Fresh {...{ [name]: hostile }} />);
        expect(container.querySelector('[data-status="idle"]')).not.toBeNull();
      });
      expect(others).toEqual([]);
    },
  );

  it.each([
    ['hostile', hostile],
    ['a getter', getter],
    ['toString', { toString: 'x' }],
    ['a function', refuse],
  ])('is left out by hooks that are given %s', async (_name, value) => {
    const { others } = await said(() => {
      renderHook(() => useBroadcaster(value as never));
      renderHook(() => useIngestTimeout(value as never));
      renderHook(() => useBroadcastSession('/api', value as never));
      renderHook(() => useBroadcasterEvents(value as never, value as never));
      renderHook(() => usePressGuard(value as never));
    });
    expect(others).toEqual([]);
  });
});

describe('hooks', () => {
  it.each(SORTS.map((value) => [value]))(
    'take %s for their options, and for each of them',
    async (value) => {
      const { others } = await said(() => {
        renderHook(() => useIngestTimeout(value as never));
        renderHook(() => useBroadcastSession(value as never, value as never));
        for (const name of [
          'startedAt',
          'status',
          'timeoutSeconds',
          'lostAt',
          'onExpire',
          'streamStatus',
          'clockOffsetMs',
        ]) {
          const { result } = renderHook(() =>
            useIngestTimeout({ status: 'idle', [name]: value } as never),
          );
          expect(JSON.stringify(result.current)).not.toContain('NaN');
        }
        for (const name of ['headers', 'credentials', 'autoStart']) {
          if (name === 'autoStart' && value === true) continue;
          renderHook(() => useBroadcastSession('/api', { [name]: value } as never));
        }
      });
      expect(others).toEqual([]);
    },
  );
});

describe('the outermost element of the component', () => {
  it('is the app’s to name, to style and to mark, in every stage', () => {
    for (const state of Object.values(stageStates(Date.now()))) {
      const ref = { current: null as HTMLDivElement | null };
      const { container, unmount } = render(
        <WebRTCBroadcaster
          broadcaster={createFakeBroadcaster(state)}
          ref={ref}
          id="mine"
          className="own"
          style={{ width: 320 }}
          data-testid="broadcaster"
          aria-label="Broadcast"
          title="tip"
        />,
      );
      const root = container.firstElementChild;
      expect(ref.current).toBe(root);
      expect(root).toHaveAttribute('id', 'mine');
      expect(root).toHaveClass('own');
      expect(root).toHaveStyle({ width: '320px' });
      expect(root).toHaveAttribute('data-testid', 'broadcaster');
      expect(root).toHaveAttribute('aria-label', 'Broadcast');
      expect(root).toHaveAttribute('title', 'tip');
      unmount();
    }
  });
});

function isNumber(value: unknown) {
  return typeof value === 'number' && Number.isFinite(value);
}
function isText(value: unknown) {
  return typeof value === 'string';
}
function isBoolean(value: unknown) {
  return typeof value === 'boolean';
}
function isFunction(value: unknown) {
  return typeof value === 'function';
}
function isObject(value: unknown) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
