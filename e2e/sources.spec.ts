import type { Page } from '@playwright/test';
import type { BroadcasterOptions, LevelMeter } from '../src/core/index.js';
import { expect, openCore, openStream, test } from './fixtures.js';
import { installSyntheticDevices } from './synthetic-devices.js';

declare global {
  interface Window {
    /** Every audio context that the page made. */
    contexts: AudioContext[];
    options: BroadcasterOptions;
    /** How many analysers the page made. */
    analysers: number;
    meter: LevelMeter;
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
  // What the viewer's own buffer lacked, on a busy machine, is no silence of the sender's.
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
