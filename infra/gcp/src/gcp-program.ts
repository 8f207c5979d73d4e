import type { Platform } from '@maxai/topology/model';
import { enableApis } from './apis.ts';
import { createCluster } from './cluster.ts';
import { createEntry } from './entry.ts';
import { createFirewall } from './firewall.ts';
import { gcpStack } from './gcp-stack.ts';
import { createN8nSecrets } from './n8n-secrets.ts';
import { createN8n } from './n8n.ts';
import { createNetwork } from './network.ts';
import { createBudget, createCommitment, createLogs, databaseCommitment } from './operations.ts';
import { createPostgres } from './postgres.ts';
import { createPrivateZone } from './private-zone.ts';
import { createGatewayFirewall, createTlsPolicy, createWebFirewall } from './protection.ts';
import {
  createAddresses,
  createCertificates,
  createPublicZone,
  delegateZones,
} from './public-names.ts';
import { createRedis } from './redis.ts';
import { createRegistry } from './registry.ts';
import { createSecretBackup } from './secret-backup.ts';
import { createIdentities, createSecrets } from './secrets.ts';
import type { GcpSettings } from './settings.ts';
import { createWebApps } from './web-apps.ts';

/** Everything one environment has on Google Cloud; what it returns are the stack's outputs. */
export function gcpProgram(platform: Platform, stackName: string, settings: GcpSettings) {
  const account = gcpStack(platform, stackName, settings);
  const stack = { ...account, within: { ...account.within, dependsOn: enableApis(account) } };
  const { network, egressAddress } = createNetwork(stack);
  createFirewall(stack, network);

  const vault = createSecrets(stack);
  const identities = createIdentities(stack, vault);
  createSecretBackup(stack, vault);

  const registry = createRegistry(stack);
  const cluster = createCluster(stack, network);

  const privateZone = createPrivateZone(stack, network);
  const postgres = createPostgres(stack, network, privateZone, vault);
  const redis = {
    cache: createRedis(stack, network, privateZone, vault, 'cache'),
    queue: createRedis(stack, network, privateZone, vault, 'queue'),
  };

  const publicZone = createPublicZone(stack);
  delegateZones(stack, publicZone);
  const firewall = createWebFirewall(stack);
  createGatewayFirewall(stack);
  const addresses = createAddresses(stack, publicZone);
  const backends = createWebApps(stack, network, identities, firewall);
  createEntry(stack, backends, {
    addresses,
    certificates: createCertificates(stack, publicZone),
    tls: createTlsPolicy(stack),
    firewall,
  });
  const withSecrets = { ...stack.within, dependsOn: createN8nSecrets(stack, vault) };
  createN8n({ ...stack, within: withSecrets }, network, publicZone, identities, registry);

  createLogs(stack);
  createBudget(stack);
  createCommitment(stack);
  return {
    cluster: cluster.name,
    egressAddress,
    nameServers: publicZone.nameServers,
    postgres: postgres.connectionName,
    redisCertificates: { cache: redis.cache.serverCaCerts, queue: redis.queue.serverCaCerts },
    databaseCommitment: databaseCommitment(stack),
  };
}
