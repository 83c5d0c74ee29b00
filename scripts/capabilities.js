/**
 * The capabilities that are loaded on use, one a line: no page loads a byte of them before it uses
 * them. `module` is the file under `dist/` that an `import()` names. `npm run build` gives each a file
 * of its own beside `core.min.js`, and `.size-limit.js` checks each against the first chunks.
 *
 * `parts` are further folders or modules that only the capability uses. `limit` is for all that a page
 * loads with it, gzip; without one its size is not checked.
 *
 * @type {readonly { name: string, module: string, parts?: readonly string[], limit?: string }[]}
 */
export const CAPABILITIES = [
  {
    name: 'mixing sounds',
    module: 'core/sound/run-mix.js',
    parts: ['core/sound/mix-graph.js', 'core/sound/audio-context.js'],
    limit: '2.2 kB',
  },
  {
    name: 'the level meter',
    module: 'core/sound/measure-level.js',
    parts: ['core/sound/level-worklet-url.js', 'core/sound/level-worklet.js'],
    limit: '1.8 kB',
  },
  {
    name: 'warnings about the sound',
    module: 'core/sound/watch-sound.js',
    parts: ['core/sound/hearing.js'],
    limit: '2.2 kB',
  },
  {
    name: 'WHIP',
    module: 'core/signaling/whip-signaling.js',
    parts: [
      'core/signaling/whip-answer.js',
      'core/signaling/whip-exchange.js',
      'core/signaling/whip-fragment.js',
      'core/signaling/whip-link.js',
      'core/signaling/whip-opaque.js',
      'core/signaling/whip-refusal.js',
      'core/signaling/whip-trickle.js',
      'core/foundation/plain-words.js',
      'core/foundation/read-bounded.js',
      'core/foundation/retry-after.js',
    ],
    limit: '9 kB',
  },
  { name: 'the offers of WHIP', module: 'core/peer/offering.js', limit: '2 kB' },
  {
    name: 'sources and processors of the app',
    module: 'core/sources/open-supplied.js',
    parts: ['core/sources/watch-flow.js'],
    limit: '2.6 kB',
  },
  {
    name: 'sharing a screen',
    module: 'core/screen/share-screen.js',
    parts: ['core/screen/'],
    limit: '2.2 kB',
  },
  {
    name: 'looking after devices',
    module: 'core/source-watch.js',
    parts: [
      'core/sources/devices.js',
      'core/sources/watch-permissions.js',
      'core/sources/watch-interruptions.js',
    ],
    limit: '3 kB',
  },
  {
    name: 'the drawn picture',
    module: 'core/drawing.js',
    parts: [
      'core/picture/canvas-engine.js',
      'core/picture/draw-picture.js',
      'core/picture/draw.js',
      'core/picture/lay-out.js',
      'core/picture/load-image.js',
      'core/picture/open-picture-worker.js',
      'core/picture/painter.js',
      'core/picture/parse-scene.js',
      'core/picture/worker-engine.js',
    ],
    limit: '8 kB',
  },
];
