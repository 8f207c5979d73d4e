import { CommandError } from '../../supervisor/command-error.ts';
import type { LocalPlan, LocalProcess } from '../../platform/local-plan.ts';
import { platform } from '@maxai/topology/platform';

/** The process of a service whose requests the edge can share out; workers and inner services have no edge. */
export function releasableProcess(plan: LocalPlan, service: string): LocalProcess {
  const routed: ReadonlySet<string> = new Set(platform.routes.map(({ to }) => to));
  const releasable = plan.processes.filter(
    ({ name, kind }) => kind === 'service' && routed.has(name),
  );
  const found = releasable.find(({ name }) => name === service);
  if (found !== undefined) return found;
  throw new CommandError(
    `On this machine ${service} cannot be released: nothing shares out its requests.`,
    `choose ${releasable.map(({ name }) => name).join(' or ')}; a cluster releases every service`,
  );
}
