import type { LocalPlan, LocalProcess } from '../platform/local-plan.ts';

/** A process of the plan by its name; one that is not there is a mistake of the caller. */
export function findProcess({ processes }: LocalPlan, name: string): LocalProcess {
  const found = processes.find((process) => process.name === name);
  if (found === undefined) throw new Error(`the plan has no ${name}`);
  return found;
}

/** Where a process of this machine is reached. */
export function urlOf(plan: LocalPlan, name: string): string {
  return `http://127.0.0.1:${findProcess(plan, name).port}`;
}
