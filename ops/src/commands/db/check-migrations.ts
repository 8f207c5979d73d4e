import { readBaseline, withoutExcused } from './baseline.ts';
import {
  definerSearchPath,
  named,
  noHiddenStatements,
  rowSecurity,
  rowSecurityKept,
} from './content-rules.ts';
import { contractReleased } from './contract-rules.ts';
import type { Finding } from './finding.ts';
import { readServiceMigrations, type Migration } from './migration.ts';
import { readReleaseHistory } from './release-history.ts';
import { squawkFindings } from './squawk.ts';
import {
  boundedTimeouts,
  concurrentAlone,
  noBackfillWithDefinition,
  noTransactionControl,
} from './transaction-rules.ts';

const rules: readonly ((migration: Migration) => Finding[])[] = [
  named,
  boundedTimeouts,
  concurrentAlone,
  noTransactionControl,
  noBackfillWithDefinition,
  rowSecurity,
  rowSecurityKept,
  definerSearchPath,
  noHiddenStatements,
];

/** Every migration of every service of a checkout against squawk's rules and ours. */
export function checkMigrations(root: string): { findings: Finding[]; checked: number } {
  const folders = readServiceMigrations(root);
  const all = folders.flatMap(({ migrations }) => migrations);
  const history = readReleaseHistory(root);
  const ours = folders.flatMap(({ migrations }) =>
    migrations.flatMap((migration) => [
      ...rules.flatMap((rule) => rule(migration)),
      ...contractReleased(migration, migrations, history),
    ]),
  );
  const findings = [...ours, ...squawkFindings(root, all)];
  return { findings: withoutExcused(findings, all, readBaseline(root)), checked: all.length };
}
