import {
  defineService,
  fromEnvironment,
  standardProbes,
  trustedProxies,
  value,
} from '@maxai/topology/model';

export const apiGateway = defineService({
  name: 'api-gateway',
  purpose: 'Public API: authenticate, authorise, rate-limit, validate, route',
  owner: 'edge-team',
  costCentre: 'engineering',
  port: 4101,
  exposure: 'public',
  namespace: 'api',
  nodePool: 'api-pool',
  database: null,
  usesCache: true,
  usesQueue: false,
  calls: ['iam', 'prompt-svc', 'webhook-ingress', 'orchestrator', 'billing-usage', 'payments'],
  providers: [],
  produces: [],
  scaling: { metric: 'CPU', min: 2, max: 10, targetPercent: 70 },
  resources: {
    cpuRequestMillicores: 500,
    memoryRequestMib: 256,
    memoryLimitMib: 512,
    ephemeralStorageMib: 256,
  },
  serviceLevel: { availabilityPercent: 99.9, latencyP95Ms: 200 },
  probes: standardProbes,
  settings: {
    RATE_LIMIT_PER_MINUTE: value(600),
    ALLOWED_ORIGINS: fromEnvironment('allowedOrigins'),
    TRUSTED_PROXIES: trustedProxies(),
  },
});
