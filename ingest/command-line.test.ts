import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readFlags, UsageError, wordsFor } from './command-line.js';
import { startIngest } from './start-ingest.js';

const file = fileURLToPath(import.meta.url);

/** The words of the command for what `work` throws. */
async function wordsOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (thrown) {
    return wordsFor(thrown);
  }
  throw new Error('Nothing was thrown.');
}

it.each([
  ['--prot 12', 'There is no option --prot: --help lists those that there are.'],
  ['-p 12', 'There is no option -p: --help lists those that there are.'],
  ['--toString 1', 'There is no option --toString: --help lists those that there are.'],
  ['--port', '--port needs a value.'],
  ['--port --tls', '--port needs a value.'],
  ['--host=', '--host needs a value.'],
  ['--tls=yes', '--tls takes no value.'],
  ['--port abc', '--port takes a number, not "abc".'],
  ['--tls-cert cert.pem', '--tls-cert and --tls-key belong together.'],
  ['--tls-cert / --tls-key /', 'The file / cannot be read (EISDIR).'],
])('the command line %s is refused in one sentence', async (line, words) => {
  const read = () => readFlags(line.split(' '));
  expect(read).toThrow(UsageError);
  expect(await wordsOf(read)).toBe(words);
});

it('the command takes its options', () => {
  expect(readFlags(['--port', '0', '--tls', '--allow-host', 'a', '--allow-host=b'])).toMatchObject({
    port: 0,
    tls: true,
    host: '127.0.0.1',
    allowedHosts: ['a', 'b'],
  });
  expect(readFlags(['-h'])).toBeUndefined();
});

it('an ingest that cannot start says in one sentence why, and what to do', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const pem = { cert: 'no certificate', key: 'no key' };
  for (const [options, words] of [
    [{ port: 70_000 }, '--port is a whole number from 0 to 65535.'],
    [{ timeScale: 0 }, '--time-scale is a number above 0.'],
    [{ host: '' }, '--host is a name or an address of this machine.'],
    [
      { host: '192.0.2.1' },
      'This machine has no such address to listen on: leave --host out, or name one of its own.',
    ],
    [
      { port },
      `Port ${port} is in use: stop what uses it, or choose another one. 0 is any free one.`,
    ],
    [
      { tls: pem },
      '--tls-cert and --tls-key are not a certificate and the private key that belongs to it, both as PEM.',
    ],
    [
      { directory: file },
      `The directory ${file} cannot be made (EEXIST): choose another one with --directory.`,
    ],
  ] as const) {
    expect(await wordsOf(() => startIngest(options))).toBe(words);
  }
  await new Promise((resolve) => taken.close(resolve));
});
