import type { BrowserContext, Page } from '@playwright/test';
import type {
  BroadcasterOptions,
  LevelMeter,
  PictureRequest,
  TrackProcessor,
} from '../src/core/index.js';
import { SHARED_TITLE } from './browser-flags.js';
import { BIT_COUNT, BLOCK_PIXELS, CLIP_FRAMES, CLIP_SIZE } from './clip.js';
import { AT_FULL_SIZE, expect, openCore, openStream, test } from './fixtures.js';
import { installSyntheticDevices } from './synthetic-devices.js';

declare global {
  interface Window {
    /** Every audio context that the page made. */
    contexts: AudioContext[];
    options: BroadcasterOptions;
    /** Every track of a screen that the page was given. */
    shared: MediaStreamTrack[];
    /** How many analysers the page made. */
    analysers: number;
    meter: LevelMeter;
    pictures: OwnPictures;
  }
}

/** The tone of the microphone, and one of the app, apart from that and its harmonics. */
const TONE_HZ = 440;
const SONG_HZ = 2_650;

/** An init script: counts audio contexts. */
function countContexts(): void {
  window.contexts = [];
  const Native = window.AudioContext;
  window.AudioContext = class extends Native {
    constructor(options?: AudioContextOptions) {
      super(options);
      window.contexts.push(this);
    }
  };
}

/** Plays a tone of the app's own, which is handed over as the option `sounds`. */
function addSong(page: Page, gain?: number): Promise<void> {
  return page.evaluate(
    ({ hz, gain }) => {
      const context = new AudioContext();
      const [tone, out] = [context.createOscillator(), context.createMediaStreamDestination()];
      const volume = new GainNode(context, { gain: 0.2 });
      tone.frequency.value = hz;
      tone.connect(volume).connect(out);
      tone.start();
      void context.resume();
      const sound = { id: 'song', track: out.stream, ...(gain === undefined ? {} : { gain }) };
      window.kit.get().update({ ...window.options, sounds: [sound] });
    },
    { hz: SONG_HZ, gain },
  );
}

test('the microphone and a sound of the app are heard in one session without a gap, each as loud as it should be', async ({
  page,
  app,
  ingest,
}) => {
  await page.addInitScript(countContexts);
  await page.addInitScript(installSyntheticDevices);
  const { options, watchUrl } = await openStream(ingest);
  // Music is sent as it is, so that levels can be compared.
  const wishes = { ...options, microphone: { content: 'music' }, camera: false } as const;
  await openCore(page, app, wishes);
  await page.evaluate((given) => {
    window.options = given;
  }, wishes);
  await page.evaluate(() => window.kit.get().start());
  // The microphone alone goes straight out, and costs nothing; the one context makes its tone.
  expect(await page.evaluate(() => window.contexts.length)).toBe(1);
  await page.evaluate((url) => window.kit.watch(url), watchUrl);
  const level = (hz: number) => page.evaluate((of) => window.kit.viewer?.levelDb(of) ?? -999, hz);
  const heard = (hz: number, db: number) =>
    expect.poll(() => level(hz), { message: `${hz} Hz at ${db} dB` });
  const mix = () => page.evaluate(() => window.kit.get().getSnapshot().sound.mix.status);
  const setGain = (input: string, gain: number) =>
    page.evaluate(([of, to]) => window.kit.get().setGain(of, to), [input, gain] as const);
  await heard(TONE_HZ, -40).toBeGreaterThan(-40);
  const voiceDb = await level(TONE_HZ);
  expect(await level(SONG_HZ)).toBeLessThan(-60);

  await addSong(page);
  await heard(SONG_HZ, -40).toBeGreaterThan(-40);
  expect(await mix()).toBe('on');
  const songDb = await level(SONG_HZ);
  expect(Math.abs((await level(TONE_HZ)) - voiceDb)).toBeLessThan(3);

  await setGain('song', 0.25);
  await heard(SONG_HZ, songDb - 12).toBeLessThan(songDb - 10);
  expect(await level(SONG_HZ)).toBeGreaterThan(songDb - 14);
  await setGain('microphone', 0);
  await heard(TONE_HZ, -60).toBeLessThan(-60);
  expect(await level(SONG_HZ)).toBeGreaterThan(songDb - 14);
  await setGain('microphone', 1);
  await heard(TONE_HZ, voiceDb).toBeGreaterThan(voiceDb - 3);

  // A muted microphone leaves the other sound on.
  await page.evaluate(() => window.kit.get().mute('microphone'));
  await heard(TONE_HZ, -60).toBeLessThan(-60);
  expect(await level(SONG_HZ)).toBeGreaterThan(songDb - 14);
  await page.evaluate(() => window.kit.get().unmute('microphone'));
  await heard(TONE_HZ, voiceDb).toBeGreaterThan(voiceDb - 3);

  await page.evaluate(() => window.kit.get().update(window.options));
  await heard(SONG_HZ, -60).toBeLessThan(-60);
  await expect.poll(mix).toBe('straight');
  await heard(TONE_HZ, voiceDb).toBeGreaterThan(voiceDb - 3);
  // A gap in the viewer's own buffer, on a busy machine, is no silence of the sender's.
  const silence = await page.evaluate(async () => {
    const lacking = await window.kit.concealedMs();
    return { longest: window.kit.viewer?.longestSilenceMs() ?? 0, lacking };
  });
  process.stdout.write(`longest silence at the viewer ${Math.round(silence.longest)} ms\n`);
  expect(silence.longest - silence.lacking).toBeLessThan(300);

  // Muted alone, it goes on as silence.
  const packets = () => ingest.inspect(options.streamKey)?.audioPackets ?? 0;
  await page.evaluate(() => window.kit.get().mute('microphone'));
  await heard(TONE_HZ, -60).toBeLessThan(-60);
  const whileMuted = packets();
  await expect.poll(packets).toBeGreaterThan(whileMuted + 100);
  await page.evaluate(() => window.kit.get().unmute('microphone'));

  // And so it does once there is no microphone any more.
  const plug = (microphone: 'HEARS' | 'IS_UNPLUGGED') =>
    page.evaluate((to) => {
      window.devices.microphone = to;
    }, microphone);
  await plug('IS_UNPLUGGED');
  await expect.poll(mix).toBe('on');
  const whileLost = packets();
  await expect.poll(packets).toBeGreaterThan(whileLost + 100);
  expect(await page.evaluate(() => window.kit.summary().microphone)).not.toBe('on');
  await plug('HEARS');
  await page.evaluate(() => window.kit.get().preview());
  await heard(TONE_HZ, voiceDb).toBeGreaterThan(voiceDb - 3);
  await expect.poll(mix).toBe('straight');
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
});

/** An init script: counts analysers, which measure on the page's own thread. */
function countAnalysers(): void {
  window.analysers = 0;
  const create = AudioContext.prototype.createAnalyser;
  AudioContext.prototype.createAnalyser = function createAnalyser() {
    window.analysers += 1;
    return create.call(this);
  };
}

test('the microphone is measured on the audio thread, or on the page, and the person is warned', async ({
  page,
  app,
}) => {
  await page.addInitScript(countAnalysers);
  await page.addInitScript(installSyntheticDevices);
  await openCore(page, app, { camera: false });
  await page.evaluate(async () => {
    await window.kit.get().preview();
    window.meter = window.kit.meter();
  });
  const read = () => page.evaluate(() => window.meter.read());
  // The tone has -17 dBFS, and the scale 60 dB.
  await expect.poll(read).toBeGreaterThan(0.6);
  expect(await read()).toBeLessThan(0.8);
  expect(await page.evaluate(() => window.analysers)).toBe(0);

  await page.evaluate(() => void window.kit.get().watchSound());
  const warning = () => page.evaluate(() => window.kit.get().getSnapshot().sound.warning);
  const turn = (microphone: 'HEARS' | 'GIVES_ZEROS') =>
    page.evaluate((to) => {
      window.devices.microphone = to;
    }, microphone);
  await turn('GIVES_ZEROS');
  await expect.poll(read).toBe(0);
  await expect.poll(warning).toBe('silent');
  await turn('HEARS');
  await expect.poll(warning).toBe(null);
  await page.evaluate(() => window.kit.get().mute('microphone'));
  await expect.poll(warning).toBe('speaking-while-muted');
  expect(await read()).toBe(0);
  await page.evaluate(() => window.kit.get().unmute('microphone'));
  expect(await warning()).toBe(null);

  // A page keeps what it loaded once, whatever its policy says later.
  await openCore(page, app, { camera: false });
  await page.evaluate(async () => {
    const policy = document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = "script-src 'nonce-of-no-file'";
    document.head.append(policy);
    await window.kit.get().preview();
    window.meter = window.kit.meter();
  });
  await expect.poll(read).toBeGreaterThan(0.6);
  expect(await page.evaluate(() => window.analysers)).toBe(1);
});

/** Pictures of the page's own, with numbers of their own, and what works on them. */
interface OwnPictures {
  /** A picture that counts from this number. */
  draw(from: number): MediaStreamTrack;
  /** Paints numbers from 2000 over what it is given, until it is told to stand still. */
  readonly renumber: TrackProcessor;
  isStill: boolean;
  /** Every track that was made, and how often a factory was asked. */
  readonly tracks: MediaStreamTrack[];
  readonly asked: PictureRequest[];
  readonly own: MediaStreamTrack;
}

/** An init script: the page draws its own pictures. */
function installOwnPictures({ bits, block }: { readonly bits: number; readonly block: number }) {
  const tracks: MediaStreamTrack[] = [];
  const show = (from: number, paint: (context: CanvasRenderingContext2D) => boolean) => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 1280, height: 720 });
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('This browser gives no 2d canvas.');
    let number = from;
    const draw = () => {
      if (!paint(context)) return;
      let ones = 0;
      for (let bit = 0; bit <= bits; bit += 1) {
        const isOne = bit < bits ? Math.floor(number / 2 ** bit) % 2 === 1 : ones % 2 === 0;
        if (isOne) ones += 1;
        context.fillStyle = isOne ? 'white' : 'black';
        context.fillRect(bit * block, 0, block, block);
      }
      number += 1;
    };
    draw();
    const [track] = canvas.captureStream(30).getVideoTracks();
    if (track === undefined) throw new Error('The canvas gives no track.');
    setInterval(draw, 33);
    tracks.push(track);
    return track;
  };
  const draw = (from: number) =>
    show(from, (context) => {
      context.fillStyle = `hsl(${(performance.now() / 20) % 360} 60% 50%)`;
      context.fillRect(0, 0, 1280, 720);
      return true;
    });
  const renumber: TrackProcessor = async (track) => {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    await video.play();
    return show(2_000, (context) => {
      if (!window.pictures.isStill) context.drawImage(video, 0, 0, 1280, 720);
      return !window.pictures.isStill;
    });
  };
  const own = draw(1_000);
  window.pictures = { draw, renumber, isStill: false, tracks, asked: [], own };
}

test('a picture of the page’s own, and what works on it, are seen in the session of the camera', async ({
  page,
  app,
  ingest,
}) => {
  await page.addInitScript(installOwnPictures, { bits: BIT_COUNT, block: BLOCK_PIXELS });
  const { options, watchUrl } = await openStream(ingest);
  await openCore(page, app, options);
  await page.evaluate((given) => {
    window.options = given;
  }, options);
  await page.evaluate(() => window.kit.get().start());
  await page.evaluate((url) => window.kit.watch(url), watchUrl);
  const problem = () =>
    page.evaluate(() => {
      const { camera } = window.kit.get().getSnapshot();
      return camera.status === 'on' && camera.change === null
        ? camera.problem?.code
        : camera.status;
    });
  /** Waits until the viewer sees a number of this thousand that is new. */
  const sees = async (thousand: number) => {
    const from = await page.evaluate(() => window.kit.viewer?.frames.length ?? 0);
    const seen = () =>
      page.evaluate((since) => {
        const numbers = window.kit.viewer?.frames.slice(since).map(({ number }) => number) ?? [];
        return Math.floor((numbers.findLast((number) => number !== null) ?? -1) / 1_000);
      }, from);
    await expect.poll(seen, { message: `the viewer sees ${thousand} thousand` }).toBe(thousand);
  };
  await sees(0);

  await page.evaluate(() => {
    const source = window.pictures.own;
    window.kit.get().update({ ...window.options, camera: { source } });
  });
  await sees(1);
  expect(await problem()).toBe(undefined);

  await page.evaluate(() => {
    const { own: source, renumber: processor } = window.pictures;
    window.kit.get().update({ ...window.options, camera: { source, processor } });
  });
  await sees(2);
  await page.evaluate(() => {
    window.pictures.isStill = true;
  });
  await expect.poll(problem).toBe('processor-failed');
  await sees(1);

  // One that never answers: what was there before goes on, and in the end that is all.
  await page.evaluate(() => {
    const { own: source } = window.pictures;
    const processor = () => new Promise<never>(() => {});
    window.kit.get().update({ ...window.options, camera: { source, processor } });
  });
  await sees(1);
  await expect.poll(problem, { timeout: 20_000 }).toBe('processor-failed');
  await sees(1);

  await page.evaluate(() => {
    const { asked, draw } = window.pictures;
    const source = (request: PictureRequest) => {
      asked.push(request);
      return draw(3_000);
    };
    window.kit.get().update({ ...window.options, camera: { source, width: 640, height: 360 } });
  });
  await sees(3);
  await page.evaluate(() => window.kit.get().update(window.options));
  await sees(0);
  expect(await problem()).toBe(undefined);

  const { numbers, states, asked } = await page.evaluate(() => ({
    numbers: window.kit.viewer?.frames.map(({ number }) => number) ?? [],
    states: window.pictures.tracks.map(({ readyState }) => readyState),
    asked: window.pictures.asked.map(({ width, height, signal }) => [
      width,
      height,
      signal.aborted,
    ]),
  }));
  const ofOwn = numbers.filter((number) => number !== null && number >= 1_000 && number < 2_000);
  expect(ofOwn, 'no frame comes twice or late').toEqual(
    ofOwn.toSorted((left, right) => Number(left) - Number(right)),
  );
  expect(states, 'all but the page’s own track are stopped').toEqual(['live', 'ended', 'ended']);
  expect(asked).toEqual([[640, 360, true]]);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
  await page.evaluate(() => window.kit.get().release());
  expect(await page.evaluate(() => window.pictures.own.readyState)).toBe('live');
});

/** An init script: remembers what the page was given of screens. */
function rememberShared(): void {
  window.shared = [];
  const ask = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getDisplayMedia = async (options) => {
    const stream = await ask(options);
    window.shared.push(...stream.getTracks());
    return stream;
  };
}

/** Not the camera's. */
const TAB_SIZE = { width: 960, height: 540 } as const;

/** Opens the tab that the browser will choose, which shows this number in the way of the clip, and stands still. */
async function openShared(context: BrowserContext, number: number): Promise<Page> {
  const tab = await context.newPage();
  await tab.setViewportSize(TAB_SIZE);
  await tab.setContent(`<title>${SHARED_TITLE}</title><body style="margin:0"></body>`);
  await paint(tab, number);
  return tab;
}

function paint(tab: Page, number: number): Promise<void> {
  const bits = Array.from({ length: BIT_COUNT }, (_, bit) => Math.floor(number / 2 ** bit) % 2);
  const parity = 1 - (bits.filter((bit) => bit === 1).length % 2);
  return tab.evaluate(
    ([blocks, size]) => {
      const cells = blocks.map((bit) => {
        const color = bit === 1 ? '#fff' : '#000';
        return `<div style="flex:none;width:${size}px;height:${size}px;background:${color}"></div>`;
      });
      document.body.innerHTML = `<div style="display:flex">${cells.join('')}</div><h1>Still</h1>`;
    },
    [[...bits, parity], (BLOCK_PIXELS * TAB_SIZE.width) / CLIP_SIZE.width] as const,
  );
}

test('a tab is shared in place of the camera, until it is closed, in one session', async ({
  page,
  context,
  app,
  ingest,
}) => {
  await page.addInitScript(rememberShared);
  // Numbers that the clip of the camera does not have.
  const [first, second, third] = [3_001, 3_002, 3_003];
  const tab = await openShared(context, first);
  await page.bringToFront();
  const { options, watchUrl } = await openStream(ingest);
  await openCore(page, app, { ...options, ...AT_FULL_SIZE });
  await page.evaluate(() => window.kit.get().start());
  await page.evaluate((url) => window.kit.watch(url), watchUrl);
  const newest = () => page.evaluate(() => window.kit.viewer?.frames.at(-1) ?? null);
  const number = async () => (await newest())?.number ?? CLIP_FRAMES;
  await expect.poll(number, { message: 'the camera is seen' }).toBeLessThan(CLIP_FRAMES);
  expect((await newest())?.width).toBe(CLIP_SIZE.width);

  await page.evaluate(() => window.kit.get().shareScreen());
  await expect.poll(number, { message: 'the tab is seen' }).toBe(first);
  expect((await newest())?.width, 'as large as it is').toBe(TAB_SIZE.width);
  await paint(tab, second);
  await expect.poll(number, { message: 'a change of the tab is seen' }).toBe(second);
  // Next to no frames come of a tab that stands still.
  const still = () =>
    page.evaluate(() => {
      const { stats } = window.kit.get().getSnapshot();
      const samples = stats.status === 'sampled' ? stats.history : [];
      return samples.filter((sample) => sample.picture === 'screen').length;
    });
  await expect.poll(still).toBeGreaterThan(5);
  const reasons = await page.evaluate(() => window.kit.health().reasons);
  for (const reason of ['no-picture', 'few-pictures', 'camera-slow', 'picture-still'] as const) {
    expect(reasons).not.toContain(reason);
  }

  // As the browser ends it: the page only hears of it.
  await tab.close();
  await expect.poll(number, { message: 'the camera is seen again' }).toBeLessThan(CLIP_FRAMES);
  expect((await newest())?.width).toBe(CLIP_SIZE.width);
  const again = await number();
  await expect.poll(number, { message: 'and goes on' }).not.toBe(again);
  const screen = () => page.evaluate(() => window.kit.get().getSnapshot().screen.status);
  expect(await screen()).toBe('off');

  await openShared(context, third);
  await page.bringToFront();
  await page.evaluate(() => window.kit.get().shareScreen());
  await expect.poll(number, { message: 'another tab is seen' }).toBe(third);
  expect(await page.evaluate(() => window.kit.history())).toEqual(['idle', 'connecting', 'live']);
  expect(ingest.inspect(options.streamKey)).toMatchObject({ publishing: true, sessions: 1 });
  const live = () =>
    page.evaluate(() => window.shared.filter(({ readyState }) => readyState === 'live').length);
  expect(await live()).toBeGreaterThan(0);
  await page.evaluate(() => window.kit.get().stop());
  expect(await live()).toBe(0);
  expect(await screen()).toBe('off');
});
