import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Finding } from './finding.ts';
import { runsConcurrently, type Migration } from './migration.ts';

/** Cloud SQL and RDS of the topology. */
const postgresVersion = '16.0';

const ours = [
  // Contract steps: ours also asks which release made them safe.
  'ban-drop-column',
  'ban-drop-table',
  'ban-drop-not-null',
  'renaming-column',
  'renaming-table',
  'changing-column-type',
  'adding-not-nullable-field',
  'adding-required-field',
  // Ours also bounds them; a concurrent statement is alone in its script and has the limits of the runner's session.
  'require-lock-timeout',
  'require-statement-timeout',
  // Ids are text; Prisma's Int is a counter, which code would otherwise read as a bigint.
  'prefer-bigint-over-int',
];

type Report = {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly help: string | null;
  readonly rule_name: string;
};

function run(root: string, paths: readonly string[], options: readonly string[]): Finding[] {
  if (paths.length === 0) return [];
  const entry = createRequire(import.meta.url).resolve('squawk-cli/js/bin/squawk');
  const exclude = ['--exclude', ours.join(), '--pg-version', postgresVersion];
  const args = [entry, ...options, ...exclude, '--reporter', 'json', ...paths];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  if (!stdout.startsWith('[')) throw new Error(`squawk ended with ${status}: ${stderr}${stdout}`);
  // Its documented JSON report.
  const reports = JSON.parse(stdout) as Report[];
  return reports.map(({ file, line, message, help, rule_name: rule }) => ({
    rule,
    path: file,
    line: line + 1,
    reason: message,
    fix: help ?? `see https://squawkhq.com/docs/${rule}`,
  }));
}

/** What squawk finds in migrations whose paths are from `root`. */
export function squawkFindings(root: string, migrations: readonly Migration[]): Finding[] {
  const isConcurrent = ({ statements }: Migration) => statements.some(runsConcurrently);
  const paths = (some: readonly Migration[]) => some.map(({ path }) => path);
  const inTransaction = migrations.filter((migration) => !isConcurrent(migration));
  return [
    ...run(root, paths(inTransaction), ['--assume-in-transaction']),
    ...run(root, paths(migrations.filter(isConcurrent)), []),
  ];
}
