import { defineWebApp } from '../../topology/src/model/index.ts';

export const portalWeb = defineWebApp({
  name: 'portal-web',
  purpose: 'Portal of agencies and their clients',
  owner: 'web-team',
  costCentre: 'engineering',
  port: 4108,
  basePath: '',
  sharesPages: true,
  scaling: { metric: 'requests', min: 1, max: 10, targetConcurrency: 80 },
  resources: {
    cpuRequestMillicores: 250,
    memoryRequestMib: 256,
    memoryLimitMib: 512,
    ephemeralStorageMib: 512,
  },
  serviceLevel: { availabilityPercent: 99.9, latencyP95Ms: 500 },
  probes: { readiness: '/health', liveness: '/livez', drainSeconds: 10 },
  settings: {},
});
