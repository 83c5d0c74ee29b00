const said = new Set<string>();

/** Warns on the console of a fault of the app, once for each text. Never of a key or an address. */
export function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  // biome-ignore lint/suspicious/noConsole: a developer who looks nowhere else looks there.
  console.warn(`webrtc-broadcaster: ${message}`);
}
