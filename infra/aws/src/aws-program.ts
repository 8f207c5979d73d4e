import * as route53 from '@pulumi/aws/route53/index.js';
import type { Platform } from '@maxai/topology/model';
import { privateZone } from '@maxai/topology/render/kubernetes/platform-components';
import { createClusterAccess } from './access.ts';
import { createAudit } from './audit.ts';
import { awsStack, type AwsStack } from './aws-stack.ts';
import { createClusterRoles } from './cluster-roles.ts';
import { createCluster } from './cluster.ts';
import { createEntry } from './entry.ts';
import { createKeys } from './keys.ts';
import { createLogs } from './logs.ts';
import { createBudget, databaseOffering, nodeCommitment, reserveDatabase } from './money.ts';
import { createN8nSecrets } from './n8n-secrets.ts';
import { createN8n } from './n8n.ts';
import { createNetwork, type Network } from './network.ts';
import { createPostgres } from './postgres.ts';
import { createPublicZone, delegateZones } from './public-names.ts';
import { createRedis } from './redis.ts';
import { createRegistry } from './registry.ts';
import { createSecretBackup } from './secret-backup.ts';
import { createIdentities, createSecrets } from './secrets.ts';
import type { AwsSettings } from './settings.ts';

/** The names by which pods know their data servers, seen inside the network only. */
function createPrivateZone({ environment, within, tags }: AwsStack, { vpc }: Network) {
  return new route53.Zone(
    'private',
    { name: privateZone(environment), vpcs: [{ vpcId: vpc.id }], tags: tags() },
    within,
  );
}

/** Everything one environment has on Amazon Web Services; what it returns are the stack's outputs. */
export function awsProgram(platform: Platform, stackName: string, settings: AwsSettings) {
  const stack = awsStack(platform, stackName, settings);
  const keys = createKeys(stack);
  const network = createNetwork(stack, keys);

  const vault = createSecrets(stack, keys);
  const cluster = createCluster(stack, network, keys);
  createClusterAccess(stack, cluster);
  createClusterRoles(stack, cluster);
  const identities = createIdentities(stack, cluster, keys, vault);
  createSecretBackup(stack, keys, vault);
  createRegistry(stack, keys);

  const privateNames = createPrivateZone(stack, network);
  const postgres = createPostgres(stack, network, keys, privateNames, vault);
  createRedis(stack, network, keys, privateNames, vault, 'cache');
  createRedis(stack, network, keys, privateNames, vault, 'queue');

  const zone = createPublicZone(stack);
  delegateZones(stack, zone);
  createEntry(stack, network, keys, identities, zone);
  const withSecrets = { ...stack.within, dependsOn: createN8nSecrets(stack, vault) };
  createN8n({ ...stack, within: withSecrets }, network, keys, identities, zone, vault);

  createAudit(stack);
  createLogs(stack, network, keys);
  createBudget(stack);
  reserveDatabase(stack);
  return {
    cluster: cluster.cluster.name,
    egressAddresses: network.egressAddresses.map(({ publicIp }) => publicIp),
    nameServers: zone.nameServers,
    postgres: postgres.arn,
    databaseOffering: databaseOffering(stack),
    nodeCommitment: nodeCommitment(stack),
  };
}
