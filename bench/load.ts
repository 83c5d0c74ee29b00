import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Ingest } from '../ingest/index.js';
import { startIngest } from '../ingest/index.js';
import { findMediaTools } from '../scripts/media-tools.js';
import type { Row, Table } from './table.js';

const PUBLISHERS = [1, 4, 8, 16] as const;
const SECONDS = 8;
const FRAME_RATE = 30;
const BITRATE = 2_500_000;
/** Share of the frames due that has to arrive for a load to count as taken. */
const TAKEN = 0.99;

/** How many publishers of 720p30 the ingest takes at once on this machine. */
export async function benchLoad(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  try {
    const clip = join(folder, 'clip.h264');
    makeClip(clip);
    const rows: Row[] = [];
    for (const count of PUBLISHERS) rows.push(await publishAtOnce(count, clip));
    return {
      title: `Publishers of 720p${FRAME_RATE} at once on one local ingest`,
      note: `${SECONDS} s each, H264 of ${BITRATE / 1e6} Mbit/s encoded beforehand, sent by one other process on the same machine with ICE, DTLS and SRTP. CPU is of one core; the senders' own is beside it, for both share the machine. "taken" is ${TAKEN * 100} % of the frames due.`,
      rows,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function publishAtOnce(count: number, clip: string): Promise<Row> {
  const ingest = await startIngest();
  const keys: string[] = [];
  const urls = Array.from({ length: count }, () => {
    const { stream_key: key, server_urls } = ingest.openStream();
    keys.push(key);
    return server_urls.webrtc;
  });
  const senders = fileURLToPath(new URL('load-publishers.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', senders, clip, ...urls], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  try {
    await lines.next();
    const before = { ...arrivedAt(ingest, keys), cpu: process.cpuUsage() };
    await pause(SECONDS * 1000);
    const used = process.cpuUsage(before.cpu);
    const after = arrivedAt(ingest, keys);
    const frames = after.frames.map((now, index) => now - (before.frames[index] ?? 0));
    child.stdin.end();
    const { value } = await lines.next();
    const sendersCpu: unknown = JSON.parse(String(value));
    const due = SECONDS * FRAME_RATE;
    const least = Math.min(...frames) / due;
    return {
      name: `${count} at once`,
      values: {
        'least frames/s': Number((Math.min(...frames) / SECONDS).toFixed(1)),
        'Mbit/s each': Number(
          ((after.bytes - before.bytes) / count / SECONDS / 125_000).toFixed(2),
        ),
        'packets lost': keys.reduce((sum, key) => sum + (ingest.inspect(key)?.packetsLost ?? 0), 0),
        'ingest CPU %': Math.round((used.user + used.system) / (SECONDS * 1e4)),
        'senders CPU %': Number(sendersCpu),
        taken: least >= TAKEN ? 'yes' : 'no',
      },
    };
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await ingest.close();
  }
}

function arrivedAt(ingest: Ingest, keys: readonly string[]) {
  const reports = keys.map((key) => ingest.inspect(key));
  return {
    frames: reports.map((report) => report?.frames ?? 0),
    bytes: reports.reduce((sum, report) => sum + (report?.bytes ?? 0), 0),
  };
}

/** Two seconds with noise in it, or a moving test picture would need a tenth of the bitrate. */
function makeClip(file: string): void {
  const { ffmpeg } = findMediaTools();
  const picture = `testsrc2=size=1280x720:rate=${FRAME_RATE},noise=alls=12:allf=t`;
  execFileSync(ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', picture, '-t', '2', '-pix_fmt', 'yuv420p'],
    ...['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'veryfast'],
    ...['-b:v', String(BITRATE), '-maxrate', String(BITRATE), '-bufsize', String(BITRATE / 2)],
    ...['-x264-params', 'sliced-threads=0:slices=1:aud=0', file],
  ]);
}
