import type { Environment } from '../model/index.ts';
import { production } from './production.ts';
import { trustedHops } from './trusted-hops.ts';

const { cache, queue } = production.redis;

export const staging: Environment = {
  ...production,
  name: 'staging',
  shortName: 'staging',
  publicUrl: 'https://staging.maxai.io',
  logLevel: 'debug',
  values: {
    ...production.values,
    oidcClientId: 'maxai-staging.apps.googleusercontent.com',
    n8nUrl: 'https://n8n.staging.maxai.io',
    allowedOrigins: 'https://staging.maxai.io',
  },
  dns: [{ name: 'staging.maxai.io', target: 'Staging environment' }],
  cluster: { ...production.cluster, zones: 'single-zone', nodesMin: 2, nodesMax: 10 },
  targets: [
    {
      kind: 'gke',
      trustedHops: trustedHops.gke,
      account: 'maxai-staging',
      region: 'us-central1',
      zones: ['us-central1-a'],
      secondaryRegion: 'us-east1',
      registry: 'us-central1-docker.pkg.dev/maxai-staging/platform',
      network: {
        cidr: '10.48.0.0/16',
        podCidr: '10.50.0.0/16',
        dataCidr: '10.49.0.0/20',
        loadBalancerCidrs: ['130.211.0.0/22', '35.191.0.0/16'],
      },
      egress: 'FQDN policies',
    },
    {
      kind: 'eks',
      trustedHops: trustedHops.eks,
      account: '222222222222',
      region: 'us-east-1',
      zones: ['us-east-1a'],
      secondaryRegion: 'us-west-2',
      registry: '222222222222.dkr.ecr.us-east-1.amazonaws.com/platform',
      network: {
        cidr: '10.64.0.0/16',
        podCidr: '10.64.64.0/18',
        dataCidr: '10.64.128.0/20',
        loadBalancerCidrs: ['10.64.0.0/20'],
      },
      egress: 'egress proxy',
    },
  ],
  postgres: {
    ...production.postgres,
    tier: 'db-n1-standard-2',
    vcpu: 2,
    memoryGb: 7.5,
    storageGb: 100,
    highAvailability: 'none',
  },
  redis: {
    cache: { ...cache, tier: 'Basic', memoryMb: 1024, replicatedAcrossZones: false },
    queue: { ...queue, tier: 'Basic', memoryMb: 1024, replicatedAcrossZones: false },
  },
  n8n: { ...production.n8n, host: 'container', vcpu: null, memoryGb: null },
  recovery: null,
  idle: 'minimum replicas outside business hours',
};
