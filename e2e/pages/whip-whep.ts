import { WHIPClient } from 'whip-whep/whip.js';

/** `whip-whep`, as its readme uses it. */
export interface WhipWhep {
  /** Opens camera and microphone, and publishes them. */
  publish(url: string, token?: string): Promise<void>;
  /** Restarts ICE. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** The server's half of the ICE session. */
  readonly remoteUsernameFragment: string | undefined;
}

declare global {
  interface Window {
    whipWhep: WhipWhep;
  }
}

let client: WHIPClient | null = null;
let connection: RTCPeerConnection | null = null;

window.whipWhep = {
  async publish(url, token) {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    for (const track of media.getTracks()) {
      connection.addTransceiver(track, { direction: 'sendonly' });
    }
    client = new WHIPClient();
    await client.publish(connection, url, token);
  },
  async restart() {
    await client?.restart();
  },
  async stop() {
    await client?.stop();
  },
  get remoteUsernameFragment() {
    return /^a=ice-ufrag:(\S+)/m.exec(connection?.remoteDescription?.sdp ?? '')?.[1];
  },
};
