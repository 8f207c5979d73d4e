import type { Environment, Platform } from '../model/index.ts';
import { claims, duration, type Claim, type Facts } from './claim.ts';

const said = 'the model';

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function environmentsOf({ environments }: Platform) {
  const named = (name: Environment['name']) => {
    const found = environments.find((environment) => environment.name === name);
    if (found === undefined) throw new Error(`The platform has no environment ${name}`);
    return found;
  };
  return {
    production: named('production'),
    staging: named('staging'),
    development: named('development'),
  };
}

function range({ min, max }: { readonly min: number; readonly max: number }): string {
  return `${min}-${max}`;
}

function clusterClaims(platform: Platform): Claim[] {
  const { production, staging, development } = environmentsOf(platform);
  const pools = Object.entries(platform.nodePools).map(
    ([name, { purpose, vcpu, memoryGb }]) =>
      `- **${name}**: ${purpose} (${range(vcpu)} vCPU, ${range(memoryGb)} GB)`,
  );
  const scaling = ({ cluster: { nodesMin, nodesMax } }: Environment) =>
    `auto-scaling (${nodesMin}-${nodesMax} nodes)`;
  const internal = platform.services.filter(({ exposure }) => exposure === 'internal');
  const first = internal.slice(0, 3).map(({ name }) => name);
  const { frontend, api, jobs } = platform.namespaces;
  const namespaces = { frontend, api, services: `${first.join(', ')}, etc.`, jobs };
  return claims(said, 'Kubernetes Clusters', [
    `- **Production**: ${production.cluster.zones}, ${production.cluster.nodesMin}+ nodes, ${scaling(production)}`,
    `- **Staging**: ${staging.cluster.zones}, ${staging.cluster.nodesMin} nodes, ${scaling(staging)}`,
    `- **Development**: Local (${development.cluster.platform.replace(' or ', '/')}), ${development.cluster.nodesMax} node`,
    ...pools,
    ...Object.entries(namespaces).map(
      ([name, holds]) => `- \`${production.shortName}-${name}\`: ${holds}`,
    ),
  ]);
}

function postgresClaims(platform: Platform): Claim[] {
  const { production, staging } = environmentsOf(platform);
  const { tier, vcpu, memoryGb, storageGb, storageAutoResize } = production.postgres;
  const { backups, highAvailability, pooledConnections } = production.postgres;
  const connections = pooledConnections ?? { min: 0, max: 0 };
  return [
    ...claims(said, 'PostgreSQL (Primary Database)', [
      `- Instance: ${tier} (${vcpu} vCPU, ${memoryGb} GB RAM)`,
      `- Storage: ${storageGb} GB SSD, auto-resize ${storageAutoResize ? 'enabled' : 'disabled'}`,
      `- High Availability: ${highAvailability}`,
      `- Backups: Daily automated, ${backups?.dailyRetentionDays}-day retention`,
      `- Point-in-time recovery ${backups?.pointInTimeRecoveryDays ? 'enabled' : 'disabled'}`,
      `- **Staging**: ${staging.postgres.tier} (${staging.postgres.vcpu} vCPU, ${staging.postgres.memoryGb} GB RAM)`,
      `**Connection Pooling**: PgBouncer (${range(connections)} connections)`,
    ]),
    ...claims(said, 'Backup Strategy', [
      `- Automated daily backups (retained ${backups?.dailyRetentionDays} days)`,
      `- Weekly full backups (retained ${(backups?.weeklyRetentionDays ?? 0) / 365} year)`,
      `- Point-in-time recovery (${backups?.pointInTimeRecoveryDays} days)`,
    ]),
    ...claims(said, 'Recovery Objectives', [
      `- **RTO** (Recovery Time Objective): ${production.recovery?.rtoHours} hours`,
      `- **RPO** (Recovery Point Objective): ${production.recovery?.rpoHours} hour`,
    ]),
  ];
}

function redisClaims(platform: Platform): Claim[] {
  const { production, staging } = environmentsOf(platform);
  const { cache, queue } = production.redis;
  const uses = platform.cacheUses.map(
    ({ use, ttlSeconds }, index) =>
      `${index === 0 ? use : use.toLowerCase()} (TTL ${duration(ttlSeconds)})`,
  );
  const named = ['webhook-processing', 'usage-aggregation'].filter(
    (name) => name in platform.queues,
  );
  return claims(said, 'Redis (Cache & Queue)', [
    `- Instance: ${cache.memoryMb / 1024} GB ${cache.tier} Tier`,
    `- High Availability: ${cache.replicatedAcrossZones && queue.replicatedAcrossZones ? 'Replicated across zones' : 'none'}`,
    `- Eviction Policy: ${cache.maxmemoryPolicy} (cache), ${queue.maxmemoryPolicy} (queue)`,
    `- **Staging**: ${staging.redis.cache.memoryMb / 1024} GB ${staging.redis.cache.tier} Tier`,
    `- **Cache**: ${uses.join(', ')}`,
    `- **Queue**: Job queues (${named.map((name) => name.replace('-', ' ')).join(', ')})`,
  ]);
}

function n8nClaims(platform: Platform): Claim[] {
  const { production, staging } = environmentsOf(platform);
  const { host, vcpu, memoryGb, https, access, database } = production.n8n;
  return claims(said, 'n8n (Visual Workflows)', [
    `- ${host} (${vcpu} vCPU, ${memoryGb} GB RAM)`,
    ...(database.endsWith('shared PostgreSQL')
      ? ['- PostgreSQL backend (shared with main DB)']
      : []),
    ...(https ? ['- HTTPS with valid certificate'] : []),
    ...(access === 'VPN only' ? ['- VPN access only (no public internet)'] : []),
    `- **Staging/Dev**: Docker ${staging.n8n.host}`,
  ]);
}

function entryClaims(platform: Platform): Claim[] {
  const { production, staging } = environmentsOf(platform);
  const { tls, healthCheckPath, sessionAffinity, kind, publicPort } = production.loadBalancer;
  const [version] = tls.split(',');
  const webApps: ReadonlySet<string> = new Set(platform.webApps.map(({ name }) => name));
  return [
    ...claims(said, 'Load Balancer', [
      `**Type**: ${capital(kind.replace(', ', ' Load Balancer ('))})`,
      `- HTTPS termination (${version})`,
      ...(tls.includes('managed certificate')
        ? ["- SSL certificate (Let's Encrypt or managed cert)"]
        : []),
      `- Health checks on \`${healthCheckPath}\` endpoint`,
      `- Session affinity (${sessionAffinity}-based)`,
      ...platform.routes.map(
        ({ path, to }) => `- \`${path}\` → ${to} (${webApps.has(to) ? 'Vercel' : 'Kubernetes'})`,
      ),
    ]),
    ...claims(
      said,
      'DNS',
      [...production.dns, ...staging.dns].map(({ name, target }) => `- \`${name}\` → ${target}`),
    ),
    ...claims(said, 'Firewall Rules', [
      `- **Public Access**: HTTPS (${publicPort}) only`,
      `- **Database**: ${production.postgres.access.replace(',', ' only,')}`,
      `- **Redis**: ${production.redis.queue.access.replace(',', ' only,')}`,
      `- **n8n**: ${production.n8n.access.replace(' ', ' access ')}`,
    ]),
    ...claims(said, 'TLS/SSL', [`- **External**: Load Balancer terminates ${version}`]),
    ...claims(said, 'Serverless (Frontend)', [
      `**Platform**: ${production.frontends.serverless.replace('Vercel', 'Vercel (preferred)')}`,
      `- Auto-scaling based on ${[...new Set(platform.webApps.map(({ scaling }) => scaling.metric))].join(', ')}`,
    ]),
  ];
}

/** What the model says of the environments, as the document says it. */
export function environmentClaims({ platform }: Facts): Claim[] {
  return [
    ...clusterClaims(platform),
    ...postgresClaims(platform),
    ...redisClaims(platform),
    ...n8nClaims(platform),
    ...entryClaims(platform),
  ];
}
