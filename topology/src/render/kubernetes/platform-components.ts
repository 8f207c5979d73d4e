import { cloudSizing } from '../../environments/cloud-sizing.ts';
import type { ClusterTarget, Environment, NamespaceName } from '../../model/index.ts';
import { namespaceName } from './object-names.ts';

/** What runs beside the deployables: no code of ours, but pods that others connect to. */
export type Component = {
  readonly name: string;
  readonly owner: string;
  readonly costCentre: string;
  readonly namespace: NamespaceName;
  readonly port: number;
};

const data = { owner: 'automation-team', costCentre: 'ops', namespace: 'services' } as const;

/** Between every process and PostgreSQL; migrations go round it. */
export const pgbouncer = { ...data, name: 'pgbouncer', port: 6432 } as const;

/** Only in a development cluster; elsewhere the cloud runs them, see {@link dataHost}. */
export const localPostgres = { ...data, name: 'postgres', port: 5432 } as const;
export const localRedis = {
  cache: { ...data, name: 'redis-cache', port: 6379 },
  queue: { ...data, name: 'redis-queue', port: 6379 },
} as const;

export type DataServer = 'postgres' | 'redis-cache' | 'redis-queue';

/** A name inside the cluster, complete, so that no search list is tried. */
export function clusterHost(environment: Environment, of: Pick<Component, 'name' | 'namespace'>) {
  return `${of.name}.${namespaceName(environment, of.namespace)}.svc.cluster.local`;
}

/** The zone of private names that point at the cloud's data servers. */
export function privateZone(environment: Environment): string {
  return `${environment.shortName}.maxai.internal`;
}

/** Where a data server answers: in development in the cluster, elsewhere under a private DNS name of the network. */
export function dataHost(environment: Environment, server: DataServer): string {
  return environment.name === 'development'
    ? clusterHost(environment, { name: server, namespace: data.namespace })
    : `${server}.${privateZone(environment)}`;
}

export const localServers = {
  postgres: localPostgres,
  'redis-cache': localRedis.cache,
  'redis-queue': localRedis.queue,
} as const;

/** Where a data server listens: the cloud's Redis on the port of its TLS. */
export function dataPort(
  { environment, cluster }: { environment: Environment; cluster: ClusterTarget },
  server: DataServer,
): number {
  if (cluster.kind === 'kind') return localServers[server].port;
  return server === 'postgres'
    ? environment.postgres.port
    : cloudSizing(environment, cluster.kind).redis.port;
}
