/** The words of the viewer and of the playback check. */
export const VIEWER_WORDS = {
  viewer: 'What viewers see',
  viewerOff: 'Nothing to watch yet',
  viewerWaiting: 'Waiting for the first picture',
  viewerStalled: 'Waiting for the next picture',
  viewerBlocked: 'Press play to watch',
  viewerUnsupported: 'This browser cannot play HLS by itself',
  playbackOff: 'You are not live',
  playbackNothing: 'Starting for viewers…',
  playbackCatchingUp: 'Catching up for viewers…',
  playbackBefore: 'Playing what you sent before the break',
  playbackWaiting: 'Waiting for the connection',
  playbackDark: 'No picture to check',
  playbackOther: 'This stream is live',
  playbackSeen: 'Viewers see you',
  playbackSeenBehind: 'Viewers see you, {seconds} s behind',
  playbackFrozen: 'Frozen for {time}',
  playbackPaused: 'Paused here. Viewers keep watching',
  playbackPausedOff: 'Paused here',

  saySeen: 'Viewers see you',
  sayFrozen: 'Viewers see a frozen picture',
} as const satisfies Readonly<Record<string, string>>;
