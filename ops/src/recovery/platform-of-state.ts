import { localPlatformOf } from '../platform/local-platform.ts';
import type { LocalPlan } from '../platform/local-plan.ts';
import { runningSupervisor } from '../supervisor/leftovers.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The platform of a state folder: at the port it runs on, else at the one `MAXAI_PORT` names. */
export function platformOfState(
  env: Environment,
  state: StateFolder,
): { plan: LocalPlan; secrets: Readonly<Record<string, string>> } {
  const running = runningSupervisor(state);
  const port = running === undefined ? env['MAXAI_PORT'] : new URL(running.url).port;
  return localPlatformOf({ ...env, MAXAI_PORT: port }, state);
}
