import { RTCPeerConnection, RTCRtpCodecParameters } from 'werift';
import { sequenceDistance } from '../media/media-packet.js';
import { openOmeClient } from './ome-client.js';

/** Somebody who watches, with real ICE, DTLS and SRTP. */
export interface TestViewer {
  readonly packets: { video: number; audio: number };
  /** Sequence numbers of the picture that never came. */
  readonly gaps: number;
  close(): Promise<void>;
}

/** Watches a stream. Rejects with the server's words when it refuses. */
export async function watch(url: string): Promise<TestViewer> {
  const client = await openOmeClient(url);
  const offer = await client.ask({ command: 'request_offer' });
  if (typeof offer['error'] === 'string') {
    await client.close();
    throw new Error(offer['error']);
  }
  const { sdp } = offer['sdp'] as { readonly sdp: string };
  const connection = new RTCPeerConnection({
    iceServers: [],
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    bundlePolicy: 'max-bundle',
    codecs: {
      video: ['H264', 'VP8'].map(
        (name) => new RTCRtpCodecParameters({ mimeType: `video/${name}`, clockRate: 90_000 }),
      ),
      audio: [
        new RTCRtpCodecParameters({ mimeType: 'audio/OPUS', clockRate: 48_000, channels: 2 }),
      ],
    },
  });
  const packets = { video: 0, audio: 0 };
  let last: number | undefined;
  let gaps = 0;
  connection.onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe(({ header }) => {
      if (track.kind === 'audio') packets.audio += 1;
      else {
        packets.video += 1;
        if (last !== undefined) gaps += sequenceDistance(header.sequenceNumber, last) - 1;
        last = header.sequenceNumber;
      }
    });
  });
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  for (const candidate of offer['candidates'] as readonly { readonly candidate: string }[]) {
    await connection.addIceCandidate({ ...candidate, sdpMLineIndex: 0 });
  }
  const answer = connection.localDescription?.sdp ?? '';
  const { id, peer_id } = offer;
  client.send({ command: 'answer', id, peer_id, sdp: { type: 'answer', sdp: answer } });
  return {
    packets,
    get gaps() {
      return gaps;
    },
    async close() {
      await Promise.all([connection.close(), client.close()]);
    },
  };
}
