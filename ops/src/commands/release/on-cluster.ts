import { platform } from '@maxai/topology/platform';
import { relative } from 'node:path';
import { userInfo } from 'node:os';
import { repositoryRoot } from '../../platform/environment.ts';
import { clusterStatus, decideOnCluster } from '../../release/cluster-release.ts';
import { clusterRollout } from '../../release/cluster-rollout.ts';
import type { Decision } from '../../release/release-rules.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import type { ToolRun } from '../pipeline/run-tool.ts';

type Options = { readonly environment: string; readonly service?: string };

const here = (): ToolRun => ({ cwd: repositoryRoot, env: process.env });

function environmentNamed(name: string) {
  const clusters = platform.environments.filter(
    (environment) => environment.name !== 'development',
  );
  const found = clusters.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  throw new CommandError(
    `There is no cluster for "${name}".`,
    `use --environment ${clusters.map((environment) => environment.name).join(' or ')}`,
  );
}

/** The releases of a cluster: one service's, or everybody's. */
export function statusThere({ environment, service }: Options): void {
  const at = environmentNamed(environment);
  const names: string[] = [...platform.services, ...platform.workers].map(({ name }) => name);
  for (const name of service === undefined ? names : [service]) {
    console.log(clusterStatus(here(), clusterRollout(at, name)));
  }
}

/** Carries a decision out on a cluster and tells what to look at next. */
export function decideThere(
  decision: Decision,
  { environment, service }: Options,
  run = here(),
): string {
  if (service === undefined) {
    throw new CommandError('Whose release?', `add --service <name> to ${decision}`);
  }
  const at = clusterRollout(environmentNamed(environment), service);
  const file = decideOnCluster(run, at, { decision, by: userInfo().username, now: new Date() });
  const asked = `${decision} of ${at.namespace}/${service} is asked for: npx maxai release status --environment ${environment} --service ${service}`;
  return file === null
    ? asked
    : `${asked}\nCommit and merge ${relative(run.cwd, file)}: it keeps the release that runs again from being retired`;
}
