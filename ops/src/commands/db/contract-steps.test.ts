import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../../platform/environment.ts';
import { contractSteps, contractStepsOf } from './contract-steps.ts';
import { splitStatements } from './split-statements.ts';

function migration(sql: string) {
  const statements = splitStatements(sql);
  return { name: '20251201000000_change', path: 'x', sql, sha256: '', statements };
}

it('names line, effect, release and expansion of every step [R88]', () => {
  const sql = `-- contract: safe since release 2025.11.1, expanded by 20251020000000_init
    ALTER TABLE item DROP COLUMN name, ADD COLUMN colour TEXT,
      ALTER COLUMN weight SET NOT NULL;
    TRUNCATE item;`;
  const named = { safeSince: '2025.11.1', expandedBy: '20251020000000_init' };
  expect(contractStepsOf(migration(sql))).toMatchObject([
    { line: 2, effect: 'drops a column', ...named },
    { line: 2, effect: 'forbids null, which old code may write', ...named },
    { line: 4, effect: 'empties a table', ...named },
  ]);
});

it('is not misled by literals, comments, bodies and quoted names', () => {
  const sql = `-- ALTER TABLE item DROP COLUMN name;
    COMMENT ON TABLE item IS 'it; DROP TABLE item; ''really''';
    CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $body$ DROP TABLE item; $body$;
    CREATE FUNCTION g() RETURNS INT LANGUAGE sql BEGIN ATOMIC
      SELECT CASE WHEN true THEN 1 END; SELECT 2; END;
    /* TRUNCATE item; */ ALTER TABLE "item" ADD "drop" TEXT DEFAULT 'a, DROP COLUMN b'`;
  expect(contractStepsOf(migration(sql))).toEqual([]);
  expect(splitStatements(sql)).toHaveLength(4);
});

it('finds the steps of a whole folder', () => {
  const folder = join(repositoryRoot, 'services/webhook-ingress/db/migrations');
  expect(contractSteps(folder)).toEqual([]);
});
