import type { LocalPlan, LocalProcess } from './local-plan.ts';
import { CommandError } from '../supervisor/command-error.ts';

/** The processes asked for and whatever they depend on; all of them when nothing is asked for. */
export function selectProcesses(
  plan: LocalPlan,
  only: readonly string[] | undefined,
): readonly LocalProcess[] {
  if (only === undefined) return plan.processes;
  const names = new Set(plan.processes.map(({ name }) => name));
  const unknown = only.filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw new CommandError(
      `There is no process called ${unknown.join(', ')}.`,
      `choose among ${[...names].join(', ')}`,
    );
  }
  const wanted = new Set(only);
  // A set hands out what is added to it while it is walked.
  for (const name of wanted) {
    const found = plan.processes.filter((process) => process.name === name);
    for (const needed of found.flatMap(({ dependsOn }) => dependsOn)) wanted.add(needed);
  }
  return plan.processes.filter(({ name }) => wanted.has(name));
}
