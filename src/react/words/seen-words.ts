/** The words that an announcement shares with the viewer and the playback check. */
export const SEEN_WORDS = {
  saySeen: 'Viewers see you',
} as const satisfies Readonly<Record<string, string>>;
