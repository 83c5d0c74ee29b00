import { afterEach, describe, expect, it, vi } from 'vitest';
import { installFakeDevices } from '../../testing/fake-devices.js';
import { deviceError } from './device-error.js';

afterEach(() => vi.unstubAllGlobals());

const inFrame = () => {
  const top = {
    get location(): never {
      throw new DOMException('Blocked a frame', 'SecurityError');
    },
  };
  vi.stubGlobal('top', top);
};

const codeOf = async (
  [name, message]: readonly [name: string, message: string],
  {
    permission = 'denied',
    isListed = false,
    isChosen = false,
  }: {
    readonly permission?: PermissionState | 'unknown';
    readonly isListed?: boolean;
    readonly isChosen?: boolean;
  } = {},
) => {
  const query = async () => {
    if (permission === 'unknown') throw new TypeError('No such permission');
    return { state: permission };
  };
  const enumerateDevices = async () => (isListed ? [{ kind: 'videoinput' }] : []);
  vi.stubGlobal('navigator', { permissions: { query }, mediaDevices: { enumerateDevices } });
  const thrown = new DOMException(message, name);
  const error = await deviceError(thrown, 'camera', { isChosen });
  expect(error.cause).toBe(thrown);
  return error.code;
};

const FIREFOX =
  'The request is not allowed by the user agent or the platform in the current context.';

describe('why a device could not be opened', () => {
  it.each(['granted', 'prompt', 'denied', 'unknown'] as const)(
    'is the system, where Chromium says so and the permission is %s',
    async (permission) => {
      const thrown = ['NotAllowedError', 'Permission denied by system'] as const;
      expect(await codeOf(thrown, { permission })).toBe('permission-denied-by-system');
    },
  );

  it('is the system, where the page may and still does not get it', async () => {
    const thrown = ['NotAllowedError', FIREFOX] as const;
    expect(await codeOf(thrown, { permission: 'granted' })).toBe('permission-denied-by-system');
  });

  it('is the system, where Firefox finds none of what it lists', async () => {
    const thrown = ['NotFoundError', 'The object can not be found here.'] as const;
    expect(await codeOf(thrown, { isListed: true })).toBe('permission-denied-by-system');
    expect(await codeOf(thrown, { isListed: false })).toBe('device-not-found');
    expect(await codeOf(thrown, { isListed: true, isChosen: true })).toBe('constraints-not-met');
  });

  it('is the user, or the settings of the site', async () => {
    const thrown = ['NotAllowedError', 'Permission denied'] as const;
    expect(await codeOf(thrown, { permission: 'denied' })).toBe('permission-denied');
    expect(await codeOf(thrown, { permission: 'unknown' })).toBe('permission-denied');
    expect(await codeOf(thrown, { permission: 'prompt' })).toBe('permission-dismissed');
  });

  it.each(['NotAllowedError', 'SecurityError'])(
    'is the page around, where the browser does not tell its policy: %s',
    async (name) => {
      inFrame();
      expect(await codeOf([name, FIREFOX])).toBe('permission-denied-by-policy');
      const unknown = { permission: 'unknown' } as const;
      expect(await codeOf([name, FIREFOX], unknown)).toBe('permission-denied-by-policy');
      const dismissed = { permission: 'prompt' } as const;
      expect(await codeOf([name, FIREFOX], dismissed)).toBe('permission-dismissed');
    },
  );

  it('is the user in a page around that allows it', async () => {
    inFrame();
    vi.stubGlobal('document', { permissionsPolicy: { allowsFeature: () => true } });
    expect(await codeOf(['NotAllowedError', 'Permission denied'])).toBe('permission-denied');
  });

  it.each([
    ['NotReadableError', 'Could not start video source', 'device-in-use'],
    ['AbortError', 'Starting videoinput failed', 'device-in-use'],
    ['InvalidStateError', 'The object is in an invalid state.', 'device-in-use'],
    ['OverconstrainedError', '', 'constraints-not-met'],
    ['TypeError', '', 'unexpected'],
  ] as const)('is told by its name: %s, "%s"', async (name, message, code) => {
    expect(await codeOf([name, message])).toBe(code);
  });

  it.each([undefined, null, 'x', 7, { name: 'NotAllowedError' }])(
    'may be thrown as %o',
    async (thrown) => {
      const devices = installFakeDevices();
      const error = await deviceError(thrown, 'microphone', { isChosen: false });
      expect(error.message).toMatch(/microphone/);
      devices.restore();
    },
  );
});
