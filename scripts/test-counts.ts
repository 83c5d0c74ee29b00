import { existsSync, readFileSync } from 'node:fs';

/** How many tests of a stage passed and failed. A skipped test counts as failed: it proved nothing. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Reads the JSON report of Vitest; without a report nothing passed and nothing failed. */
export function readVitestCounts(file: string): Counts {
  const report = readReport(file);
  const results = Array.isArray(report['testResults']) ? report['testResults'] : [];
  // A file that could not be loaded has no tests to fail.
  const unloaded = results.filter(
    (result) => result.status === 'failed' && result.assertionResults?.length === 0,
  );
  const failed = sum(report, 'numFailedTests', 'numPendingTests', 'numTodoTests');
  return { passed: sum(report, 'numPassedTests'), failed: failed + unloaded.length };
}

/** Reads the JSON report of Playwright. */
export function readPlaywrightCounts(file: string): Counts {
  const { stats } = readReport(file);
  const numbers = isRecord(stats) ? stats : {};
  return {
    passed: sum(numbers, 'expected'),
    failed: sum(numbers, 'unexpected', 'flaky', 'skipped'),
  };
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
