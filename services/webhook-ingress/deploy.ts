import { defineService, standardProbes } from '@maxai/topology/model';

export const webhookIngress = defineService({
  name: 'webhook-ingress',
  purpose: 'Public webhooks: verify, store, acknowledge, enqueue',
  owner: 'edge-team',
  costCentre: 'engineering',
  port: 4102,
  exposure: 'public',
  namespace: 'services',
  nodePool: 'api-pool',
  database: { schema: 'ingress', poolMax: 10 },
  usesCache: true,
  usesQueue: true,
  calls: ['iam'],
  providers: [],
  produces: ['webhook-processing'],
  scaling: { metric: 'CPU', min: 2, max: 10, targetPercent: 70 },
  resources: {
    cpuRequestMillicores: 500,
    memoryRequestMib: 256,
    memoryLimitMib: 512,
    ephemeralStorageMib: 256,
  },
  serviceLevel: { availabilityPercent: 99.9, latencyP95Ms: 150 },
  probes: standardProbes,
  settings: {},
});
