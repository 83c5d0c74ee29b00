import type { Plugin } from 'esbuild';

/** The plugin of esbuild for a bundle that is one file. */
export function oneFile(): Plugin;
