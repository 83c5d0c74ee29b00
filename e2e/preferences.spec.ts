import { expect, openStream, test } from './fixtures.js';

/**
 * Everything that a browser may refuse or lack, as code that makes it so in the page. The code
 * evaluates to the function that takes it back.
 */
const REFUSALS: Readonly<Record<string, string>> = {
  'setParameters rejects': `replace(RTCRtpSender.prototype, 'setParameters', () => Promise.reject(new DOMException('no', 'InvalidModificationError')))`,
  'setParameters throws': `replace(RTCRtpSender.prototype, 'setParameters', () => { throw new TypeError('no'); })`,
  'setParameters is missing': `replace(RTCRtpSender.prototype, 'setParameters', undefined)`,
  'getParameters throws': `replace(RTCRtpSender.prototype, 'getParameters', () => { throw new TypeError('no'); })`,
  'getParameters gives nothing': `replace(RTCRtpSender.prototype, 'getParameters', () => ({}))`,
  'setCodecPreferences throws': `replace(RTCRtpTransceiver.prototype, 'setCodecPreferences', () => { throw new DOMException('no', 'InvalidModificationError'); })`,
  'setCodecPreferences is missing': `replace(RTCRtpTransceiver.prototype, 'setCodecPreferences', undefined)`,
  'capabilities are null': `replace(RTCRtpReceiver, 'getCapabilities', () => null)`,
  'capabilities throw': `both(replace(RTCRtpReceiver, 'getCapabilities', () => { throw new Error('no'); }), replace(RTCRtpSender, 'getCapabilities', () => { throw new Error('no'); }))`,
  'capabilities are missing': `both(replace(RTCRtpReceiver, 'getCapabilities', undefined), replace(RTCRtpSender, 'getCapabilities', undefined))`,
  'getStats rejects': `replace(RTCPeerConnection.prototype, 'getStats', () => Promise.reject(new Error('no')))`,
  'getStats is missing': `replace(RTCPeerConnection.prototype, 'getStats', undefined)`,
  'setLocalDescription wants a description': `(() => { const real = RTCPeerConnection.prototype.setLocalDescription; return replace(RTCPeerConnection.prototype, 'setLocalDescription', function (given) { if (given === undefined) throw new TypeError('no'); return real.call(this, given); }); })()`,
  'contentHint throws': `replaceSetter(MediaStreamTrack.prototype, 'contentHint', () => { throw new TypeError('no'); })`,
  'the wake lock rejects': `replace(WakeLock.prototype, 'request', () => Promise.reject(new DOMException('no', 'NotAllowedError')))`,
  'the wake lock throws': `replace(WakeLock.prototype, 'request', () => { throw new TypeError('no'); })`,
  'the pressure cannot be observed': `replace(window, 'PressureObserver', class { constructor() { throw new DOMException('no', 'NotAllowedError'); } })`,
  'the network is not described': `replaceGetter(navigator, 'connection', () => undefined)`,
  'locks are denied': `replace(LockManager.prototype, 'request', () => Promise.reject(new DOMException('no', 'SecurityError')))`,
  'locks throw': `replaceGetter(navigator, 'locks', () => { throw new DOMException('no', 'SecurityError'); })`,
  'nothing may be kept': `replaceGetter(window, 'sessionStorage', () => { throw new DOMException('no', 'SecurityError'); })`,
  'what is kept cannot be read': `both(replace(Storage.prototype, 'getItem', () => { throw new DOMException('no', 'SecurityError'); }), replace(Storage.prototype, 'removeItem', () => { throw new DOMException('no', 'SecurityError'); }))`,
  'workers throw': `replace(window, 'Worker', class { constructor() { throw new DOMException('no', 'SecurityError'); } })`,
  'workers are missing': `replace(window, 'Worker', undefined)`,
  'blobs have no address': `both(replace(window, 'Worker', undefined), replace(URL, 'createObjectURL', () => { throw new TypeError('no'); }))`,
};

test('a browser that refuses what is only a preference goes live all the same', async ({
  page,
  app,
  ingest,
}) => {
  await page.goto(app.pageUrl('core'));
  await page.waitForFunction(() => 'kit' in window);
  for (const [name, code] of Object.entries(REFUSALS)) {
    const { options } = await openStream(ingest);
    const outcome = await page.evaluate(
      async ({ code, options, name }) => {
        const define = (target: object, key: string, next: PropertyDescriptor) => {
          const before = Object.getOwnPropertyDescriptor(target, key);
          Object.defineProperty(target, key, { configurable: true, ...next });
          return () => {
            if (before === undefined) Reflect.deleteProperty(target, key);
            else Object.defineProperty(target, key, before);
          };
        };
        const refuse = new Function(
          'replace',
          'replaceGetter',
          'replaceSetter',
          'both',
          `return ${code}`,
        );
        const takeBack: () => void = refuse(
          (target: object, key: string, value: unknown) =>
            define(target, key, { value, writable: true }),
          (target: object, key: string, get: () => unknown) => define(target, key, { get }),
          (target: object, key: string, set: () => void) =>
            define(target, key, { get: () => '', set }),
          (...all: (() => void)[]) =>
            () => {
              for (const one of all.reverse()) one();
            },
        );
        try {
          window.kit.create({ ...options, resumeOnReload: true }, name);
          const broadcaster = window.kit.get(name);
          await broadcaster.resume();
          const end = await broadcaster.start().then(
            () => 'live',
            ({ code: failure, message }) => `${failure}: ${message}`,
          );
          dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
          dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
          await broadcaster.release();
          return end;
        } finally {
          takeBack();
        }
      },
      { code, options, name },
    );
    expect(outcome, name).toBe('live');
  }
});

test('an app whose own functions throw goes live all the same', async ({ page, app, ingest }) => {
  const { options } = await openStream(ingest);
  await page.goto(app.pageUrl('core'));
  await page.waitForFunction(() => 'kit' in window);
  const lines = await page.evaluate(async (given) => {
    const heard: string[] = [];
    window.kit.create({
      ...given,
      logger({ message }) {
        heard.push(message);
        throw new Error('the logger’s own');
      },
      onPeerConnection() {
        throw new Error('the hatch’s own');
      },
    });
    await window.kit.get().start();
    await window.kit.get().release();
    return heard;
  }, options);
  expect(lines.join('\n')).toContain('onPeerConnection threw');
});
