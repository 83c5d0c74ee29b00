import * as z from 'zod';
import { objectOf, oneOf } from '../validation/read-as.js';

const SOURCES = ['original', 'transcoded', 'auto'] as const;
const RESOLUTIONS = ['highest', 'lowest', '240p', '480p', '720p', '1080p', '1440p', '4k'] as const;
const FORMATS = ['mp4', 'ts'] as const;

/** The target of a recording. The ingest keeps it and uploads nothing. */
export interface DvrSettings {
  readonly enabled: 0 | 1;
  /** The secret of a destination is checked and forgotten, for it would be used for nothing. */
  readonly destination?: {
    readonly url: string;
    readonly key?: string;
    readonly permissions?: string;
  };
  readonly stream_source: (typeof SOURCES)[number];
  readonly resolution: (typeof RESOLUTIONS)[number];
  readonly format: (typeof FORMATS)[number];
  readonly max_file_duration?: number;
}

const text = (name: string) => {
  const words = `"dvr.destination.${name}" is a text.`;
  return z.string(words).max(1024, words).exactOptional();
};
const URL_WORDS = '"dvr.destination.url" looks like s3://<endpoint>/<bucket>/<path>.';
const DURATION_WORDS = '"dvr.max_file_duration" is a number of seconds above 0.';

/** A `dvr` object, with the defaults filled in. */
export const DVR_SETTINGS: z.ZodType<DvrSettings> = objectOf('dvr', {
  enabled: z.literal([0, 1], '"dvr.enabled" is 0 or 1.'),
  destination: objectOf('dvr.destination', {
    url: z.string(URL_WORDS).regex(/^s3:\/\/[^/\s]+\/[^/\s]+/, URL_WORDS),
    key: text('key'),
    secret: text('secret'),
    permissions: text('permissions'),
  })
    .transform(({ secret: _, ...kept }) => kept)
    .exactOptional(),
  stream_source: oneOf('dvr.stream_source', SOURCES)
    .nullish()
    .transform((word) => word ?? 'auto'),
  resolution: oneOf('dvr.resolution', RESOLUTIONS)
    .nullish()
    .transform((word) => word ?? 'highest'),
  format: oneOf('dvr.format', FORMATS)
    .nullish()
    .transform((word) => word ?? 'mp4'),
  max_file_duration: z.number(DURATION_WORDS).positive(DURATION_WORDS).exactOptional(),
}).refine(({ enabled, destination }) => enabled === 0 || destination !== undefined, {
  error: '"dvr.destination" is missing: say where recordings go.',
});
