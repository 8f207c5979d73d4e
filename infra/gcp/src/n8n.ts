import * as artifactregistry from '@pulumi/gcp/artifactregistry/index.js';
import * as certificatemanager from '@pulumi/gcp/certificatemanager/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import * as dns from '@pulumi/gcp/dns/index.js';
import { interpolate } from '@pulumi/pulumi';
import { n8nHost } from '@maxai/topology/entry-names';
import { n8nPort } from '@maxai/topology/n8n-variables';
import { networkTags } from './firewall.ts';
import type { GcpStack } from './gcp-stack.ts';
import { createN8nContainer, n8nCharge as charge, type BackendParts } from './n8n-container.ts';
import { n8nCloudConfig } from './n8n-machine.ts';
import type { Network } from './network.ts';
import { createRegionalTlsPolicy } from './protection.ts';
import { authorizeName } from './public-names.ts';
import type { Identities } from './secrets.ts';
import { createVpn } from './vpn.ts';

function createMachine(
  stack: GcpStack,
  network: Network,
  identities: Identities,
  registry: artifactregistry.Repository,
) {
  const { target, sizing, within, labels } = stack;
  const account = identities.account('n8n');
  new artifactregistry.RepositoryIamMember(
    'n8n-pulls',
    {
      repository: registry.name,
      location: target.region,
      role: 'roles/artifactregistry.reader',
      member: interpolate`serviceAccount:${account.email}`,
    },
    within,
  );
  return new compute.Instance(
    'n8n',
    {
      name: 'n8n',
      zone: target.zones[0],
      machineType: sizing.n8n.type,
      tags: [networkTags.n8n],
      bootDisk: {
        initializeParams: {
          image: 'cos-cloud/cos-stable',
          size: 50,
          type: 'pd-ssd',
          labels: labels(charge),
        },
      },
      // No access configuration: the machine has no public address.
      networkInterfaces: [{ subnetwork: network.n8n.id }],
      serviceAccount: { email: account.email, scopes: ['cloud-platform'] },
      shieldedInstanceConfig: {
        enableSecureBoot: true,
        enableVtpm: true,
        enableIntegrityMonitoring: true,
      },
      metadata: {
        'user-data': n8nCloudConfig(stack),
        'google-logging-enabled': 'true',
        'block-project-ssh-keys': 'true',
        'enable-oslogin': 'true',
      },
      allowStoppingForUpdate: true,
      deletionProtection: stack.protected,
      labels: labels(charge),
    },
    within,
  );
}

/** The machine as what a balancer sends requests to. */
function machineBackend(stack: GcpStack, machine: compute.Instance): BackendParts {
  const { target, within } = stack;
  const group = new compute.InstanceGroup(
    'n8n',
    {
      name: 'n8n',
      zone: target.zones[0],
      instances: [machine.selfLink],
      namedPorts: [{ name: 'http', port: n8nPort }],
    },
    within,
  );
  const health = new compute.RegionHealthCheck(
    'n8n',
    {
      name: 'n8n',
      region: target.region,
      httpHealthCheck: { port: n8nPort, requestPath: '/healthz' },
    },
    within,
  );
  return {
    protocol: 'HTTP',
    portName: 'http',
    backends: [{ group: group.id, balancingMode: 'UTILIZATION', capacityScaler: 1 }],
    healthChecks: health.id,
    // The editor keeps a connection open for what runs.
    timeoutSec: 3600,
  };
}

function createBackend({ target, within }: GcpStack, parts: BackendParts) {
  return new compute.RegionBackendService(
    'n8n',
    {
      name: 'n8n',
      region: target.region,
      loadBalancingScheme: 'INTERNAL_MANAGED',
      ...parts,
    },
    within,
  );
}

/** HTTPS with a managed certificate on a private address; only the tunnel and the network lead there. */
function createInternalEntry(
  stack: GcpStack,
  { vpc, n8n }: Network,
  zone: dns.ManagedZone,
  backend: compute.RegionBackendService,
) {
  const { environment, target, within, labels } = stack;
  const host = n8nHost(environment);
  const common = { name: 'n8n', region: target.region };
  const certificate = new certificatemanager.Certificate(
    'n8n',
    {
      name: 'n8n',
      location: target.region,
      managed: { domains: [host], dnsAuthorizations: [authorizeName(stack, zone, host, true).id] },
      labels: labels(charge),
    },
    within,
  );
  const map = new compute.RegionUrlMap('n8n', { ...common, defaultService: backend.id }, within);
  const proxy = new compute.RegionTargetHttpsProxy(
    'n8n',
    {
      ...common,
      urlMap: map.id,
      certificateManagerCertificates: [certificate.id],
      sslPolicy: createRegionalTlsPolicy(stack).id,
    },
    within,
  );
  const rule = new compute.ForwardingRule(
    'n8n',
    {
      ...common,
      loadBalancingScheme: 'INTERNAL_MANAGED',
      ipProtocol: 'TCP',
      portRange: '443',
      network: vpc.id,
      subnetwork: n8n.id,
      target: proxy.id,
      labels: labels(charge),
    },
    within,
  );
  new dns.RecordSet(
    'n8n',
    { managedZone: zone.name, name: `${host}.`, type: 'A', ttl: 300, rrdatas: [rule.ipAddress] },
    within,
  );
}

/** n8n on a machine or in a container, as the environment says; either way behind the same private entry. */
export function createN8n(
  stack: GcpStack,
  network: Network,
  zone: dns.ManagedZone,
  identities: Identities,
  registry: artifactregistry.Repository,
): void {
  const parts =
    stack.environment.n8n.host === 'dedicated VM'
      ? machineBackend(stack, createMachine(stack, network, identities, registry))
      : createN8nContainer(stack, network, identities);
  createInternalEntry(stack, network, zone, createBackend(stack, parts));
  createVpn(stack, network);
}
