/** The stream that a viewer receives from the ingest. */
export interface Playback {
  readonly stream: MediaStream;
  readonly connection: RTCPeerConnection;
  /** Resolves when there is nothing to see here any more, `close` included. */
  readonly ended: Promise<void>;
  close(): void;
}

interface PlaybackOffer {
  readonly command?: string;
  readonly code?: number;
  readonly error?: string;
  readonly id: number;
  readonly peer_id: number;
  readonly sdp: RTCSessionDescriptionInit;
  readonly candidates?: readonly RTCIceCandidateInit[];
}

/**
 * Watches a stream as OvenMediaEngine's players do: the server offers, the viewer answers.
 * Resolves once connected. Written from the protocol, apart from the code under test.
 */
export async function play(url: string): Promise<Playback> {
  const socket = new WebSocket(url);
  const connection = new RTCPeerConnection();
  const close = () => {
    connection.close();
    socket.close();
  };
  try {
    const stream = await negotiate(socket, connection);
    const ended = new Promise<void>((resolve) => {
      socket.addEventListener('close', () => resolve());
      connection.addEventListener('connectionstatechange', () => {
        if (connection.connectionState === 'failed') resolve();
      });
    });
    return { stream, connection, ended, close };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

async function negotiate(socket: WebSocket, connection: RTCPeerConnection): Promise<MediaStream> {
  const closed = new Promise<never>((_, reject) => {
    socket.addEventListener('close', () => reject(new Error('The playback socket closed.')));
  });
  closed.catch(() => {});
  await Promise.race([new Promise((resolve) => socket.addEventListener('open', resolve)), closed]);
  const answered = new Promise<PlaybackOffer>((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      const message: PlaybackOffer = JSON.parse(String(data));
      if (message.command === 'offer') resolve(message);
      else reject(new Error(`The viewer was refused: ${message.code} ${message.error}`));
    };
    socket.send(JSON.stringify({ command: 'request_offer' }));
  });
  const offer = await Promise.race([answered, closed]);
  const { id, peer_id } = offer;
  const stream = new MediaStream();
  connection.ontrack = ({ track }) => stream.addTrack(track);
  await connection.setRemoteDescription(offer.sdp);
  await connection.setLocalDescription();
  const { localDescription } = connection;
  socket.send(JSON.stringify({ command: 'answer', id, peer_id, sdp: localDescription }));
  for (const candidate of offer.candidates ?? []) await connection.addIceCandidate(candidate);
  const connected = new Promise<void>((resolve, reject) => {
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'connected') resolve();
      if (connection.connectionState === 'failed')
        reject(new Error('The viewer was not connected.'));
    };
  });
  await Promise.race([connected, closed]);
  return stream;
}
