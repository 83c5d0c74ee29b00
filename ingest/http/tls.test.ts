import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Ingest, type IngestOptions, startIngest } from '../index.js';
import { SERVER_CERTIFICATE } from '../testing/server-certificate.js';

let folder: string;
let ingest: Ingest | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingest-tls-'));
});
afterEach(async () => {
  await ingest?.close();
  ingest = undefined;
  await rm(folder, { recursive: true });
});

async function start(options: IngestOptions): Promise<Ingest> {
  await ingest?.close();
  ingest = await startIngest(options);
  return ingest;
}

/** The certificate that is served, checked as a client that trusts it alone would. */
function served(url: string, ca: string, servername?: string): Promise<PeerCertificate> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), ca, ...(servername && { servername }) });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

const certOf = (inFolder: string) => readFile(join(inFolder, 'certificate', 'cert.pem'), 'utf8');

describe('TLS with a certificate of its own', () => {
  it('is good for this machine, and kept from one start to the next', async () => {
    const first = await start({ tls: true, directory: folder });
    expect(first.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(first.webSocketUrl).toMatch(/^wss:\/\/127\.0\.0\.1:\d+$/);
    const cert = await certOf(folder);
    const { fingerprint256 } = await served(first.url, cert);
    await served(first.url, cert, 'localhost');
    const again = await start({ tls: true, directory: folder });
    expect((await served(again.url, cert)).fingerprint256).toBe(fingerprint256);
    const { mode } = await stat(join(folder, 'certificate', 'key.pem'));
    expect(mode & 0o077).toBe(0);
    const certificate = new X509Certificate(cert);
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
    expect(days).toBeLessThanOrEqual(398);
  });

  it.each([
    ['no certificate any more', { 'cert.pem': 'nonsense' }],
    ['a key that is not its own', { 'key.pem': SERVER_CERTIFICATE.key }],
    [
      'one that is not good for localhost',
      { 'cert.pem': SERVER_CERTIFICATE.cert, 'key.pem': SERVER_CERTIFICATE.key },
    ],
  ])('is made anew where there is %s', async (_, files) => {
    await start({ tls: true, directory: folder });
    await ingest?.close();
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, 'certificate', name), text);
    }
    const { url } = await start({ tls: true, directory: folder });
    await served(url, await certOf(folder), 'localhost');
  });

  it('names an address that was added since', async () => {
    await start({ tls: true, directory: folder });
    const { url } = await start({
      tls: true,
      directory: folder,
      allowedHosts: ['ingest.test'],
    });
    await served(url, await certOf(folder), 'ingest.test');
  });
});

describe('TLS with a certificate that is given', () => {
  const ca = SERVER_CERTIFICATE.cert;

  it('serves the Live API, signalling and addresses over it', async () => {
    const { url } = await start({ tls: SERVER_CERTIFICATE });
    const status = await new Promise((resolve, reject) => {
      get(`${url}/ingest/streams`, { ca }, ({ statusCode }) => resolve(statusCode)).on(
        'error',
        reject,
      );
    });
    expect(status).toBe(200);
    const { server_urls, playback_urls } = (ingest as Ingest).openStream();
    expect(server_urls.webrtc).toMatch(/^wss:/);
    expect(playback_urls[0]).toMatch(/^https:/);
    const socket = new WebSocket(`${server_urls.webrtc}?direction=send`, { ca });
    const offer = await new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(JSON.stringify({ command: 'request_offer' })));
      socket.on('message', (data) => resolve(JSON.parse(String(data))));
    });
    expect(offer).toMatchObject({ command: 'offer', code: 200 });
    socket.terminate();
  });

  it('speaks nothing else on its port', async () => {
    const { url } = await start({ tls: SERVER_CERTIFICATE });
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
  });

  it.each([
    ['a key of another', { key: 'nonsense', cert: SERVER_CERTIFICATE.cert }],
    ['nothing in it', { key: '', cert: '' }],
  ])('is refused with %s', async (_, tls) => {
    await expect(startIngest({ tls })).rejects.toThrow(RangeError);
  });
});
