/** The part of OvenPlayer that the tests use; the package brings no types. */
declare module 'ovenplayer' {
  const OvenPlayer: {
    create(
      elementId: string,
      options: {
        readonly autoStart: boolean;
        readonly mute: boolean;
        readonly sources: readonly {
          readonly label: string;
          readonly type: 'webrtc';
          readonly file: string;
        }[];
      },
    ): unknown;
  };
  // biome-ignore lint/style/noDefaultExport: the package exports it so.
  export default OvenPlayer;
}
