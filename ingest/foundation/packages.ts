/** The optional peer dependencies that the ingest runs on. */
export interface Packages {
  readonly werift: typeof import('werift');
  readonly ws: typeof import('ws');
  readonly mediabunny: typeof import('mediabunny');
}

/** Loads what a `directory` needs. Rejects with the command to run when it is missing. */
export async function loadClassicLevel(): Promise<typeof import('classic-level')> {
  try {
    return await import('classic-level');
  } catch (cause) {
    throw new Error(
      'To keep streams in a directory, the local ingest needs one more package: npm install --save-dev classic-level',
      { cause },
    );
  }
}

/** Loads what `tls: true` needs. Rejects with the command to run when it is missing. */
export async function loadSelfsigned(): Promise<typeof import('selfsigned')> {
  try {
    return await import('selfsigned');
  } catch (cause) {
    throw new Error(
      'To make a certificate, the local ingest needs one more package: npm install --save-dev selfsigned',
      { cause },
    );
  }
}

/**
 * Loads them: this file is the one place that does, so that the rest of the package installs and
 * runs without.
 * Rejects with the command to run when one is missing.
 */
export async function loadPackages(): Promise<Packages> {
  try {
    const [werift, ws, mediabunny] = await Promise.all([
      import('werift'),
      import('ws'),
      import('mediabunny'),
    ]);
    return { werift, ws, mediabunny };
  } catch (cause) {
    throw new Error(
      'The local ingest needs three packages that are not all here: npm install --save-dev werift ws mediabunny',
      { cause },
    );
  }
}
