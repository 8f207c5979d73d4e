import { defineWebApp } from '../../topology/src/model/index.ts';

export const adminWeb = defineWebApp({
  name: 'admin-web',
  purpose: 'Console of the platform staff',
  owner: 'web-team',
  costCentre: 'engineering',
  port: 4109,
  basePath: '/admin',
  sharesPages: false,
  scaling: { metric: 'requests', min: 1, max: 10, targetConcurrency: 80 },
  resources: {
    cpuRequestMillicores: 250,
    memoryRequestMib: 256,
    memoryLimitMib: 512,
    ephemeralStorageMib: 512,
  },
  serviceLevel: { availabilityPercent: 99.9, latencyP95Ms: 500 },
  probes: { readiness: '/admin/health', liveness: '/admin/livez', drainSeconds: 10 },
  settings: {},
});
