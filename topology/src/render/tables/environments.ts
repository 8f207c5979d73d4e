import type { Environment, Platform, RedisInstance } from '../../model/index.ts';
import { markdownTable } from './markdown-table.ts';

function redis({ tier, memoryMb, maxmemoryPolicy, replicatedAcrossZones, port }: RedisInstance) {
  const replicas = replicatedAcrossZones ? ', replicated across zones' : '';
  return `${tier}, ${memoryMb} MB${replicas}, ${maxmemoryPolicy}, port ${port}`;
}

function machine(vcpu: number | null, memoryGb: number | null): string {
  return vcpu === null ? '' : `, ${vcpu} vCPU, ${memoryGb} GB`;
}

/** Who is sent the visitors, and who stands by. */
function webApps({ serverless, primary }: Environment['frontends'], shortName: string): string {
  const inCluster = `Next standalone servers in ${shortName}-frontend`;
  if (serverless === 'none') return inCluster;
  return primary === 'serverless' ? `${serverless}; ${inCluster} stand by` : inCluster;
}

const facts: readonly (readonly [string, (environment: Environment) => string])[] = [
  ['public URL', ({ publicUrl }) => publicUrl],
  [
    'load balancer',
    ({ loadBalancer: { kind, tls, healthCheckPath, sessionAffinity, publicPort } }) =>
      `${kind}; ${tls}; checks \`${healthCheckPath}\`; affinity ${sessionAffinity}; port ${publicPort}`,
  ],
  ['DNS', ({ dns }) => dns.map(({ name, target }) => `${name} → ${target}`).join('; ') || 'none'],
  [
    'Kubernetes',
    ({ cluster: { platform, zones, nodesMin, nodesMax } }) =>
      `${platform}, ${zones}, ${nodesMax === 1 ? '1 node' : `${nodesMin}–${nodesMax} nodes`}`,
  ],
  ['web apps', ({ frontends, shortName }) => webApps(frontends, shortName)],
  [
    'PostgreSQL',
    ({ postgres: { tier, vcpu, memoryGb, port, access } }) =>
      `${tier}${machine(vcpu, memoryGb)}, port ${port}, ${access}`,
  ],
  [
    'PostgreSQL storage',
    ({ postgres: { storageGb, storageAutoResize } }) =>
      storageGb === null
        ? 'the local disk'
        : `${storageGb} GB SSD${storageAutoResize ? ', auto-resize' : ''}`,
  ],
  ['PostgreSQL availability', ({ postgres }) => postgres.highAvailability],
  [
    'backups',
    ({ postgres: { backups } }) =>
      backups === null
        ? 'none'
        : `daily kept ${backups.dailyRetentionDays} days, weekly kept ${backups.weeklyRetentionDays} days, point in time ${backups.pointInTimeRecoveryDays} days`,
  ],
  [
    'pooling',
    ({ postgres: { pooledConnections } }) =>
      pooledConnections === null
        ? 'direct'
        : `PgBouncer, transaction mode, ${pooledConnections.min}–${pooledConnections.max} connections`,
  ],
  ['Redis cache', (environment) => redis(environment.redis.cache)],
  ['Redis queue', (environment) => redis(environment.redis.queue)],
  [
    'n8n',
    ({ n8n: { host, vcpu, memoryGb, access, https, database } }) =>
      `${host}${machine(vcpu, memoryGb)}, ${access}, ${https ? 'HTTPS' : 'HTTP'}, ${database}`,
  ],
  ['secrets', ({ secretStore }) => secretStore],
  [
    'recovery objectives',
    ({ recovery }) =>
      recovery === null ? 'none' : `RTO ${recovery.rtoHours} h, RPO ${recovery.rpoHours} h`,
  ],
  ['when idle', ({ idle }) => idle],
];

export function environmentsTable({ environments }: Platform): string {
  return markdownTable(
    ['', ...environments.map(({ name }) => name)],
    facts.map(([fact, describe]) => [fact].concat(environments.map(describe))),
  );
}

export function namespacesTable({ environments, namespaces }: Platform): string {
  return markdownTable(
    [...environments.map(({ name }) => name), 'holds'],
    Object.entries(namespaces).map(([namespace, holds]) =>
      environments.map(({ shortName }) => `\`${shortName}-${namespace}\``).concat(holds),
    ),
  );
}
