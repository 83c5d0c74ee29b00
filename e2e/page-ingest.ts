import type { Page } from '@playwright/test';
import type { BroadcasterOptions, Health } from '../src/core/index.js';

/** An ingest that is made in the page itself. */
export interface PageIngest {
  /** The only codec that it takes for the picture; all of its browser's where none is named. */
  readonly videoCodec?: string;
  /** A codec that no browser has stands in for those of these kinds. */
  readonly refuses?: readonly ('video' | 'audio')[];
  /** Its sections, in order, as kinds of media; default video, then audio. */
  readonly sections?: readonly ('video' | 'audio' | 'application')[];
  /** How the offer is written before it is sent: pairs of a pattern and what takes its place. */
  readonly rewrites?: readonly (readonly [pattern: string, replacement: string])[];
}

/** The outcome of going live there. */
export interface PageIngestResult {
  /** `live`, or the code and words of the error. */
  readonly outcome: string;
  readonly sent: { readonly video: string; readonly audio: string } | null;
  /** The kinds that arrived, with the number of frames for a picture. */
  readonly frames: number;
  readonly packets: number;
  readonly health: Health;
  /** The candidates that the broadcaster sent, by the name of their section. */
  readonly candidateMids: readonly string[];
}

/**
 * Goes live from the scripted page of the core against an ingest in the page itself:
 * OvenMediaEngine's signalling in place of the network, and a real connection of the browser behind
 * it, which asks for what no local ingest would. Waits until what was agreed on has arrived.
 */
export function goLiveInPage(
  page: Page,
  ingest: PageIngest = {},
  options: BroadcasterOptions = {},
): Promise<PageIngestResult> {
  return page.evaluate(
    async ({ ingest, options }) => {
      const RealSocket = window.WebSocket;
      // As at a server, each session has a connection of its own.
      const remotes: RTCPeerConnection[] = [];
      let answered: RTCPeerConnection | null = null;
      const candidateMids: string[] = [];

      const offer = async (remote: RTCPeerConnection) => {
        for (const kind of ingest.sections ?? ['video', 'audio']) {
          if (kind === 'application') {
            remote.createDataChannel('x');
            continue;
          }
          const transceiver = remote.addTransceiver(kind, { direction: 'recvonly' });
          if (kind === 'video' && ingest.videoCodec !== undefined) {
            const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
            const only = codecs.filter(({ mimeType }) => mimeType === ingest.videoCodec);
            if (only.length === 0) throw new Error(`This browser has no ${ingest.videoCodec}.`);
            transceiver.setCodecPreferences(only);
          }
        }
        await remote.setLocalDescription();
        while (remote.iceGatheringState !== 'complete') {
          await new Promise((done) => remote.addEventListener('icegatheringstatechange', done));
        }
        const lines = (remote.localDescription?.sdp ?? '').split('\r\n');
        const isCandidate = (line: string) => /^a=(candidate:|end-of-candidates)/.test(line);
        let isRefused = false;
        let sdp = lines
          .filter((line) => !isCandidate(line))
          .flatMap((line) => {
            const kind = /^m=(\w+)/.exec(line)?.[1];
            isRefused =
              kind === undefined ? isRefused : (ingest.refuses as unknown[])?.includes(kind);
            if (!isRefused) return [line];
            if (kind !== undefined) {
              return [line.replace(/SAVPF .*/, 'SAVPF 127'), 'a=rtpmap:127 NONESUCH/8000'];
            }
            return /^a=(rtpmap|fmtp|rtcp-fb):/.test(line) ? [] : [line];
          })
          .join('\r\n');
        for (const [pattern, replacement] of ingest.rewrites ?? []) {
          sdp = sdp.replace(new RegExp(pattern, 'gm'), replacement);
        }
        // As OvenMediaEngine says it: all for the first section, whatever becomes of that.
        const candidates = lines
          .filter((line) => line.startsWith('a=candidate:'))
          .map((line) => ({ candidate: line.slice(2), sdpMLineIndex: 0 }));
        return { sdp, candidates };
      };

      class PageSocket extends EventTarget {
        static readonly OPEN = 1;
        readyState = 0;
        readonly remote = new RTCPeerConnection();
        constructor() {
          super();
          remotes.push(this.remote);
          setTimeout(() => {
            this.readyState = 1;
            this.dispatchEvent(new Event('open'));
          });
        }
        async send(text: string) {
          const { command, sdp, candidates } = JSON.parse(text);
          if (command === 'request_offer') {
            const made = await offer(this.remote);
            const message = {
              command: 'offer',
              id: 7,
              peer_id: 0,
              code: 200,
              sdp: { type: 'offer', sdp: made.sdp },
              candidates: made.candidates,
            };
            this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
          }
          if (command === 'answer') {
            answered = this.remote;
            await this.remote.setRemoteDescription(sdp).catch(() => {});
          }
          if (command === 'candidate') {
            for (const { candidate, sdpMid, sdpMLineIndex } of candidates) {
              candidateMids.push(String(sdpMid));
              this.remote.addIceCandidate({ candidate, sdpMid, sdpMLineIndex }).catch(() => {});
            }
          }
        }
        close() {
          this.readyState = 3;
          this.remote.close();
          setTimeout(() => this.dispatchEvent(new Event('close')));
        }
      }

      const received = async () => {
        let frames = 0;
        let packets = 0;
        const report = await answered?.getStats();
        for (const one of report?.values() ?? []) {
          if (one.type !== 'inbound-rtp') continue;
          packets += one.packetsReceived;
          if (one.kind === 'video') frames += one.framesDecoded ?? 0;
        }
        return { frames, packets };
      };

      window.WebSocket = PageSocket as unknown as typeof WebSocket;
      try {
        window.kit.create({ serverUrl: 'ws://127.0.0.1:9/app/key', ...options });
        const broadcaster = window.kit.get();
        const outcome = await broadcaster.start().then(
          () => 'live',
          ({ code, message }) => `${code}: ${message}`,
        );
        const { connection } = broadcaster.getSnapshot();
        const sent = connection.status === 'live' ? connection.sent : null;
        const hasArrived = ({ frames, packets }: { frames: number; packets: number }) =>
          outcome !== 'live' || (sent?.video === 'taken' ? frames > 20 : packets > 20);
        let seen = await received();
        // However busy the machine: only the test's own time is up at some point.
        while (!hasArrived(seen)) {
          await new Promise((done) => setTimeout(done, 200));
          seen = await received();
        }
        return { outcome, sent, ...seen, health: window.kit.health(), candidateMids };
      } finally {
        await window.kit.get().release();
        for (const remote of remotes) remote.close();
        window.WebSocket = RealSocket;
      }
    },
    { ingest, options },
  );
}
