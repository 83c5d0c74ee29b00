import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { prepareProgramsOrExit, TEST_PROGRAMS } from '../scripts/programs.js';
import { benchLoad } from './load.js';
import { benchPreparedAnswers } from './prepared-answers.js';
import { benchPublish } from './publish.js';
import { benchRecovery } from './recovery.js';
import { benchSize } from './size.js';
import { benchStatsCost } from './stats-cost.js';
import { formatTable } from './table.js';

/** `npm run bench`: every figure as a table, or as JSON with `-- --json`. */
// React as apps ship it, in the pages too.
process.env['NODE_ENV'] = 'production';
const json = process.argv.includes('--json');
prepareProgramsOrExit(TEST_PROGRAMS);
execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
const tables = [
  await benchSize(),
  ...(await benchPublish()),
  ...(await benchPreparedAnswers()),
  await benchStatsCost(),
  await benchRecovery(),
  await benchLoad(),
];
console.log(json ? JSON.stringify(tables, null, 2) : tables.map(formatTable).join('\n'));
