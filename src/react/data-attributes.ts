/**
 * The `data-*` attributes that the parts set for styles and tests to hold on to. They are public:
 * their names and values change only with a major version.
 */
export const DATA_ATTRIBUTES = {
  /** On the root: idle, connecting, live, reconnecting or failed. */
  status: 'data-status',
  /** On the root: where the person stands; the words of `Stage`. */
  stage: 'data-stage',
  /** On every part: what that part shows now; each part documents its words. */
  state: 'data-state',
  /** On the preview: `true` while the picture is mirrored. */
  mirrored: 'data-mirrored',
  /** On the preview: portrait or landscape. */
  orientation: 'data-orientation',
  /** On the statistics: there while their figures are from before an interruption. */
  old: 'data-old',
  /** On the notice: info, warning or problem; on the playback check also good. */
  tone: 'data-tone',
} as const;
