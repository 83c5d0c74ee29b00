import { describe, expect, it } from 'vitest';
import { toldApart } from './devices.js';
import { friendlyLabel } from './friendly-label.js';
import type { Device, Devices } from './source.js';

const camerasOf = (labels: readonly string[], before?: Devices, ids = 'abcdefgh') => {
  const cameras = labels.map((label, at): Device => ({ deviceId: ids[at] ?? '', label }));
  const listed = { cameras, microphones: cameras, speakers: cameras };
  return { status: 'listed', ...toldApart(listed, before ?? { status: 'unlisted' }) } as const;
};
const labelsOf = ({ cameras }: { readonly cameras: readonly Device[] }) =>
  cameras.map(({ label }) => label);

describe('a list of devices', () => {
  it.each([
    [
      ['USB Camera', 'USB Camera', 'USB Camera'],
      ['USB Camera', 'USB Camera 2', 'USB Camera 3'],
    ],
    [
      ['HD Webcam (046d:0825)', 'HD Webcam (046D:082D)'],
      ['HD Webcam', 'HD Webcam 2'],
    ],
    [
      ['', '', 'Built-in'],
      ['Camera 1', 'Camera 2', 'Built-in'],
    ],
    [
      ['Camera 1', ''],
      ['Camera 1', 'Camera 2'],
    ],
    [
      ['USB', 'USB', 'USB 2'],
      ['USB', 'USB 2', 'USB 2 2'],
    ],
  ])('tells %j apart', (given, labels) => {
    expect(labelsOf(camerasOf(given))).toEqual(labels);
  });

  it('calls microphones by their name', () => {
    expect(camerasOf(['']).microphones).toEqual([{ deviceId: 'a', label: 'Microphone 1' }]);
  });

  it('keeps a label whatever comes, goes or moves beside it', () => {
    const first = camerasOf(['USB', 'USB']);
    const alone = camerasOf(['USB'], first, 'b');
    expect(labelsOf(alone)).toEqual(['USB 2']);
    const moved = camerasOf(['USB', 'USB', 'USB'], alone, 'cba');
    expect(labelsOf(moved)).toEqual(['USB', 'USB 2', 'USB 3']);
    expect(labelsOf(camerasOf(['Desk', 'USB'], moved, 'ba'))).toEqual(['Desk', 'USB 3']);
  });

  it('has friendly labels', () => {
    expect(friendlyLabel('Default - MacBook - Left', 'default')).toBe('MacBook - Left');
    expect(friendlyLabel('Standard - Kopfhörer (0a12:1243)', 'communications')).toBe('Kopfhörer');
    expect(friendlyLabel('Studio - Left (2 channels)', 'x')).toBe('Studio - Left (2 channels)');
  });
});
