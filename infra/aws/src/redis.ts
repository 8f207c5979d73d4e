import * as elasticache from '@pulumi/aws/elasticache/index.js';
import type * as route53 from '@pulumi/aws/route53/index.js';
import { Record as DnsRecord } from '@pulumi/aws/route53/record.js';
import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { dataHost } from '@maxai/topology/render/kubernetes/platform-components';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import { createSecurityGroup } from './security-group.ts';
import type { SecretVault } from './secrets.ts';

/** ElastiCache evicts `volatile-lru` unless told: a queue there would lose jobs in silence. */
export function createRedis(
  stack: AwsStack,
  network: Network,
  { key }: Keys,
  zone: route53.Zone,
  vault: SecretVault,
  instance: 'cache' | 'queue',
) {
  const { environment, target, sizing, settings, within, tags } = stack;
  const { maxmemoryPolicy, replicatedAcrossZones, appendOnly, port } = environment.redis[instance];
  const name = `redis-${instance}` as const;
  const password = settings.redisPasswords[instance];
  const parameters = new elasticache.ParameterGroup(
    name,
    {
      family: 'redis7',
      description: `MaxAI ${name}`,
      parameters: [
        { name: 'maxmemory-policy', value: maxmemoryPolicy },
        { name: 'reserved-memory-percent', value: '20' },
      ],
      tags: tags(),
    },
    within,
  );
  const group = new elasticache.SubnetGroup(
    name,
    { subnetIds: network.store(name).map(({ id }) => id), tags: tags() },
    within,
  );
  const wall = createSecurityGroup(stack, network, name, {
    ingress: [{ port, cidrs: network.nodes.map(({ cidrBlock }) => cidrBlock.apply(String)) }],
    talks: false,
  });
  const server = new elasticache.ReplicationGroup(
    name,
    {
      replicationGroupId: name,
      description: `MaxAI ${name}, ${maxmemoryPolicy}`,
      engine: 'redis',
      engineVersion: '7.1',
      nodeType: sizing.redis.type,
      numCacheClusters: replicatedAcrossZones ? 2 : 1,
      automaticFailoverEnabled: replicatedAcrossZones,
      multiAzEnabled: replicatedAcrossZones,
      ...(replicatedAcrossZones ? {} : { preferredCacheClusterAzs: [target.zones[0]] }),
      parameterGroupName: parameters.name,
      port,
      subnetGroupName: group.name,
      securityGroupIds: [wall.id],
      atRestEncryptionEnabled: true,
      kmsKeyId: key.arn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      authToken: password,
      authTokenUpdateStrategy: 'ROTATE',
      // ElastiCache has no append-only file: what must last is snapshotted, and swept up from PostgreSQL.
      snapshotRetentionLimit: appendOnly ? 7 : 0,
      snapshotWindow: '05:00-06:00',
      maintenanceWindow: 'sun:07:00-sun:08:00',
      autoMinorVersionUpgrade: true,
      tags: tags(),
    },
    { ...within, protect: stack.protected && appendOnly },
  );
  new secretsmanager.SecretVersion(
    `${name}-password`,
    { secretId: vault.secret(`${name}-password`).id, secretString: password },
    within,
  );
  new DnsRecord(
    name,
    {
      zoneId: zone.zoneId,
      name: dataHost(environment, name),
      type: 'CNAME',
      ttl: 60,
      records: [server.primaryEndpointAddress],
    },
    within,
  );
  return server;
}
