import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import type { Migration } from './migration.ts';

/** A migration that was applied before there were rules: exactly this script may break exactly these. */
export type Excuse = { readonly sha256: string; readonly rules: readonly string[] };

/** By the path of the script. */
export type Baseline = Readonly<Record<string, Excuse>>;

export const baselinePath = 'ops/src/commands/db/baseline.json';

export function readBaseline(root: string): Baseline {
  const file = join(root, baselinePath);
  // Written by hand and reviewed; a slip in it excuses nothing.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Baseline) : {};
}

/** The findings that are not excused, and one for each excuse that fits nothing any more. */
export function withoutExcused(
  findings: readonly Finding[],
  migrations: readonly Migration[],
  baseline: Baseline,
): Finding[] {
  const shaOf = new Map(migrations.map(({ path, sha256 }) => [path, sha256]));
  const excused = ({ path, rule }: Finding) =>
    baseline[path]?.sha256 === shaOf.get(path) && baseline[path]?.rules.includes(rule) === true;
  const stale = Object.entries(baseline).flatMap(([path, { sha256, rules }]) => {
    const at = { rule: 'baseline', path, line: 1 };
    if (shaOf.get(path) !== sha256) {
      return [
        {
          ...at,
          reason: `${baselinePath} excuses another script than the one that is there`,
          fix: 'put the applied script back and write the change as a new migration',
        },
      ];
    }
    const unused = rules.filter(
      (rule) => !findings.some((finding) => finding.path === path && finding.rule === rule),
    );
    if (unused.length === 0) return [];
    return [
      {
        ...at,
        reason: `${baselinePath} excuses ${unused.join(', ')}, which it does not break`,
        fix: 'remove the rule from the excuse',
      },
    ];
  });
  return [...findings.filter((finding) => !excused(finding)), ...stale];
}
