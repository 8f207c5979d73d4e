import { localObservability } from '../local-observability.ts';
import type { Environment } from '../model/index.ts';
import { production } from './production.ts';
import { trustedHops } from './trusted-hops.ts';

/** One machine. `sandboxUrl` stands for every host outside it. */
export function developmentEnvironment(at: {
  portOffset: number;
  publicUrl: string;
  sandboxUrl: string;
}): Environment {
  const redis = {
    tier: 'local process',
    replicatedAcrossZones: false,
    access: 'loopback',
  } as const;
  return {
    ...production,
    name: 'development',
    shortName: 'dev',
    publicUrl: at.publicUrl,
    values: {
      oidcIssuer: `${at.sandboxUrl}/oidc`,
      oidcClientId: 'maxai-development',
      googleTokenUrl: `${at.sandboxUrl}/google/token`,
      n8nUrl: `${at.sandboxUrl}/n8n`,
      allowedOrigins: at.publicUrl,
    },
    oidcEndpoints: [],
    providers: {
      retell: `${at.sandboxUrl}/retell`,
      twilio: `${at.sandboxUrl}/twilio`,
      highlevel: `${at.sandboxUrl}/highlevel`,
      google: `${at.sandboxUrl}/google`,
      openrouter: `${at.sandboxUrl}/openrouter/api/v1`,
      stripe: `${at.sandboxUrl}/stripe`,
    },
    operatorCalls: ['iam'],
    loadBalancer: {
      kind: 'edge process',
      tls: 'none: loopback only',
      healthCheckPath: '/health',
      sessionAffinity: 'none',
      publicPort: 8080 + at.portOffset,
    },
    dns: [],
    cluster: { platform: 'Minikube or Kind', zones: 'local', nodesMin: 1, nodesMax: 1 },
    targets: [
      {
        kind: 'kind',
        trustedHops: trustedHops.kind,
        registry: 'localhost/platform',
        network: {
          cidr: '172.18.0.0/16',
          podCidr: '10.244.0.0/16',
          dataCidr: '10.244.0.0/16',
          loadBalancerCidrs: ['172.18.0.0/16'],
        },
        egress: 'egress proxy',
      },
    ],
    frontends: { serverless: 'none', primary: 'cluster' },
    postgres: {
      tier: 'local process',
      vcpu: null,
      memoryGb: null,
      storageGb: null,
      storageAutoResize: false,
      highAvailability: 'none',
      backups: null,
      pooledConnections: null,
      port: 4132 + at.portOffset,
      database: 'maxai',
      access: 'loopback',
    },
    redis: {
      cache: {
        ...redis,
        memoryMb: 64,
        maxmemoryPolicy: 'allkeys-lru',
        appendOnly: false,
        port: 4179 + at.portOffset,
      },
      queue: {
        ...redis,
        memoryMb: 256,
        maxmemoryPolicy: 'noeviction',
        appendOnly: true,
        port: 4180 + at.portOffset,
      },
    },
    n8n: {
      ...production.n8n,
      host: 'container',
      vcpu: null,
      memoryGb: null,
      access: 'loopback',
      https: false,
    },
    secretStore: 'state folder, mode 0600',
    observability: localObservability(at.portOffset),
    recovery: null,
    idle: 'off outside business hours',
  };
}
