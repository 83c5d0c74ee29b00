const SOURCES = ['original', 'transcoded', 'auto'] as const;
const RESOLUTIONS = ['highest', 'lowest', '240p', '480p', '720p', '1080p', '1440p', '4k'] as const;
const FORMATS = ['mp4', 'ts'] as const;

/** What a stream should be recorded to. The ingest keeps it and uploads nothing. */
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

/** Reads a `dvr` object and fills in the defaults. Throws a `RangeError` that says what is wrong. */
export function parseDvrSettings(value: unknown): DvrSettings {
  const given = parseFields('dvr', value);
  const { enabled, max_file_duration: duration } = given;
  if (enabled !== 0 && enabled !== 1) throw new RangeError('"dvr.enabled" is 0 or 1.');
  if (duration !== undefined && !(typeof duration === 'number' && duration > 0)) {
    throw new RangeError('"dvr.max_file_duration" is a number of seconds above 0.');
  }
  const destination = given['destination'];
  if (enabled === 1 && destination === undefined) {
    throw new RangeError('"dvr.destination" is missing: say where recordings go.');
  }
  return {
    enabled,
    ...(destination === undefined ? {} : { destination: parseDestination(destination) }),
    stream_source: oneOf('dvr.stream_source', given['stream_source'] ?? 'auto', SOURCES),
    resolution: oneOf('dvr.resolution', given['resolution'] ?? 'highest', RESOLUTIONS),
    format: oneOf('dvr.format', given['format'] ?? 'mp4', FORMATS),
    ...(duration === undefined ? {} : { max_file_duration: duration }),
  };
}

function parseDestination(value: unknown) {
  const { url, key, secret, permissions } = parseFields('dvr.destination', value);
  if (typeof url !== 'string' || !/^s3:\/\/[^/\s]+\/[^/\s]+/.test(url)) {
    throw new RangeError('"dvr.destination.url" looks like s3://<endpoint>/<bucket>/<path>.');
  }
  for (const [name, text] of Object.entries({ key, secret, permissions })) {
    if (text === undefined || (typeof text === 'string' && text.length <= 1024)) continue;
    throw new RangeError(`"dvr.destination.${name}" is a text.`);
  }
  return {
    url,
    ...(typeof key === 'string' ? { key } : {}),
    ...(typeof permissions === 'string' ? { permissions } : {}),
  };
}

/** The fields of an object in JSON. Throws a `RangeError` that names it if it is something else. */
export function parseFields(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new RangeError(`"${name}" is a JSON object.`);
}

/** One of these words. Throws a `RangeError` that lists them. */
export function oneOf<T extends string>(name: string, value: unknown, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new RangeError(`"${name}" is one of: ${words.join(', ')}.`);
}
