/** One media segment of a live playlist. */
export interface HlsSegment {
  /** Relative to the playlist. */
  readonly path: string;
  readonly seconds: number;
  /** Epoch ms at which its first picture arrived. */
  readonly startsAt: number;
  /** Its initialisation segment, relative to the playlist. */
  readonly initPath: string;
  /** Timestamps or parameters do not continue those of the segment before. */
  readonly discontinuity: boolean;
}

/** The sliding window of a live playlist (RFC 8216 section 6.2.2). */
export interface HlsWindow {
  readonly segments: readonly HlsSegment[];
  /** Appends one; returns those that fell out. */
  append(segment: HlsSegment): readonly HlsSegment[];
  /** Nothing comes any more. */
  end(): void;
  /** The playlist. `prefix` goes before every path, `query` (with its `?`) behind it. */
  format(prefix: string, query: string): string;
}

/** The entry that a player needs before it begins. */
const LONG_SEGMENTS = 3;

function secondsOf(segments: readonly HlsSegment[]): number {
  // Durations are rounded for the target, so they may be a little short of it.
  return segments.reduce((sum, { seconds }) => sum + Math.ceil(seconds), 0);
}

/** Starts empty, to hold `kept` segments of a second, or as many longer ones as players need. */
export function createHlsWindow(kept: number): HlsWindow {
  const segments: HlsSegment[] = [];
  let mediaSequence = 0;
  let discontinuitySequence = 0;
  let targetSeconds = 1;
  let ended = false;
  return {
    segments,
    append(segment) {
      segments.push(segment);
      // Encoders that space their key frames further apart than we ask for make it grow.
      targetSeconds = Math.max(targetSeconds, Math.round(segment.seconds));
      // Of long segments fewer are kept, but never less than three times the target (section 6.2.2).
      const wanted = targetSeconds > 1 ? Math.min(kept, LONG_SEGMENTS) : kept;
      const removed: HlsSegment[] = [];
      while (segments.length > wanted && secondsOf(segments.slice(1)) >= 3 * targetSeconds) {
        removed.push(...segments.splice(0, 1));
      }
      mediaSequence += removed.length;
      discontinuitySequence += removed.filter(({ discontinuity }) => discontinuity).length;
      return removed;
    },
    end() {
      ended = true;
    },
    format(prefix, query) {
      const lines = [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        `#EXT-X-TARGETDURATION:${targetSeconds}`,
        `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`,
        `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`,
        '#EXT-X-INDEPENDENT-SEGMENTS',
      ];
      let initPath: string | undefined;
      for (const segment of segments) {
        if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
        if (segment.initPath !== initPath) {
          lines.push(`#EXT-X-MAP:URI="${prefix}${segment.initPath}${query}"`);
        }
        initPath = segment.initPath;
        lines.push(
          `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startsAt).toISOString()}`,
          `#EXTINF:${segment.seconds.toFixed(5)},`,
          `${prefix}${segment.path}${query}`,
        );
      }
      if (ended) lines.push('#EXT-X-ENDLIST');
      return `${lines.join('\n')}\n`;
    },
  };
}

/** Paths and durations of the segments in a playlist as a packager writes it. */
export function parseSegments(
  playlist: string,
): readonly { readonly path: string; readonly seconds: number }[] {
  const entries = playlist.matchAll(/^#EXTINF:([\d.]+),.*\n(?:#.*\n)*([^#\n].*)$/gm);
  return [...entries].map(([, seconds = '', path = '']) => ({ path, seconds: Number(seconds) }));
}

/** One way to play a stream, for a multivariant playlist. */
export interface HlsChoice {
  /** Of its media playlist, relative to the multivariant one. */
  readonly path: string;
  readonly bandwidth: number;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly codecs: string;
}

/** A multivariant playlist (RFC 8216 section 4.3.4): players begin with the first choice. */
export function formatMultivariant(choices: readonly HlsChoice[]): string {
  const lines = choices.flatMap(({ path, bandwidth, width, height, codecs }) => {
    const size =
      width === undefined || height === undefined ? '' : `,RESOLUTION=${width}x${height}`;
    return [`#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth}${size},CODECS="${codecs}"`, path];
  });
  return ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS', ...lines, ''].join('\n');
}
