import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../platform/environment.ts';
import { runNode } from '../../platform/run-node.ts';

export type Check = {
  readonly name: string;
  readonly entry: string;
  readonly args: readonly string[];
};

const modules = 'node_modules';

/** Cheapest first, so that a slip is told within seconds. */
const checks: readonly Check[] = [
  { name: 'format', entry: `${modules}/oxfmt/bin/oxfmt`, args: ['--check', '.'] },
  {
    name: 'lint',
    entry: `${modules}/oxlint/bin/oxlint`,
    args: ['--type-aware', '--deny-warnings'],
  },
  {
    name: 'types',
    entry: `${modules}/typescript/bin/tsc`,
    args: ['--noEmit', '-p', 'tsconfig.json'],
  },
  {
    name: 'types of portal-web',
    entry: `${modules}/typescript/bin/tsc`,
    args: ['--noEmit', '-p', 'apps/portal-web'],
  },
  {
    name: 'types of admin-web',
    entry: `${modules}/typescript/bin/tsc`,
    args: ['--noEmit', '-p', 'apps/admin-web'],
  },
  { name: 'generated files', entry: 'ops/src/generate/main.ts', args: ['--check'] },
  { name: 'unused code', entry: `${modules}/knip/bin/knip.js`, args: [] },
];

/** The one line a reader needs, from the report vitest wrote. */
export function summaryOf(report: string): string {
  const { numPassedTests, numFailedTests } = JSON.parse(report) as Record<string, number>;
  return `${numPassedTests} passed, ${numFailedTests} failed`;
}

/** Runs the checks in order and stops at the first that fails. Returns its exit code, 0 when none does. */
export async function runChecks(list: readonly Check[]): Promise<number> {
  for (const { name, entry, args } of list) {
    console.log(`\n▶ ${name}`);
    const code = await runNode(entry, args);
    if (code !== 0) {
      console.error(`\n${name} failed; the steps after it did not run`);
      return code;
    }
  }
  return 0;
}

export type TestRun = {
  readonly checks: readonly Check[];
  /** Gets `--outputFile.json=` with where to report to. */
  readonly suite: Check;
  readonly report: string;
};

const everything: TestRun = {
  checks,
  suite: {
    name: 'tests',
    entry: `${modules}/vitest/vitest.mjs`,
    args: ['run', '--coverage', '--reporter=default', '--reporter=json'],
  },
  report: join(repositoryRoot, 'coverage', 'tests.json'),
};

/** `npm test`: every check, then every test under the coverage gate; the last line counts the tests. */
export async function test({ checks: list, suite, report }: TestRun = everything): Promise<number> {
  const failed = await runChecks(list);
  if (failed !== 0) return failed;
  console.log(`\n▶ ${suite.name}`);
  rmSync(report, { force: true });
  const code = await runNode(suite.entry, [...suite.args, `--outputFile.json=${report}`]);
  console.log(existsSync(report) ? summaryOf(readFileSync(report, 'utf8')) : 'no test ran');
  return code;
}
