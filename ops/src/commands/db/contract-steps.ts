import { createdTables, readMigrationFolder, type Migration } from './migration.ts';
import type { Statement } from './split-statements.ts';

/** One statement that the code before it cannot live with, and what its migration says of it. */
export type ContractStep = {
  readonly migration: Migration;
  readonly line: number;
  /** What it does to the old code: `drops a column`. */
  readonly effect: string;
  /** The release whose code no longer needs what goes; null when the header is missing. */
  readonly safeSince: string | null;
  /** The migration that made the replacement; null when the header is missing. */
  readonly expandedBy: string | null;
};

const header =
  /^-- contract: safe since release (?<release>[\w.-]+), expanded by (?<expandedBy>\w+)$/m;

type Effect = readonly [pattern: RegExp, effect: string];

const statementEffects: readonly Effect[] = [
  [
    /^drop (table|view|materialized view|function|procedure|type|domain|sequence|schema|policy)\b/,
    'drops what old code may use',
  ],
  [/^alter (type|view|materialized view|function|sequence)\b.* (rename|set schema)\b/, 'renames'],
  [/^alter (type|domain)\b.* (drop|alter) attribute\b/, 'changes a type'],
  [/^truncate\b/, 'empties a table'],
];

/** Of one action of `ALTER TABLE`. */
const actionEffects: readonly Effect[] = [
  [/^rename (?!constraint\b)/, 'renames'],
  [/^set schema\b/, 'moves a table'],
  [/^drop (?!constraint\b)/, 'drops a column'],
  [/^alter .*\bset not null\b/, 'forbids null, which old code may write'],
  [/^alter .*\bdrop not null\b/, 'allows null, which old code may not be able to read'],
  [/^alter .*\bdrop default\b/, 'takes away a default that old code may rely on'],
  [/^alter (column )?\S+ (set data )?type\b/, 'changes the type of a column'],
  [/^add (constraint|check|unique|foreign|exclude|primary)\b/, 'forbids what old code may write'],
];
const addsRequired = /^add (?!constraint\b)(?!.*\b(default|generated)\b).*\bnot null\b/;

/** The parts between commas that are in no parentheses. */
function splitActions(list: string): string[] {
  const actions = [''];
  let depth = 0;
  for (const character of list) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) actions.push('');
    else actions[actions.length - 1] += character;
  }
  return actions.map((action) => action.trim());
}

function effectOfAction(action: string): string[] {
  const found = actionEffects.find(([pattern]) => pattern.test(action));
  if (found !== undefined) return [found[1]];
  return addsRequired.test(action) ? ['adds a column that old code does not fill'] : [];
}

function effectsOf({ text }: Statement, created: ReadonlySet<string>): string[] {
  const found = statementEffects.find(([pattern]) => pattern.test(text));
  if (found !== undefined) return [found[1]];
  const altered = /^alter table (?:if exists )?(?:only )?([\w.]+) (.*)$/s.exec(text);
  if (altered !== null) {
    const [, table = '', actions = ''] = altered;
    return created.has(table) ? [] : splitActions(actions).flatMap(effectOfAction);
  }
  const unique = /^create unique index .*? on (?:only )?([\w.]+)/.exec(text);
  if (unique?.[1] !== undefined && !created.has(unique[1])) {
    return ['forbids rows that old code may write'];
  }
  const revoked = /^revoke .* on (?:table )?([\w., ]+) from /.exec(text)?.[1];
  const tables = revoked?.split(/\s*,\s*/) ?? [];
  return tables.some((table) => !created.has(table)) ? ['takes away a right'] : [];
}

/** The contract steps of one migration, in its order. */
export function contractStepsOf(migration: Migration): ContractStep[] {
  const created = createdTables(migration);
  const { release, expandedBy } = header.exec(migration.sql)?.groups ?? {};
  return migration.statements.flatMap((statement) =>
    effectsOf(statement, created).map((effect) => ({
      migration,
      line: statement.line,
      effect,
      safeSince: release ?? null,
      expandedBy: expandedBy ?? null,
    })),
  );
}

/** Every contract step of one `db/migrations` folder, oldest first. */
export function contractSteps(migrationDirectory: string): ContractStep[] {
  return readMigrationFolder(migrationDirectory).flatMap(contractStepsOf);
}
