// Everything that the code in the README and in docs/ expects of the app that it is copied into.
declare const stream: { server_urls: { webrtc: string }; stream_key: string };
declare const startedAt: number;
declare const status: 'waiting' | 'live' | 'idle' | 'stopped';
declare const response: Response;
declare const serverUrl: string;
declare const streamKey: string;
declare const client: import('webrtc-broadcaster/qencode').LiveClient;
declare const handler: import('webrtc-broadcaster/qencode').SessionHandler;
declare const logger: { warn(error: unknown): void };
declare const database: {
  knows(id: string): Promise<boolean>;
  setStatus(id: string, status: string): Promise<void>;
  streamIdOf(caller: string): Promise<string>;
};
declare function whoIs(request: Request): Promise<{ caller: string } | null>;
declare function userOfCookie(
  cookie: string | null,
): Promise<{ id: string; mayBroadcast: boolean } | null>;
declare function render(state: import('webrtc-broadcaster/core').BroadcasterState): void;
declare const app: {
  post(
    path: string,
    listener: (context: {
      req: { json(): Promise<unknown> };
      body(text: null, status: number): Response;
    }) => Promise<Response>,
  ): void;
  post(
    path: string,
    listener: (
      request: import('node:http').IncomingMessage,
      response: import('node:http').ServerResponse,
    ) => void,
  ): void;
};
declare function startGame(size: {
  width: number;
  height: number;
}): Promise<{ readonly canvas: HTMLCanvasElement; stop(): void }>;
declare const props: import('webrtc-broadcaster').WebRTCBroadcasterProps;
declare const effect: 'grey' | 'sepia';
declare const grey: (track: MediaStreamTrack) => Promise<MediaStreamTrack>;
declare const sepia: (track: MediaStreamTrack) => Promise<MediaStreamTrack>;
