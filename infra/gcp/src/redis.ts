import * as dns from '@pulumi/gcp/dns/index.js';
import * as redis from '@pulumi/gcp/redis/index.js';
import * as secretmanager from '@pulumi/gcp/secretmanager/index.js';
import { dataHost } from '@maxai/topology/render/kubernetes/platform-components';
import type { GcpStack } from './gcp-stack.ts';
import type { Network } from './network.ts';
import type { SecretVault } from './secrets.ts';

/** Memorystore evicts `volatile-lru` unless told: a queue there would lose jobs in silence. */
export function createRedis(
  stack: GcpStack,
  network: Network,
  zone: dns.ManagedZone,
  vault: SecretVault,
  instance: 'cache' | 'queue',
) {
  const { environment, target, sizing, within, labels } = stack;
  const { memoryMb, maxmemoryPolicy, appendOnly } = environment.redis[instance];
  const name = `redis-${instance}` as const;
  const server = new redis.Instance(
    name,
    {
      name,
      tier: sizing.redis.type,
      memorySizeGb: memoryMb / 1024,
      redisVersion: 'REDIS_7_2',
      redisConfigs: { 'maxmemory-policy': maxmemoryPolicy },
      region: target.region,
      locationId: target.zones[0],
      ...(target.zones[1] === undefined ? {} : { alternativeLocationId: target.zones[1] }),
      authorizedNetwork: network.vpc.id,
      connectMode: 'PRIVATE_SERVICE_ACCESS',
      reservedIpRange: network.storeRange(name).name,
      authEnabled: true,
      transitEncryptionMode: 'SERVER_AUTHENTICATION',
      // Memorystore has no append-only file: what must last is snapshotted, and swept up from PostgreSQL.
      persistenceConfig: appendOnly
        ? { persistenceMode: 'RDB', rdbSnapshotPeriod: 'ONE_HOUR' }
        : { persistenceMode: 'DISABLED' },
      maintenancePolicy: {
        weeklyMaintenanceWindows: [{ day: 'SUNDAY', startTime: { hours: 7, minutes: 0 } }],
      },
      deletionProtection: stack.protected,
      labels: labels(),
    },
    { ...within, dependsOn: [network.peering] },
  );
  new secretmanager.SecretVersion(
    `${name}-password`,
    { secret: vault.secret(`${name}-password`).id, secretData: server.authString },
    within,
  );
  new dns.RecordSet(
    name,
    {
      managedZone: zone.name,
      name: `${dataHost(environment, name)}.`,
      type: 'A',
      ttl: 60,
      rrdatas: [server.host],
    },
    within,
  );
  return server;
}
