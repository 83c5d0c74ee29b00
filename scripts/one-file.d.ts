import type { Plugin } from 'esbuild';

/** The plugin of esbuild for a bundle that is one file, capabilities left out. */
export function oneFile(isCapability?: (path: string) => boolean): Plugin;
export function importAhead(path: string, isCapability: (path: string) => boolean): Promise<string>;
export function isOneOf(modules: readonly string[]): (path: string) => boolean;
