import type { Deployable, DeployableName } from './model/index.ts';

/** What a machine without a cloud needs besides: the load balancer's stand-in, and who makes roles and schemas. */
export const operationsImage = 'ops';

/** Relative to the repository, and to the folder an image starts in. */
export const provisioningEntry = 'ops/src/provision/main.ts';

/** The image a process is in: a worker is in its service's. */
export function imageName(deployable: Deployable): DeployableName | typeof operationsImage {
  if (deployable.kind === 'edge') return operationsImage;
  return deployable.kind === 'worker' ? deployable.service : deployable.name;
}

/** What its container is told to run; undefined where that is what its image runs unasked. */
export function imageCommand(deployable: Deployable): string | undefined {
  return deployable.kind === 'worker' ? `services/${deployable.service}/worker.ts` : undefined;
}

export function migrationEntry(service: DeployableName): string {
  return `services/${service}/migrate.ts`;
}
