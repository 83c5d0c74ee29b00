/** What a viewer receives from the ingest. */
export interface Playback {
  readonly stream: MediaStream;
  readonly connection: RTCPeerConnection;
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
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('The playback socket failed.'));
  });
  const offer = await new Promise<PlaybackOffer>((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      const message: PlaybackOffer = JSON.parse(String(data));
      if (message.command === 'offer') resolve(message);
      else reject(new Error(`The viewer was refused: ${message.code} ${message.error}`));
    };
    socket.send(JSON.stringify({ command: 'request_offer' }));
  });
  const { id, peer_id } = offer;
  const connection = new RTCPeerConnection();
  const stream = new MediaStream();
  connection.ontrack = ({ track }) => stream.addTrack(track);
  await connection.setRemoteDescription(offer.sdp);
  await connection.setLocalDescription();
  const { localDescription } = connection;
  socket.send(JSON.stringify({ command: 'answer', id, peer_id, sdp: localDescription }));
  for (const candidate of offer.candidates ?? []) await connection.addIceCandidate(candidate);
  await new Promise<void>((resolve, reject) => {
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'connected') resolve();
      if (connection.connectionState === 'failed')
        reject(new Error('The viewer was not connected.'));
    };
  });
  return {
    stream,
    connection,
    close() {
      connection.close();
      socket.close();
    },
  };
}
