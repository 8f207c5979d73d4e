import { platform } from '@maxai/topology/platform';
import type { CloudTarget, Environment } from '@maxai/topology/model';
import { CommandError } from '../../supervisor/command-error.ts';

export type PipelineTarget = { readonly environment: Environment; readonly cloud: CloudTarget };

/** The environments a pipeline releases to, each on the clouds it may run on. */
export const pipelineTargets: readonly PipelineTarget[] = platform.environments.flatMap(
  (environment) =>
    environment.targets.flatMap((cloud) => (cloud.kind === 'kind' ? [] : [{ environment, cloud }])),
);

export function findTarget(environment: string, cloud: string): PipelineTarget {
  const found = pipelineTargets.find(
    (target) => target.environment.name === environment && target.cloud.kind === cloud,
  );
  if (found !== undefined) return found;
  const known = pipelineTargets.map(
    (target) => `${target.environment.name} --cloud ${target.cloud.kind}`,
  );
  throw new CommandError(
    `There is no ${environment} on ${cloud}`,
    `choose one of: ${known.join(', ')}`,
  );
}
