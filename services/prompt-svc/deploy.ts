import { defineService, standardProbes } from '@maxai/topology/model';

export const promptSvc = defineService({
  name: 'prompt-svc',
  purpose: 'Prompt templates, versions, publishing to providers',
  owner: 'automation-team',
  costCentre: 'engineering',
  port: 4104,
  exposure: 'internal',
  namespace: 'services',
  nodePool: 'services-pool',
  database: { schema: 'prompt', poolMax: 10 },
  usesCache: false,
  usesQueue: false,
  calls: ['iam'],
  providers: ['retell'],
  produces: [],
  scaling: { metric: 'CPU', min: 1, max: 5, targetPercent: 70 },
  resources: {
    cpuRequestMillicores: 250,
    memoryRequestMib: 256,
    memoryLimitMib: 512,
    ephemeralStorageMib: 256,
  },
  serviceLevel: { availabilityPercent: 99.9, latencyP95Ms: 200 },
  probes: standardProbes,
  settings: {},
});
