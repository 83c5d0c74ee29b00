import type { Page } from '@playwright/test';

/**
 * Objects that keep devices, connections, threads or memory of the page busy while they are held.
 */
const COUNTED = ['RTCPeerConnection', 'MediaStreamTrack', 'AudioContext', 'WebSocket', 'Worker'];

/** None of these is held. */
export const NO_OBJECTS: Readonly<Record<string, number>> = Object.fromEntries(
  COUNTED.map((name) => [name, 0]),
);

/** The objects that a page holds. */
export interface Held {
  /** How many of each that `NO_OBJECTS` names, closed ones included. */
  readonly objects: Readonly<Record<string, number>>;
  /** Functions that hold what they were made in. */
  readonly closures: number;
}

/** The objects that the page holds: a heap snapshot of Chromium after a collection. */
export async function countHeld(page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  const { snapshot, nodes, strings } = JSON.parse(chunks.join(''));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, nameAt] = [fields.indexOf('type'), fields.indexOf('name')];
  const objects: Record<string, number> = { ...NO_OBJECTS };
  let closures = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    const type = types[typeAt][nodes[node + typeAt]];
    const name = strings[nodes[node + nameAt]];
    if (type === 'closure') closures += 1;
    if (type === 'native' && name in objects) objects[name] = (objects[name] ?? 0) + 1;
  }
  return { objects, closures };
}
