import { generate } from 'selfsigned';

const made = await generate([{ name: 'commonName', value: 'Test' }], {
  keyType: 'ec',
  algorithm: 'sha256',
  extensions: [
    { name: 'basicConstraints', cA: false },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
  ],
});

/** A certificate for loopback, and its key, made anew by each process that tests with it. */
export const SERVER_CERTIFICATE = { key: made.private, cert: made.cert };
