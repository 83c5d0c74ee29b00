import { readFileSync } from 'node:fs';

const ingest = JSON.parse(readFileSync(new URL('ingest/package.json', import.meta.url), 'utf8'));

/**
 * What each room of the ingest may import, besides itself. They stand in the order in which they
 * build on each other, and each imports only rooms that stand before it.
 */
const ingestMayImport = {
  options: [],
  media: [],
  validation: [],
  faults: ['validation'],
  http: ['options'],
  transcoding: ['media'],
  streams: ['faults', 'media', 'validation'],
  webhooks: ['streams'],
  store: ['streams', 'validation', 'webhooks'],
  webrtc: ['faults', 'options', 'media', 'streams'],
  context: ['faults', 'options', 'streams', 'webrtc'],
  recording: ['context', 'media', 'streams'],
  encoders: ['context', 'media', 'streams', 'transcoding'],
  signaling: ['context', 'faults', 'options', 'streams', 'webrtc'],
  whip: ['context', 'faults', 'http', 'options', 'signaling', 'streams', 'webrtc'],
  playback: ['context', 'media', 'signaling', 'streams', 'webrtc'],
  hls: ['context', 'http', 'media', 'playback', 'streams', 'transcoding'],
  page: ['http', 'streams'],
  'live-api': ['context', 'http', 'playback', 'streams', 'validation'],
  'control-api': ['context', 'encoders', 'faults', 'http', 'live-api', 'page', 'streams'],
};

/** What each layer may import, besides itself; a layer is the longest prefix that matches. Kit and ingest share nothing. */
const mayImport = {
  'src/core/errors.ts': [],
  'src/core/foundation': [],
  'src/core/foundation/warn-once.ts': [],
  'src/core/ingest-window': [],
  'src/core/page': ['src/core/errors.ts', 'src/core/foundation'],
  'src/core/sound': ['src/core/errors.ts', 'src/core/foundation'],
  'src/core/peer': ['src/core/errors.ts', 'src/core/foundation'],
  'src/core/signaling': ['src/core/errors.ts', 'src/core/foundation', 'src/core/peer'],
  'src/core/stats': ['src/core/errors.ts', 'src/core/foundation', 'src/core/peer'],
  'src/core/quality': ['src/core/foundation', 'src/core/peer', 'src/core/stats'],
  'src/core/sources': ['src/core/errors.ts', 'src/core/foundation'],
  'src/core/picture': ['src/core/errors.ts', 'src/core/foundation', 'src/core/sources'],
  'src/core/connection': [
    'src/core/errors.ts',
    'src/core/foundation',
    'src/core/peer',
    'src/core/signaling',
    'src/core/stats',
  ],
  'src/core': [
    'src/core/errors.ts',
    'src/core/foundation',
    'src/core/foundation/warn-once.ts',
    'src/core/ingest-window',
    'src/core/page',
    'src/core/peer',
    'src/core/signaling',
    'src/core/stats',
    'src/core/quality',
    'src/core/sources',
    'src/core/sound',
    'src/core/picture',
    'src/core/connection',
  ],
  'src/qencode/session-messages.ts': [],
  'src/qencode': ['src/core/foundation', 'src/qencode/session-messages.ts'],
  'src/react/session': ['src/core/foundation', 'src/qencode/session-messages.ts'],
  'src/react/viewer': ['src/core/foundation'],
  'src/react/playback-check': ['src/core/foundation'],
  'src/react': [
    'src/core/errors.ts',
    'src/core/index.ts',
    'src/core/foundation/guards.ts',
    'src/core/foundation/keep-files.ts',
    'src/core/foundation/permissions-policy.ts',
    'src/core/foundation/same.ts',
    'src/core/foundation/warn-once.ts',
    'src/qencode/session-messages.ts',
    'src/react/playback-check',
    'src/react/session',
    'src/react/viewer',
  ],
  'src/testing': ['src/core', 'src/core/errors.ts', 'src/core/peer', 'src/core/signaling'],
  src: [
    'src/react',
    'src/react/playback-check',
    'src/react/session',
    'src/react/viewer',
    'src/core/index.ts',
    'src/qencode/session-messages.ts',
    'src/testing',
  ],
  ...Object.fromEntries(
    Object.entries(ingestMayImport).map(([room, others]) => [inIngest(room), others.map(inIngest)]),
  ),
  'ingest/testing': ['ingest/media', 'ingest/streams'],
  ingest: Object.keys(ingestMayImport).map(inIngest),
};

const rooms = Object.keys(ingestMayImport);
for (const [room, others] of Object.entries(ingestMayImport)) {
  const later = others.filter((other) => rooms.indexOf(other) >= rooms.indexOf(room));
  if (later.length > 0) throw new Error(`${room} stands before ${later.join(', ')}.`);
}

const tests = '\\.test\\.tsx?$|/test-[\\w-]+\\.ts$';
// A suite that every implementation of a contract runs, with the test runner as its own tests have it.
const suites = '^src/testing/[\\w-]+-contract\\.ts$';
const entries = [
  '^src/(index|core/index|qencode/index|testing/index)\\.ts$',
  '^src/react/styles\\.css$',
  '^ingest/index\\.ts$',
  // Encoders, a publisher and a certificate, which the ingest's own tests have too.
  '^ingest/testing/(test-encoder|test-publisher|server-certificate)\\.ts$',
];

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that import each other, types included, cannot be understood one by one.',
      severity: 'error',
      from: { path: '^(src|ingest)/', pathNot: tests },
      to: { circular: true },
    },
    ...Object.entries(mayImport).map(([layer, others]) => ({
      name: `layer:${layer}`,
      comment: `${layer} may import ${others.join(', ') || 'nothing'}, and itself.`,
      severity: 'error',
      from: { path: membersOf(layer), pathNot: tests },
      to: { path: '^(src|ingest)/', pathNot: [layer, ...others].map(membersOf) },
    })),
    {
      name: 'nothing-beside-the-kit',
      comment:
        'What a browser loads depends on nothing but React, which only src/react may import.',
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, suites] },
      to: { pathNot: ['^src/', '^node_modules/(@types/)?(react|react-dom)/'] },
    },
    {
      name: 'no-react-in-the-core',
      comment: 'The core, the Qencode client and the fakes work without React.',
      severity: 'error',
      from: { path: '^src/(core|qencode|testing)/', pathNot: [tests, suites] },
      to: { path: '^node_modules/' },
    },
    {
      name: 'the-ingest-installs-what-it-imports',
      comment:
        'A package that ingest/package.json does not name is missing where a stranger installs it.',
      severity: 'error',
      from: { path: '^ingest/', pathNot: [tests, '^ingest/testing/'] },
      to: {
        path: '^node_modules/',
        pathNot: Object.keys({ ...ingest.dependencies, ...ingest.optionalDependencies }).map(
          (name) => `^node_modules/(@types/)?${name}/`,
        ),
      },
    },
    {
      name: 'public-entries-only',
      comment: 'Demo, browser tests and measurements use the kit as an app does.',
      severity: 'error',
      from: { path: '^(demo|e2e|bench)/' },
      to: { path: '^(src|ingest)/', pathNot: entries },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere is checked by no other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Parts of other apps import the package by its name, which leads nowhere before a build.
    exclude: { path: '^e2e/(package|examples)/app/|^ingest/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};

/** Matches the files whose layer this is, so none of a layer inside it. */
function membersOf(layer) {
  const inside = Object.keys(mayImport)
    .filter((other) => other.startsWith(`${layer}/`))
    .map((other) => literal(other.slice(layer.length + 1)));
  const except = inside.length > 0 ? `(?!/(${inside.join('|')})(/|$))` : '';
  return `^${literal(layer)}${except}(/|$)`;
}

function literal(text) {
  return text.replaceAll('.', '\\.');
}

function inIngest(room) {
  return `ingest/${room}`;
}
