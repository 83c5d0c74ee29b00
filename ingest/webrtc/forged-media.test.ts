import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classes, Message, methods } from 'werift';
import { type Ingest, startIngest } from '../index.js';
import { makeClip } from '../testing/test-clips.js';
import { publish, type TestPublisher } from '../testing/test-publisher.js';
import { waitUntil } from '../testing/wait-until.js';

/** A DTLS 1.2 record that nobody signed. */
function record(type: number, epoch: number, body: readonly number[]): Buffer {
  const header = Buffer.from([type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 0, 0, body.length]);
  return Buffer.concat([header, Buffer.from(body)]);
}

const CLOSE_NOTIFY = record(21, 0, [1, 0]);
const FATAL_ALERT = record(21, 0, [2, 40]);
const CLIENT_HELLO = record(22, 0, [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0xfe, 0xfd]);
const BAD_CHANGE = record(20, 0, [1]);

/** A connectivity check that asks to be taken for the publisher, with somebody's signature or none. */
function check(signature: string | null): Buffer {
  const message = new Message(methods.BINDING, classes.REQUEST, Buffer.alloc(12, 7));
  message.setAttribute('USERNAME', 'nobody:nobody');
  message.setAttribute('PRIORITY', 1);
  message.setAttribute('USE-CANDIDATE', null);
  if (signature !== null) message.addMessageIntegrity(Buffer.from(signature));
  return message.addFingerprint().bytes;
}

describe('somebody who sends to the port of a broadcast', () => {
  let ingest: Ingest;
  let publisher: TestPublisher;
  let key: string;
  beforeAll(async () => {
    ingest = await startIngest();
    const stream = ingest.openStream();
    key = stream.stream_key;
    publisher = await publish(stream.server_urls.webrtc, await makeClip('VP8'));
    await waitUntil(() => (ingest.inspect(key)?.keyFrames ?? 0) > 0, 'a key frame arrives');
  });
  afterAll(async () => {
    await publisher.close();
    await ingest.close();
  });

  const goesOn = async () => {
    const { packets = 0, sessions } = ingest.inspect(key) ?? {};
    await waitUntil(() => (ingest.inspect(key)?.packets ?? 0) > packets + 50, 'media goes on');
    expect(ingest.inspect(key)).toMatchObject({ publishing: true, connected: true, sessions });
    expect(publisher.connectionState).toBe('connected');
  };

  it.each([
    ['a close_notify', CLOSE_NOTIFY],
    ['a fatal alert', FATAL_ALERT],
    ['a ClientHello', CLIENT_HELLO],
    ['a check that is not signed', check(null)],
    ['a check that is signed with another password', check('another')],
    ['nothing', Buffer.alloc(0)],
    ['a broken record', CLOSE_NOTIFY.subarray(0, 9)],
    ['noise', Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 37) & 255))],
  ])('does not disturb it with %s from another address', async (_, datagram) => {
    const socket = createSocket('udp4');
    const send = (bytes: Buffer) =>
      new Promise((sent) => socket.send(bytes, publisher.mediaPort, '127.0.0.1', sent));
    // Several times, and the session's end right behind what might have opened the door to it.
    for (let times = 0; times < 5; times += 1) {
      await send(datagram);
      await send(CLOSE_NOTIFY);
    }
    socket.close();
    await goesOn();
  });

  it.each([
    ['a close_notify', CLOSE_NOTIFY],
    ['a fatal alert', FATAL_ALERT],
    ['a ClientHello', CLIENT_HELLO],
    ['an alert behind a harmless record', Buffer.concat([BAD_CHANGE, CLOSE_NOTIFY])],
  ])('does not disturb it with %s under its own address', async (_, datagram) => {
    for (let times = 0; times < 5; times += 1) await publisher.sendDatagram(datagram);
    await goesOn();
  });
});
