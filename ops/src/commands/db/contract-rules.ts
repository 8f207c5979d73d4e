import { contractStepsOf, type ContractStep } from './contract-steps.ts';
import type { Finding } from './finding.ts';
import type { Migration } from './migration.ts';
import { whyOldCodeMayRun, type ReleaseRecord } from './release-history.ts';

function findingOf(
  step: ContractStep,
  folder: readonly Migration[],
  history: readonly ReleaseRecord[],
): Finding | null {
  const { migration, line, effect, safeSince, expandedBy } = step;
  const at = { path: migration.path, line };
  if (safeSince === null || expandedBy === null) {
    return {
      ...at,
      rule: 'contract-named',
      reason: `It ${effect}, and does not say which release made that safe`,
      fix: 'expand first and release; then say "-- contract: safe since release <version>, expanded by <migration>" at the top of this script',
    };
  }
  const expansion = folder.find(({ name }) => name === expandedBy);
  if (expansion === undefined || expansion.name >= migration.name) {
    return {
      ...at,
      rule: 'contract-expanded',
      reason: `It names ${expandedBy}, which is no earlier migration of this service`,
      fix: 'name the migration that made the replacement',
    };
  }
  const obstacle = whyOldCodeMayRun(history, safeSince);
  if (obstacle === null) return null;
  return {
    ...at,
    rule: 'contract-released',
    reason: `It ${effect}, but ${obstacle}, so code that needs it may still run`,
    fix: `merge it once release ${safeSince} serves all traffic and every release before it is retired`,
  };
}

/** Expand → migrate → contract: a step back for old code waits until there is no old code. */
export function contractReleased(
  migration: Migration,
  folder: readonly Migration[],
  history: readonly ReleaseRecord[],
): Finding[] {
  return contractStepsOf(migration).flatMap((step) => {
    const found = findingOf(step, folder, history);
    return found === null ? [] : [found];
  });
}
