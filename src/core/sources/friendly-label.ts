/** Chromium's names for what the system uses unless told otherwise; no devices of their own. */
export function isAlias(deviceId: string): boolean {
  return deviceId === 'default' || deviceId === 'communications';
}

/**
 * A label as people know the device: without the numbers of its maker, the browser's prefix, and
 * the numbering of Android's cameras.
 */
export function friendlyLabel(label: string, deviceId: string): string {
  const own = isAlias(deviceId) ? label.replace(/^.*? - /, '') : label;
  const android = /^camera2? \d+, facing (front|back)$/.exec(own);
  if (android !== null) return android[1] === 'front' ? 'Front camera' : 'Back camera';
  return own.replace(/\s*\([\da-f]{4}:[\da-f]{4}\)\s*$/i, '');
}
