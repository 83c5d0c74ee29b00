/** The part of `ovenlivekit` that the benchmark uses; the package ships no types. */
declare module 'ovenlivekit' {
  interface OvenLiveKit {
    readonly peerConnection: RTCPeerConnection | null;
    setMediaStream(stream: MediaStream): Promise<MediaStream>;
    startStreaming(url: string): void;
    stopStreaming(): void;
    remove(): void;
  }
  const ovenLiveKit: { create(options?: object): OvenLiveKit };
  export default ovenLiveKit;
}
