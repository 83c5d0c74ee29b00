import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ComponentType, ReactNode } from 'react';
import { createRef, Profiler } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BroadcasterState, Facing, Source, StatsSample } from '../../core/index.js';
import { INITIAL_STATE } from '../../core/index.js';
import type { FakeBroadcaster } from '../../testing/fake-broadcaster.js';
import { createFakeBroadcaster } from '../../testing/fake-broadcaster.js';
import {
  failed,
  failure,
  on,
  SOURCES_ON,
  stageStates,
  statsOf,
  target,
} from '../../testing/sample-states.js';
import { MESSAGES } from '../messages.js';
import * as Broadcaster from './index.js';

function inRoot(state: Partial<BroadcasterState>, children: ReactNode) {
  const fake = createFakeBroadcaster(state);
  const view = render(<Broadcaster.Root broadcaster={fake}>{children}</Broadcaster.Root>);
  return { fake, ...view };
}

/** Ten seconds that are all alike. */
const stats = (patch: Partial<StatsSample>): BroadcasterState['stats'] =>
  statsOf(...Array<Partial<StatsSample>>(10).fill(patch));

/** The button of this name, once it rests no more from what it was before. */
const rested = async (name: string) => {
  const found = await screen.findByRole('button', { name });
  await waitFor(() => expect(found).not.toHaveAttribute('aria-disabled'));
  return found;
};

/** Gives the browser the method to share a screen, as those on computers have it. */
const canShare = () =>
  Object.defineProperty(navigator, 'mediaDevices', {
    configurable: true,
    value: { getDisplayMedia: () => {} },
  });
afterEach(() => Reflect.deleteProperty(navigator, 'mediaDevices'));

/** A list of cameras that face these ways. */
const cameras = (facings: readonly Facing[]): BroadcasterState['devices'] => ({
  status: 'listed',
  cameras: facings.map((facing, at) => ({ deviceId: `c${at}`, label: `Camera ${at}`, facing })),
  microphones: [],
  speakers: [],
});
const PHONE = { devices: cameras(['user', 'environment']) };

const live = () => stageStates(Date.now())['live'] ?? {};

describe('every part', () => {
  const { Root: _, ...parts } = Broadcaster;
  const names = Object.entries(parts) as [string, ComponentType<Record<string, unknown>>][];

  it.each(names)(
    '%s takes ref, id, class, style and attributes, and has a data-state',
    (_name, Part) => {
      canShare();
      const ref = createRef<HTMLElement>();
      const state = { ...stageStates(Date.now())['reconnecting'], ...PHONE };
      const attributes = {
        id: 'its-id',
        title: 'tip',
        'data-mine': '1',
        'aria-label': 'its label',
      };
      inRoot(state, <Part ref={ref} className="mine" style={{ order: 7 }} {...attributes} />);
      expect(ref.current).toBeInstanceOf(HTMLElement);
      for (const [name, value] of Object.entries(attributes)) {
        expect(ref.current).toHaveAttribute(name, value);
      }
      const marked = ref.current?.closest<HTMLElement>('.mine');
      expect(marked?.className).toMatch(/^wb-[\w -]+ wb-given mine$/);
      expect(marked?.style.order).toBe('7');
      expect(marked).toHaveAttribute('data-state');
    },
  );

  const standalone = ['EncoderSettings', 'PlaybackCheck', 'Viewer'];
  const isStandalone = ([name]: readonly [string, unknown]) => standalone.includes(name);

  it.each(names.filter(isStandalone))('%s needs no parent', (_name, Part) => {
    const { container } = render(<Part className="mine" />);
    expect(container.querySelector('.mine')).toBeVisible();
  });

  it.each(names.filter((entry) => !isStandalone(entry)))(
    '%s names the parent that is missing',
    (name, Part) => {
      const error = vi.spyOn(console, 'error').mockImplementation(() => {});
      expect(() => render(<Part />)).toThrow(/found no <Broadcaster\.Root>/);
      expect(name).not.toBe('');
      error.mockRestore();
    },
  );

  it.each([
    ['MicrophoneToggle', Broadcaster.MicrophoneToggle],
    ['CameraToggle', Broadcaster.CameraToggle],
    ['ScreenToggle', Broadcaster.ScreenToggle],
    ['CameraFlip', Broadcaster.CameraFlip],
    ['PrimaryButton', Broadcaster.PrimaryButton],
  ] as const)(
    '%s runs the app’s onClick first, which may keep it from acting',
    async (_name, Part) => {
      canShare();
      const onClick = vi.fn((event: { preventDefault(): void }) => event.preventDefault());
      const { fake } = inRoot(
        { ...SOURCES_ON, ...PHONE, target: target() },
        <Part onClick={onClick} />,
      );
      await userEvent.click(screen.getByRole('button'));
      expect(onClick).toHaveBeenCalledTimes(1);
      expect(fake.calls).toEqual([]);
    },
  );
});

describe('ScreenToggle', () => {
  it('shares and stops, and waits while the person chooses', async () => {
    canShare();
    const { fake } = inRoot(live(), <Broadcaster.ScreenToggle />);
    await userEvent.click(screen.getByRole('button', { name: 'Share screen' }));
    expect(fake.calls).toEqual([{ method: 'shareScreen', args: [] }]);
    const choice = { deviceId: null, muted: false } as const;
    act(() => fake.setState({ screen: { ...choice, status: 'opening', request: 1, after: null } }));
    expect(screen.getByRole('button')).toBeDisabled();
    act(() => fake.setState({ screen: on('screen') }));
    await userEvent.click(await rested('Stop sharing'));
    expect(fake.methods).toEqual(['shareScreen', 'stopSharing']);
  });

  it('is not there where the browser cannot share, or the app does not want it', () => {
    const { container, fake } = inRoot(live(), <Broadcaster.ScreenToggle />);
    expect(container.querySelector('button')).toBeNull();
    canShare();
    act(() => fake.setState({ screen: { ...on('screen'), status: 'excluded' } }));
    expect(container.querySelector('button')).toBeNull();
  });

  it('leaves it to the notice to say why nothing is shared, unless the person wanted it so', async () => {
    const refused = (code: 'permission-denied-by-policy' | 'permission-dismissed') =>
      inRoot({ ...live(), screen: failed(code) }, <Broadcaster.Notice />);
    const { unmount } = refused('permission-denied-by-policy');
    expect(await screen.findByText('Your screen isn’t shared')).toBeVisible();
    unmount();
    refused('permission-dismissed');
    await act(async () => {});
    expect(screen.queryByText('Your screen isn’t shared')).toBeNull();
  });

  it('lets the preview show a screen as it is, whichever way a camera faces', () => {
    const { container } = inRoot({ ...SOURCES_ON, screen: on('screen') }, <Broadcaster.Preview />);
    expect(container.querySelector('.wb-stage')).toHaveAttribute('data-mirrored', 'false');
    expect(screen.getByLabelText('Your screen')).toBeInTheDocument();
  });
});

describe('Preview', () => {
  const preview = (state: Partial<BroadcasterState>) => {
    const view = inRoot(state, <Broadcaster.Preview />);
    const stage = view.container.querySelector('.wb-stage') as HTMLElement;
    return { ...view, stage, video: stage.querySelector('video') as HTMLVideoElement };
  };

  it('plays the track silently, and lets go of it', () => {
    const { fake, video } = preview(SOURCES_ON);
    expect(video).toHaveClass('wb-preview-video');
    expect(video.muted).toBe(true);
    expect(video.srcObject).not.toBeNull();
    act(() => fake.setState({ camera: { status: 'off', deviceId: null, muted: false } }));
    expect(video.srcObject).toBeNull();
    expect(video.hidden).toBe(true);
  });

  it.each([
    ['user', 'true'],
    ['unknown', 'true'],
    ['environment', 'false'],
  ] as const)('of a camera that faces %s is mirrored: %s', (facing, mirrored) => {
    const { stage } = preview({ camera: on('camera', { facing }) });
    expect(stage).toHaveAttribute('data-mirrored', mirrored);
  });

  it('survives a browser that refuses to play', async () => {
    const play = vi.spyOn(HTMLMediaElement.prototype, 'play');
    play.mockRejectedValue(new DOMException('', 'NotAllowedError'));
    const { stage } = preview(SOURCES_ON);
    await act(async () => {});
    expect(stage).toHaveAttribute('data-state', 'on');
    play.mockRestore();
  });

  it('gives a portrait picture its own height, also once the phone is turned', () => {
    const { stage, video } = preview(SOURCES_ON);
    expect(stage).toHaveAttribute('data-orientation', 'landscape');
    Object.defineProperties(video, { videoWidth: { value: 720 }, videoHeight: { value: 1280 } });
    fireEvent(video, new Event('resize'));
    expect(stage).toHaveAttribute('data-orientation', 'portrait');
    expect(stage.style.aspectRatio).toBe('720 / 1280');
  });

  it('says what viewers see of a muted camera', () => {
    const { stage } = preview({ camera: on('camera', { muted: true }) });
    expect(stage).toHaveAttribute('data-state', 'muted');
    expect(stage).toHaveTextContent('Camera off');
  });
});

describe('toggles and selects', () => {
  it('mute and unmute', async () => {
    const { fake } = inRoot(SOURCES_ON, <Broadcaster.MicrophoneToggle />);
    await userEvent.click(screen.getByRole('button', { name: 'Mute microphone' }));
    act(() => fake.setState({ microphone: on('microphone', { muted: true }) }));
    await userEvent.click(await rested('Unmute microphone'));
    expect(fake.calls).toEqual([
      { method: 'mute', args: ['microphone'] },
      { method: 'unmute', args: ['microphone'] },
    ]);
  });

  it('try a camera again that failed, and wait while there is none', async () => {
    const { fake } = inRoot({ camera: failed('device-in-use') }, <Broadcaster.CameraToggle />);
    await userEvent.click(screen.getByRole('button', { name: 'Turn on camera' }));
    expect(fake.methods).toEqual(['preview']);
    act(() => fake.setState({ camera: { status: 'off', deviceId: null, muted: false } }));
    expect(screen.getByRole('button')).toBeDisabled();
  });

  it('choose a device, or the browser’s own', async () => {
    const { fake } = inRoot(SOURCES_ON, <Broadcaster.CameraSelect />);
    const select = screen.getByLabelText('Choose camera');
    await userEvent.selectOptions(select, 'Capture card');
    act(() => fake.setState({ camera: { ...on('camera'), deviceId: 'c2' } }));
    expect(select).toHaveValue('c2');
    await userEvent.selectOptions(select, 'Browser’s choice');
    expect(fake.calls.map(({ args }) => args)).toEqual([
      ['camera', 'c2'],
      ['camera', null],
    ]);
  });

  it('keep showing a chosen device that is not connected', () => {
    inRoot(
      { ...SOURCES_ON, camera: { ...on('camera'), deviceId: 'gone' } },
      <Broadcaster.CameraSelect />,
    );
    expect(screen.getByLabelText('Choose camera')).toHaveDisplayValue('Not connected');
  });

  it('shows what stands in for the wanted device, which can be chosen as soon as it is there', async () => {
    const problem = failure('constraints-not-met');
    const camera = { ...on('camera'), deviceId: 'c2', problem } as Source;
    const { fake } = inRoot({ ...SOURCES_ON, camera }, <Broadcaster.CameraSelect />);
    const select = screen.getByRole('combobox');
    expect(select).toBeEnabled();
    expect(select).toHaveDisplayValue('FaceTime camera');
    expect(within(select).queryByText(MESSAGES.missingDevice)).toBeNull();
    await userEvent.selectOptions(select, 'Capture card');
    expect(fake.calls).toContainEqual({ method: 'select', args: ['camera', 'c2'] });
  });

  it('wait until the browser names devices', () => {
    inRoot({}, <Broadcaster.MicrophoneSelect />);
    expect(screen.getByLabelText('Choose microphone')).toBeDisabled();
  });
});

describe('CameraFlip', () => {
  const camera = on('camera', { facing: 'user' });
  const phone = (facings: readonly Facing[]) => ({ camera, devices: cameras(facings) });

  it('turns to the other camera, and says which one is on', async () => {
    const { fake } = inRoot(phone(['user', 'environment']), <Broadcaster.CameraFlip />);
    const flip = screen.getByRole('button', { name: 'Flip camera' });
    expect(flip).toHaveAttribute('data-state', 'user');
    await userEvent.click(flip);
    expect(fake.methods).toEqual(['flipCamera']);
  });

  it.each([
    ['no other facing', phone(['user', 'user'])],
    ['no list', { camera }],
    ['no open camera', { ...phone(['user', 'environment']), camera: failed('device-in-use') }],
  ])('is not there with %s', (_name, state) => {
    inRoot(state, <Broadcaster.CameraFlip />);
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('HealthLine', () => {
  it.each([
    [{}, 'excellent', 'Excellent'],
    [{ roundTripMs: 200 }, 'good', 'Good'],
    [{ lossShare: 0.04 }, 'fair', 'Fair'],
    [{ framesPerSecond: 4 }, 'poor', 'Poor'],
    [
      {
        roundTripMs: undefined,
        lossShare: undefined,
        frameWidth: undefined,
        framesPerSecond: undefined,
        videoCodec: undefined,
      },
      'excellent',
      'Excellent',
    ],
  ])('grades %o as %s', (patch, state, word) => {
    const { container } = inRoot({ ...live(), stats: stats(patch) }, <Broadcaster.HealthLine />);
    const line = container.querySelector('.wb-health');
    expect(line).toHaveAttribute('data-state', state);
    expect(line).toHaveTextContent(word);
    expect(line).not.toHaveTextContent(/null|undefined|NaN/);
  });

  it('gives the figures', () => {
    const { container } = inRoot(live(), <Broadcaster.HealthLine />);
    expect(container).toHaveTextContent('1280×720 · 30 fps · H264');
    expect(container).toHaveTextContent('round trip 41 ms · loss 0 %');
  });

  it('does not blame the black frames of a muted camera', () => {
    const state = {
      ...live(),
      camera: on('camera', { muted: true }),
      stats: stats({ framesPerSecond: 2, picture: 'muted' }),
    };
    const { container } = inRoot(state, <Broadcaster.HealthLine />);
    expect(container).toHaveTextContent('Excellent');
  });

  it('and the bit rate are all that renders with each second of statistics', () => {
    const renders: Record<string, number> = {};
    const counted = (id: string, children: ReactNode) => (
      <Profiler id={id} onRender={() => (renders[id] = (renders[id] ?? 0) + 1)}>
        {children}
      </Profiler>
    );
    const { fake } = inRoot(
      live(),
      <>
        {counted('preview', <Broadcaster.Preview />)}
        {counted('buttons', [
          <Broadcaster.PrimaryButton key="1" />,
          <Broadcaster.MicrophoneToggle key="2" />,
          <Broadcaster.CameraToggle key="3" />,
          <Broadcaster.CameraSelect key="4" />,
          <Broadcaster.MicrophoneSelect key="5" />,
        ])}
        {counted('notice', <Broadcaster.Notice />)}
        {counted('clock', <Broadcaster.ClockPill />)}
        {counted('health', <Broadcaster.HealthLine />)}
      </>,
    );
    const before = { ...renders };
    for (let second = 1; second <= 5; second += 1) {
      act(() =>
        fake.setState({ stats: stats({ sentBitsPerSecond: 2_000_000 + 100_000 * second }) }),
      );
    }
    expect(renders['health']).toBe((before['health'] ?? 0) + 5);
    expect(renders['clock']).toBe((before['clock'] ?? 0) + 5);
    for (const quiet of ['preview', 'buttons', 'notice'])
      expect(renders[quiet]).toBe(before[quiet]);
  });
});

describe('Announcer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const announcer = (state: Partial<BroadcasterState>) => inRoot(state, <Broadcaster.Announcer />);
  const words = () => screen.getByRole('status').textContent;
  const move = (fake: FakeBroadcaster, state: Partial<BroadcasterState>) =>
    act(() => fake.setState(state));

  it('says each new stage at once, and nothing at first', () => {
    const { fake } = announcer({ ...SOURCES_ON, target: target() });
    expect(words()).toBe('');
    move(fake, { connection: live().connection as BroadcasterState['connection'] });
    expect(words()).toBe('You are live');
    move(fake, stageStates(Date.now())['reconnecting'] ?? {});
    expect(words()).toContain('Viewers see a freeze');
  });

  it('counts at 60, 30 and 10 seconds, and then says that it is over', () => {
    announcer({ ...SOURCES_ON, target: target(Date.now()) });
    const heard: (string | null)[] = [];
    for (let second = 0; second < 121; second += 1) {
      act(() => vi.advanceTimersByTime(1000));
      if (words() !== '' && heard.at(-1) !== words()) heard.push(words());
    }
    expect(heard).toEqual([
      '60 seconds left to start',
      '30 seconds left to start',
      '10 seconds left to start',
      'The stream is over before you went live. The ingest waits 120 seconds for a picture. Start the stream again.',
    ]);
  });

  it('tells a health that stays worse, and its recovery, but no flicker', () => {
    const seconds: Partial<StatsSample>[] = [{}, {}, {}];
    const { fake } = announcer({ ...live(), stats: statsOf(...seconds) });
    const pass = (count: number, patch: Partial<StatsSample>) => {
      for (let second = 0; second < count; second += 1) {
        seconds.push(patch);
        move(fake, { stats: statsOf(...seconds) });
      }
    };
    pass(1, { lossShare: 0.2 });
    pass(5, {});
    expect(words()).toBe('');
    pass(2, { lossShare: 0.2 });
    expect(words()).toBe(
      'Viewers may see a torn picture. Part of what you send gets lost. Move closer to your router, or use a cable.',
    );
    pass(4, {});
    expect(words()).toBe(
      'Viewers may see a torn picture. Part of what you send gets lost. Move closer to your router, or use a cable.',
    );
    pass(1, {});
    expect(words()).toBe('Viewers get everything again');
  });
});

describe('Notice', () => {
  it.each([
    [{ lossShare: 0.2 }, 'Viewers may see a torn picture'],
    [{ targetBitsPerSecond: 300_000 }, 'Viewers see a coarse picture'],
    [{ audioBitsPerSecond: 0 }, 'Viewers may hear nothing'],
    [{ cpuLimitedShare: 1 }, 'Viewers may see a coarse or jerky picture'],
  ])('says of %o what viewers notice, and what to do', (patch, title) => {
    const { container } = inRoot({ ...live(), stats: stats(patch) }, <Broadcaster.Notice />);
    expect(container.querySelector('.wb-notice-title')).toHaveTextContent(title);
    expect(container.querySelector('.wb-notice-body')?.textContent).toMatch(/\. .+\.$|; .+\.$/);
  });

  it.each([
    ['silent', 'Viewers may hear nothing', null],
    ['speaking-while-muted', 'You’re muted', 'Unmute microphone'],
    ['clipping', 'Your microphone is too loud', null],
  ] as const)(
    'says that the microphone is %s, before the broadcast and live',
    (warning, title, button) => {
      const sound = { ...INITIAL_STATE.sound, warning };
      const ready = { ...stageStates(Date.now())['ready'], target: target() };
      for (const state of [
        { ...live(), sound },
        { ...ready, sound },
      ]) {
        const { container, fake, unmount } = inRoot(state, <Broadcaster.Notice />);
        expect(container.querySelector('.wb-notice-title')).toHaveTextContent(title);
        expect(screen.queryByRole('button')?.textContent ?? null).toBe(button);
        if (button !== null) fireEvent.click(screen.getByRole('button'));
        expect(fake.calls).toEqual(
          button === null ? [] : [{ method: 'unmute', args: ['microphone'] }],
        );
        unmount();
      }
    },
  );

  it('says first what is worse than a microphone that is too loud', () => {
    const sound = { ...INITIAL_STATE.sound, warning: 'clipping' } as const;
    const state = { ...live(), sound, stats: stats({ lossShare: 0.2 }) };
    const { container } = inRoot(state, <Broadcaster.Notice />);
    expect(container.querySelector('.wb-notice-title')).toHaveTextContent('torn picture');
  });

  it('says nothing of a line that is only good', () => {
    const state = { ...live(), stats: stats({ roundTripMs: 200 }) };
    const { container } = inRoot(state, <Broadcaster.Notice />);
    expect(container.querySelector('.wb-notice')).toBeNull();
  });
});

describe('LevelMeter', () => {
  const sound = (patch: Partial<BroadcasterState>, props = {}) =>
    inRoot(patch, <Broadcaster.LevelMeter {...props} />).container.querySelector('.wb-meter');

  it.each<[string, Partial<BroadcasterState>]>([
    ['off', {}],
    ['on', SOURCES_ON],
    ['muted', { microphone: on('microphone', { muted: true }) }],
    ['failed', { microphone: failed('device-lost') }],
  ])('is a named meter, and says that the sound is %s', (state, patch) => {
    expect(sound(patch)).toHaveAttribute('data-state', state);
    const meter = screen.getByRole('meter', { name: 'Sound level' });
    expect(meter).toHaveAttribute('aria-valuenow', '0');
  });

  it('meters a track of the app, and leaves out an address that is none', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const track = { kind: 'audio' } as MediaStreamTrack;
    expect(sound({}, { track, workletUrl: 7 })).toHaveAttribute('data-state', 'on');
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('workletUrl is not a text or a URL'));
    warn.mockRestore();
  });

  it('is drawn without rendering', async () => {
    const rendered = vi.fn();
    inRoot(
      SOURCES_ON,
      <Profiler id="meter" onRender={rendered}>
        <Broadcaster.LevelMeter />
      </Profiler>,
    );
    const { calls } = rendered.mock;
    const before = calls.length;
    await waitFor(() =>
      expect(screen.getByRole('meter').style.getPropertyValue('--wb-peak')).toBe('0.00'),
    );
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(calls).toHaveLength(before);
  });
});

describe('HealthBadge', () => {
  it('shows the level and speaks the reasons', () => {
    const { container } = inRoot(
      { ...live(), stats: stats({ lossShare: 0.2 }) },
      <Broadcaster.HealthBadge />,
    );
    expect(container.querySelector('.wb-health-badge')).toHaveAttribute('data-state', 'poor');
    expect(container).toHaveTextContent('Poor Viewers may see a torn picture.');
  });
});

describe('StatsPanel', () => {
  const rows = (container: HTMLElement) =>
    Object.fromEntries(
      [...container.querySelectorAll('dl > div')].map((row) => [
        row.querySelector('dt')?.textContent,
        row.querySelector('dd')?.textContent,
      ]),
    );

  it('has a name, three lines with their newest value in words, and the other figures', () => {
    const { container } = inRoot(live(), <Broadcaster.StatsPanel />);
    const panel = screen.getByRole('region', { name: 'Statistics' });
    expect(panel).toHaveAttribute('data-state', 'excellent');
    const captions = [...container.querySelectorAll('figcaption')].map((one) => one.textContent);
    expect(captions).toEqual(['Sent 2.4 Mbit/s', 'Frame rate 30 fps', 'Round trip 41 ms']);
    expect(rows(container)).toMatchObject({
      Picture: '1280×720',
      Codecs: 'H264 · opus',
      Path: 'UDP',
      Lost: '0 %',
      'Held back by': 'nothing',
    });
    for (const path of container.querySelectorAll('path')) {
      expect(path.getAttribute('d')).toMatch(/^M[\d. ]+(L[\d. ]+){9}$/);
    }
  });

  it('names the machine that the picture was made smaller for', () => {
    const quality = { ...INITIAL_STATE.quality, stepsDown: 1 };
    const { container } = inRoot({ ...live(), quality }, <Broadcaster.StatsPanel />);
    expect(rows(container)['Held back by']).toBe('this computer');
  });

  it('says of nothing that it is not known, and draws no line', () => {
    const { container } = inRoot({}, <Broadcaster.StatsPanel />);
    expect(container).not.toHaveTextContent(/NaN|undefined|null|Infinity/);
    expect(new Set(Object.values(rows(container)))).toEqual(new Set(['—']));
    for (const path of container.querySelectorAll('path')) expect(path).toHaveAttribute('d', '');
  });

  it('draws a minute at least, and a short round trip low', () => {
    const { container } = inRoot(live(), <Broadcaster.StatsPanel />);
    const [sent, , roundTrip] = [...container.querySelectorAll('path')];
    expect(sent?.getAttribute('d')).toMatch(/^M255\.0 1\.5L/);
    expect(roundTrip?.getAttribute('d')).toMatch(/ 34\.2$/);
  });

  it('breaks its lines where nothing was measured', () => {
    const state = statsOf({}, {}, { roundTripMs: undefined }, {}, { at: 60_000 }, { at: 61_000 });
    const { container } = inRoot({ ...live(), stats: state }, <Broadcaster.StatsPanel />);
    const [, rate, roundTrip] = [...container.querySelectorAll('path')];
    expect(rate?.getAttribute('d')?.match(/M/g)).toHaveLength(2);
    expect(roundTrip?.getAttribute('d')?.match(/M/g)).toHaveLength(3);
  });
});
