import {
  environmentPrefix,
  type Deployable,
  type Platform,
  type Service,
} from '../../model/index.ts';
import { list, markdownTable } from './markdown-table.ts';

function all(platform: Platform): Deployable[] {
  const { services, workers, webApps, edge, sandbox } = platform;
  return [edge, ...webApps, ...services, ...workers, sandbox];
}

export function deployablesTable(platform: Platform): string {
  return markdownTable(
    ['deployable', 'kind', 'purpose', 'port', 'environment prefix', 'owner', 'cost centre'],
    all(platform).map(({ name, kind, purpose, port, owner, costCentre }) => [
      name,
      kind,
      purpose,
      port,
      `\`${environmentPrefix(name)}_\``,
      owner,
      costCentre,
    ]),
  );
}

export function edgesTable(platform: Platform): string {
  return markdownTable(
    ['process', 'calls', 'providers', 'reads queues', 'writes queues'],
    [...platform.services, ...platform.workers].map((backend) => [
      backend.name,
      list(backend.calls),
      list(backend.providers),
      list(backend.kind === 'worker' ? backend.consumes : []),
      list(backend.produces),
    ]),
  );
}

/** The user's scaling rows: the services, by CPU. */
export function serviceScalingTable(platform: Platform): string {
  return markdownTable(
    ['Service', 'Metric', 'Min', 'Max', 'Target'],
    platform.services.map(({ name, scaling: { metric, min, max, targetPercent } }) => [
      name,
      metric,
      min,
      max,
      `${targetPercent}%`,
    ]),
  );
}

export function furtherScalingTable(platform: Platform): string {
  return markdownTable(
    ['deployable', 'metric', 'min', 'max', 'target'],
    [
      ...platform.workers.map(({ name, scaling: { metric, min, max, targetJobs } }) => [
        name,
        metric,
        min,
        max,
        `${targetJobs} jobs waiting per pod`,
      ]),
      ...platform.webApps.map(({ name, scaling: { metric, min, max, targetConcurrency } }) => [
        name,
        metric,
        min,
        max,
        `${targetConcurrency} concurrent requests per instance`,
      ]),
    ],
  );
}

export function placementTable(platform: Platform): string {
  return markdownTable(
    ['process', 'namespace', 'node pool', 'CPU request', 'memory request – limit', 'objective'],
    [...platform.services, ...platform.workers].map(
      ({ name, namespace, nodePool, resources, serviceLevel }) => [
        name,
        namespace,
        nodePool,
        `${resources.cpuRequestMillicores}m`,
        `${resources.memoryRequestMib} – ${resources.memoryLimitMib} MiB`,
        `${serviceLevel.availabilityPercent} %, p95 < ${serviceLevel.latencyP95Ms} ms`,
      ],
    ),
  );
}

export function databaseTable(platform: Platform): string {
  return markdownTable(
    ['schema', 'service', 'owner role', 'run-time role', 'connections per process'],
    platform.services.flatMap(({ name, database }: Service) =>
      database === null
        ? []
        : [
            [
              database.schema,
              name,
              `${database.schema}_owner`,
              `${database.schema}_app`,
              database.poolMax,
            ],
          ],
    ),
  );
}
