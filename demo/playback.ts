/**
 * Watches a stream over WebRTC, as OvenMediaEngine offers it: the publishing address without
 * `direction`. Tries again once a second until `signal` aborts: there may be nothing to see yet, or
 * a gap, through which the last picture stands as it does with any player.
 */
export async function watchStream(
  publishUrl: string,
  onStream: (stream: MediaStream) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await watchOnce(playbackUrl(publishUrl), onStream, signal);
    await pause(1_000, signal);
  }
}

function playbackUrl(publishUrl: string): string {
  const url = new URL(publishUrl);
  url.searchParams.delete('direction');
  return url.href;
}

/** One viewing, from the first offer to the end of the socket or of the connection. */
function watchOnce(
  url: string,
  onStream: (stream: MediaStream) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const pc = new RTCPeerConnection();
    const end = () => {
      pc.close();
      socket.close();
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    socket.onopen = () => socket.send(JSON.stringify({ command: 'request_offer' }));
    socket.onclose = end;
    socket.onmessage = ({ data }) => {
      void answer(pc, socket, JSON.parse(String(data))).catch(end);
    };
    pc.ontrack = ({ streams: [stream] }) => stream && onStream(stream);
    pc.onconnectionstatechange = () => pc.connectionState === 'failed' && end();
  });
}

interface Offer {
  readonly command?: string;
  readonly id: number;
  readonly peer_id: number;
  readonly sdp: RTCSessionDescriptionInit;
  readonly candidates: readonly RTCIceCandidateInit[];
}

async function answer(pc: RTCPeerConnection, socket: WebSocket, message: Offer): Promise<void> {
  if (message.command !== 'offer') {
    // A refusal carries no command: nobody is publishing yet.
    if (message.command === undefined) throw new Error('There is nothing to watch yet.');
    return;
  }
  const { id, peer_id, sdp, candidates } = message;
  await pc.setRemoteDescription(sdp);
  await pc.setLocalDescription();
  socket.send(JSON.stringify({ command: 'answer', id, peer_id, sdp: pc.localDescription }));
  for (const candidate of candidates) await pc.addIceCandidate(candidate);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
