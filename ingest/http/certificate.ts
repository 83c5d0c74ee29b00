import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { TlsCredentials } from '../options/options.js';

const DAY_MS = 86_400_000;
/** Browsers refuse certificates of more than 398 days (CA/Browser Forum baseline requirement 6.3.2). */
const LIFETIME_MS = 365 * DAY_MS;

/**
 * The certificate to serve TLS with: the one given, or one of its own that is made once and kept, so
 * that a person who trusted it once need not do it again. `undefined` without TLS. `names` are the
 * addresses that it has to be good for. Rejects when the one given cannot be used.
 */
export async function tlsCredentials(
  {
    tls,
    directory,
  }: { readonly tls: boolean | TlsCredentials; readonly directory: string | undefined },
  names: readonly string[],
): Promise<TlsCredentials | undefined> {
  if (tls === false) return undefined;
  if (tls !== true) return usable(tls);
  const folder = join(directory ?? join(homedir(), '.webrtc-broadcaster'), 'certificate');
  const kept = await readCertificate(folder);
  if (kept !== undefined && isGood(kept, names)) return kept;
  const made = await makeCertificate(names);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'key.pem'), made.key, { mode: 0o600 });
  await writeFile(join(folder, 'cert.pem'), made.cert);
  return made;
}

function usable(given: TlsCredentials): TlsCredentials {
  if (matches(given)) return given;
  throw new RangeError('tls is true, or a certificate and the private key that belongs to it.');
}

async function readCertificate(folder: string): Promise<TlsCredentials | undefined> {
  try {
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    const [key, cert] = await Promise.all([read('key.pem'), read('cert.pem')]);
    return { key, cert };
  } catch {
    return undefined;
  }
}

function isGood({ key, cert }: TlsCredentials, names: readonly string[]): boolean {
  if (!matches({ key, cert })) return false;
  const certificate = new X509Certificate(cert);
  const isNamed = (name: string) =>
    isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  const lastsUntil = Date.parse(certificate.validTo);
  return lastsUntil > Date.now() + DAY_MS && names.every((name) => isNamed(name) !== undefined);
}

function matches({ key, cert }: TlsCredentials): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function makeCertificate(names: readonly string[]): Promise<TlsCredentials> {
  const now = Date.now();
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Local ingest' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // A machine whose clock is a little behind must not refuse it.
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now - DAY_MS + LIFETIME_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) =>
          isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name },
        ),
      },
    ],
  });
  return { key, cert };
}
