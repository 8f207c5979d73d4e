import type { Finding } from './finding.ts';
import { createdTables, runsConcurrently, type Migration } from './migration.ts';
import type { Statement } from './split-statements.ts';

/** A lock that is not had within this long is asked for again later, so that nobody queues behind it. */
const lockTimeoutMaxMs = 2000;
/** What holds a lock may not run for longer. */
const statementTimeoutMaxMs = 60_000;

const limits = [
  { setting: 'lock_timeout', maxMs: lockTimeoutMaxMs, example: '1s' },
  { setting: 'statement_timeout', maxMs: statementTimeoutMaxMs, example: '30s' },
] as const;

const unitsMs: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, min: 60_000 };

function durationMs(text: string): number | null {
  const [, amount, unit = ''] = /^'?(\d+)\s*(ms|s|min)?'?$/.exec(text) ?? [];
  return amount === undefined ? null : Number(amount) * (unitsMs[unit] as number);
}

function settingOf({ withLiterals }: Statement): { name: string; ms: number | null } | null {
  const [, name, value] = /^set local (\w+) (?:=|to) (.+)$/.exec(withLiterals) ?? [];
  if (name === undefined || value === undefined) return null;
  return { name, ms: durationMs(value) };
}

/** Every script that is one transaction begins with its limits; a concurrent one has the runner's. */
export function boundedTimeouts(migration: Migration): Finding[] {
  const { path, statements } = migration;
  if (statements.some(runsConcurrently)) return [];
  const opening = statements.slice(0, limits.length).map(settingOf);
  return limits
    .filter(({ setting, maxMs }) => {
      const ms = opening.find((entry) => entry?.name === setting)?.ms ?? 0;
      return ms < 1 || ms > maxMs;
    })
    .map(({ setting, maxMs, example }) => ({
      rule: 'bounded-timeouts',
      path,
      line: 1,
      reason: `It does not begin with a ${setting} between 1 ms and ${maxMs} ms, so it can stop everybody who waits behind it`,
      fix: `begin the script with SET LOCAL ${setting} = '${example}';`,
    }));
}

/** A concurrent statement cannot run in a transaction, and two statements of a script are one. */
export function concurrentAlone({ path, statements }: Migration): Finding[] {
  const concurrent = statements.find(runsConcurrently);
  if (concurrent === undefined || statements.length === 1) return [];
  return [
    {
      rule: 'concurrent-alone',
      path,
      line: concurrent.line,
      reason: 'PostgreSQL refuses CONCURRENTLY in a transaction, which several statements are',
      fix: 'move this statement into a migration of its own, without SET',
    },
  ];
}

const control = /^(begin|start transaction|commit|end|rollback|savepoint)\b/;

/** The runner makes each script one transaction; a COMMIT would leave half of it behind. */
export function noTransactionControl({ path, statements }: Migration): Finding[] {
  return statements
    .filter(({ text }) => control.test(text))
    .map(({ line }) => ({
      rule: 'no-transaction-control',
      path,
      line,
      reason: 'Each script is one transaction already; ending it early leaves half a migration',
      fix: 'remove the statement, or split the script into two migrations',
    }));
}

const change = /^(?:with .*\b)?(?:insert into|update(?: only)?|delete from|merge into) ([\w.]+)/s;
const definition = /^(create|alter|drop|grant|revoke|comment)\b/;

/** Rows are changed while the table's lock is held otherwise, for as long as the table is large. */
export function noBackfillWithDefinition(migration: Migration): Finding[] {
  const { path, statements } = migration;
  if (!statements.some(({ text }) => definition.test(text))) return [];
  const created = createdTables(migration);
  return statements
    .filter(({ text }) => {
      const changed = change.exec(text)?.[1];
      return changed !== undefined && !created.has(changed);
    })
    .map(({ line }) => ({
      rule: 'no-backfill-with-definition',
      path,
      line,
      reason: 'It changes rows in the transaction that holds the lock of a changed table',
      fix: 'fill old rows in a migration of their own, or in batches from the service',
    }));
}
