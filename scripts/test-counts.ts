import { existsSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** How the tests of a stage ended. A skipped test counts as failed: it proved nothing. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** The tests that did not pass, as far as the report names them. */
  readonly names: readonly string[];
}

/** Reads the JSON report of Vitest; without a report nothing passed and nothing failed. */
export function readVitestCounts(file: string): Counts {
  const report = readReport(file);
  const files = list(report['testResults']);
  // A file that could not be loaded has no tests to fail.
  const unloaded = files.filter(
    (result) => result['status'] === 'failed' && list(result['assertionResults']).length === 0,
  );
  const names = files.flatMap((result) => {
    const tests = list(result['assertionResults']).filter((test) => test['status'] !== 'passed');
    return tests.map((test) => `${result['name']} › ${test['fullName']}`);
  });
  return {
    passed: sum(report, 'numPassedTests'),
    failed: sum(report, 'numFailedTests', 'numPendingTests', 'numTodoTests') + unloaded.length,
    names: [...names, ...unloaded.map((result) => `${result['name']} could not be loaded`)],
  };
}

/** Reads the JSON report of Playwright. */
export function readPlaywrightCounts(file: string): Counts {
  const report = readReport(file);
  const numbers = isRecord(report['stats']) ? report['stats'] : {};
  return {
    passed: sum(numbers, 'expected'),
    failed: sum(numbers, 'unexpected', 'flaky', 'skipped'),
    names: list(report['suites']).flatMap(notExpected),
  };
}

/** The tests in a suite of Playwright's report that did not end as expected, each with its first error. */
function notExpected(suite: Record<string, unknown>): readonly string[] {
  const own = list(suite['specs']).flatMap((spec) =>
    list(spec['tests'])
      .filter((test) => test['status'] !== 'expected')
      .map((test) => {
        const errors = list(test['results']).flatMap((result) => list(result['errors']));
        const message = String(errors[0]?.['message'] ?? test['status']);
        const [reason] = stripVTControlCharacters(message).split('\n');
        return `[${test['projectName']}] ${spec['file']}:${spec['line']} › ${spec['title']}: ${reason}`;
      }),
  );
  return [...own, ...list(suite['suites']).flatMap(notExpected)];
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function sum(record: Record<string, unknown>, ...names: readonly string[]): number {
  return names.reduce((total, name) => total + (Number(record[name] ?? 0) || 0), 0);
}

function readReport(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return isRecord(report) ? report : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
