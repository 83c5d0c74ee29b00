/**
 * Where the bundler of the app put the level meter's worklet, a file of the package. Imported on
 * demand, because Jest, which makes CommonJS of what is imported outright, cannot read `import.meta`.
 */
export function levelWorkletUrl(): URL {
  return new URL('./level-worklet.js', import.meta.url);
}
