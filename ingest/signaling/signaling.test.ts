import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ingest, startIngest } from '../index.js';
import { type OmeClient, openOmeClient, type Reply } from '../testing/ome-client.js';
import { waitUntil } from '../testing/wait-until.js';

/** One step of a conversation recorded with the real server. */
interface Step {
  readonly send?: Reply;
  readonly sendText?: string;
  readonly receive?: Reply;
  readonly close?: boolean;
  readonly closed?: { readonly code: number };
}

interface Conversation {
  readonly name: string;
  readonly note: string;
  readonly sockets: readonly { readonly path: string; readonly steps: readonly Step[] }[];
}

const folder = new URL('./ome-conversations/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const conversations: readonly Conversation[] = readdirSync(folder)
  .filter((name) => /^\d/.test(name) && !name.startsWith('14'))
  .map(read);
const turn = {
  urls: ['turn:<address>:3478?transport=tcp'],
  username: 'ome',
  credential: 'airen',
};

let ingest: Ingest;
beforeEach(async () => {
  ingest = await startIngest({ iceServers: [turn] });
});
afterEach(() => ingest.close());

const urlOf = (path: string, key: string) =>
  `${ingest.webSocketUrl}${path.replace('<app>', 'qlive').replace('<key>', key)}`;
const publishUrl = (key: string) => urlOf('/<app>/<key>?direction=send', key);
const idOf = (client: OmeClient) =>
  client.received.findLast(({ command }) => command === 'offer')?.['id'];

/** The recorded browser's answer, fitted to the mids of our offer. */
function answerTo(client: OmeClient): string {
  const offer = client.received.findLast(({ command }) => command === 'offer') ?? {};
  const { sdp } = offer['sdp'] as { readonly sdp: string };
  const mids = [...sdp.matchAll(/^a=mid:(\S+)/gm)].map(([, mid = '']) => mid);
  const recorded: string = read('answer.json').sdp.join('\r\n');
  return recorded.replaceAll('aF9Gcd', mids[0] ?? '').replaceAll('cjAGIM', mids[1] ?? '');
}

function fill(message: Reply, client: OmeClient): Reply {
  const id = idOf(client);
  const ids: Readonly<Record<string, unknown>> = { '<id>': id, '<another id>': Number(id) + 1 };
  const sdp = message['sdp'] as { type?: unknown; sdp?: unknown } | undefined;
  return {
    ...message,
    ...('id' in message ? { id: ids[String(message['id'])] ?? message['id'] } : {}),
    ...(sdp?.sdp === '<answer>' ? { sdp: { type: sdp.type, sdp: answerTo(client) } } : {}),
  };
}

/** The messages that came, with everything random named. */
function shape(message: Reply): Reply {
  if (message['command'] !== 'offer') return message;
  const candidates = message['candidates'] as readonly { candidate: string }[];
  return {
    ...message,
    id: Number(message['id']) > 0 ? '<id>' : message['id'],
    sdp: { type: 'offer' },
    candidates: candidates.map(({ candidate }) =>
      candidate.replace(
        /^candidate:\d{10} 1 UDP 50 127\.0\.0\.1 \d+ typ host$/,
        '<udp host candidate>',
      ),
    ),
  };
}

describe('conversations recorded with OvenMediaEngine go the same way here', () => {
  it.each(conversations)('$name: $note', async ({ sockets }) => {
    for (const { path, steps } of sockets) {
      const { stream_key } = ingest.openStream();
      const client = await openOmeClient(urlOf(path, stream_key));
      const expected = steps.flatMap(({ receive }) => receive ?? []);
      let heard = 0;
      for (const step of steps) {
        if (step.send !== undefined) client.send(fill(step.send, client));
        if (step.sendText !== undefined) client.send(step.sendText);
        if (step.receive !== undefined) {
          heard += 1;
          await waitUntil(() => client.received.length >= heard, `reply ${heard} comes`);
        }
        if (step.close === true) await client.close();
      }
      expect(client.received.map(shape)).toEqual(expected);
      if (client.closeCode !== undefined) expect(client.closeCode).toBe(1006);
    }
  });

  it('offers in the same words, with RTX, REMB and ICE-lite on top', async () => {
    const client = await openOmeClient(publishUrl(ingest.openStream().stream_key));
    const { sdp } = (await client.ask({ command: 'request_offer' }))['sdp'] as { sdp: string };
    const anonymous = (line: string) =>
      line
        .replace(
          /^(a=(?:group:\w+|mid|msid|msid-semantic|fingerprint|ice-ufrag|ice-pwd):?).*/,
          '$1',
        )
        .replace(/^o=OvenMediaEngine \d+/, 'o=OvenMediaEngine');
    const ours = new Set(sdp.split('\r\n').map(anonymous));
    const theirs: readonly string[] = read('offer.json').sdp.map(anonymous);
    const missing = theirs.filter(
      (line) => !ours.has(line) && !/transport-cc|transport-wide/.test(line),
    );
    expect(missing).toEqual(['m=video 9 UDP/TLS/RTP/SAVPF 100 101']);
    expect([...ours].filter((line) => !theirs.includes(line))).toEqual([
      'a=ice-lite',
      'm=video 9 UDP/TLS/RTP/SAVPF 100 101 103 104',
      'a=rtcp-fb:100 goog-remb',
      'a=rtcp-fb:100 nack',
      'a=rtpmap:103 rtx/90000',
      'a=fmtp:103 apt=100',
      'a=rtcp-fb:101 goog-remb',
      'a=rtcp-fb:101 nack',
      'a=rtpmap:104 rtx/90000',
      'a=fmtp:104 apt=101',
    ]);
  });
});

describe('who holds the name', () => {
  async function occupy(key: string): Promise<OmeClient> {
    const client = await openOmeClient(publishUrl(key));
    await client.ask({ command: 'request_offer' });
    client.send({
      command: 'answer',
      id: idOf(client),
      peer_id: 0,
      sdp: { type: 'answer', sdp: answerTo(client) },
    });
    await waitUntil(() => ingest.inspect(key)?.publishing === true, 'the name is taken');
    return client;
  }

  it('refuses a second broadcaster and leaves the first alone', async () => {
    const { stream_key } = ingest.openStream();
    const first = await occupy(stream_key);
    const second = await openOmeClient(publishUrl(stream_key));
    expect(await second.ask({ command: 'request_offer' })).toEqual({
      code: 404,
      error: 'Cannot create offer',
    });
    await second.close();
    expect(ingest.inspect(stream_key)).toMatchObject({ publishing: true, sessions: 1 });
    await first.close();
    await waitUntil(() => ingest.inspect(stream_key)?.publishing === false, 'the name is free');
  });

  it('lets a refused answer stop the winner when its socket ends, as the real server does', async () => {
    const { stream_key } = ingest.openStream();
    const loser = await openOmeClient(publishUrl(stream_key));
    await loser.ask({ command: 'request_offer' });
    const winner = await occupy(stream_key);
    const answer = { type: 'answer', sdp: answerTo(loser) };
    const reply = await loser.ask({ command: 'answer', id: idOf(loser), peer_id: 0, sdp: answer });
    expect(reply).toEqual({ code: 403, error: 'Forbidden' });
    expect(ingest.inspect(stream_key)?.publishing).toBe(true);
    await loser.close();
    await waitUntil(
      () => ingest.inspect(stream_key)?.publishing === false,
      'the winner is stopped',
    );
    expect(winner.isOpen).toBe(true);
    expect(winner.received).toHaveLength(1);
  });

  it('answers a probe on a live session and harms nothing', async () => {
    const { stream_key } = ingest.openStream();
    const client = await occupy(stream_key);
    expect(await client.ask({ command: 'hello', id: idOf(client) })).toEqual({
      code: 400,
      error: 'Unknown command: hello',
    });
    expect(ingest.inspect(stream_key)?.publishing).toBe(true);
  });

  it('frees the name at once on stop, and says so when there was nothing to stop', async () => {
    const { stream_key } = ingest.openStream();
    const client = await occupy(stream_key);
    client.send({ command: 'stop', id: idOf(client), peer_id: 0 });
    await waitUntil(() => ingest.inspect(stream_key)?.publishing === false, 'the name is free');
    expect(client.isOpen).toBe(true);
  });

  it('knows no stream that was not started, or was stopped', async () => {
    const created = ingest.createStream();
    const client = await openOmeClient(publishUrl(created.stream_key));
    const refused = { code: 404, error: 'Cannot create offer' };
    expect(await client.ask({ command: 'request_offer' })).toEqual(refused);
    ingest.startStream(created.id);
    expect(await client.ask({ command: 'request_offer' })).toMatchObject({ command: 'offer' });
    ingest.stopStream(created.id);
    expect(await client.ask({ command: 'request_offer' })).toEqual(refused);
  });

  it('cuts the publisher when its stream is stopped', async () => {
    const { id, stream_key } = ingest.openStream();
    const client = await occupy(stream_key);
    ingest.stopStream(id);
    await waitUntil(() => client.closeCode !== undefined, 'the socket is cut');
    expect(client.closeCode).toBe(1006);
    expect(ingest.getStream(id)).toMatchObject({ status: 'stopped', server_urls: {} });
  });
});

describe('faults of signalling', () => {
  const ask = async (key: string) =>
    (await openOmeClient(publishUrl(key))).ask({ command: 'request_offer' });

  it('refuses so many times, then offers', async () => {
    const { stream_key } = ingest.openStream();
    ingest.setFault({ kind: 'not-found', count: 2 }, stream_key);
    const codes = [await ask(stream_key), await ask(stream_key), await ask(stream_key)];
    expect(codes.map(({ code }) => code)).toEqual([404, 404, 200]);
  });

  it('offers late, or never', async () => {
    const { stream_key } = ingest.openStream();
    ingest.setFault({ kind: 'slow-offer', delayMs: 50 }, stream_key);
    expect(await ask(stream_key)).toMatchObject({ command: 'offer' });
    ingest.setFault({ kind: 'no-offer' });
    const other = await openOmeClient(publishUrl(ingest.openStream().stream_key));
    other.send({ command: 'request_offer' });
    expect(await other.ask({ command: 'hello' })).toMatchObject({ error: 'Invalid ID' });
  });

  it('spells the lists of ICE servers in every way', async () => {
    const { stream_key } = ingest.openStream();
    ingest.setFault({ kind: 'user-name-only' }, stream_key);
    expect(Object.keys(await ask(stream_key))).not.toContain('iceServers');
    ingest.setFault({ kind: 'empty-ice-servers' }, stream_key);
    expect(await ask(stream_key)).toMatchObject({ iceServers: [], ice_servers: [] });
  });

  it('can end the socket after an error', async () => {
    const strict = await startIngest({ closeOnError: true });
    const client = await openOmeClient(`${strict.webSocketUrl}/qlive/nobody?direction=send`);
    await client.ask({ command: 'request_offer' });
    await waitUntil(() => client.closeCode === 1006, 'the socket is cut');
    await strict.close();
  });
});

describe('an offer of generation 0.21', () => {
  it.each([
    ['', ['UDP', 'TCP'], false],
    ['udptcp', ['UDP', 'TCP'], false],
    ['UDPTCP', ['UDP', 'TCP'], false],
    ['udp', ['UDP'], false],
    ['tcp', ['TCP'], false],
    ['relay', ['dummy'], true],
    ['all', ['UDP', 'TCP'], true],
  ] as const)('to "%s" has candidates of %j', async (transport, kinds, hasServers) => {
    await ingest.close();
    ingest = await startIngest({ iceServers: [turn], generation: '0.21' });
    const { stream_key } = ingest.openStream();
    const query = transport === '' ? '' : `&transport=${transport}`;
    const client = await openOmeClient(`${publishUrl(stream_key)}${query}`);
    const offer = await client.ask({ command: 'request_offer' });
    const texts = (offer['candidates'] as readonly { readonly candidate: string }[]).map(
      ({ candidate }) => candidate,
    );
    const kindOf = (text: string) => {
      if (text.includes('100.127.255.254')) return 'dummy';
      return / tcptype passive$/.test(text) ? 'TCP' : 'UDP';
    };
    expect(new Set(texts.map(kindOf))).toEqual(new Set(kinds));
    expect('ice_servers' in offer).toBe(hasServers);
    expect('iceServers' in offer).toBe(hasServers);
    await client.close();
  });
});

describe('origins', () => {
  it('serves pages on loopback and programs, and nobody else', async () => {
    const { stream_key } = ingest.openStream();
    const url = publishUrl(stream_key);
    await openOmeClient(url, 'http://localhost:5173');
    await expect(openOmeClient(url, 'https://example.com')).rejects.toThrow('403');
  });
});
