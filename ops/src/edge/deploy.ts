import { defineEdge, standardProbes } from '@maxai/topology/model';

export const edge = defineEdge({
  name: 'edge',
  purpose: "The load balancer's stand-in on one machine",
  owner: 'edge-team',
  costCentre: 'ops',
  port: 8080,
  probes: standardProbes,
  settings: {},
});
