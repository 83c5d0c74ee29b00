import { once } from 'node:events';
import process from 'node:process';
import { publish, readH264 } from '../ingest/testing/test-publisher.js';

/**
 * The senders of the load benchmark, in a process of their own. Prints a line when all are
 * connected, sends until its input ends, then prints the percentage of one core that this took.
 */
const [, , file = '', ...urls] = process.argv;
const clip = readH264(file);
const publishers = await Promise.all(urls.map((url) => publish(url, clip, { frameMs: 1000 / 30 })));
console.log('sending');
const startedAt = performance.now();
const before = process.cpuUsage();
process.stdin.resume();
await once(process.stdin, 'end');
const { user, system } = process.cpuUsage(before);
console.log(Math.round((user + system) / 10 / (performance.now() - startedAt)));
await Promise.all(publishers.map((publisher) => publisher.close()));
