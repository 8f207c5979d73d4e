import { beforeAll, describe, expect, it } from 'vitest';
import type { Resources } from '../../tests/registered.ts';
import { runGcpProgram } from './support/run-gcp-program.ts';

const pool = 'gcp:container/nodePool:NodePool';
const pools = ['api-pool', 'services-pool', 'jobs-pool'];
let production: Resources;
let staging: Resources;

beforeAll(async () => {
  production = await runGcpProgram('production');
  staging = await runGcpProgram('staging');
});

function bounds(resources: Resources): [number, number] {
  const sizes = pools.map(
    (name) =>
      resources.inputs(pool, name)['autoscaling'] as {
        totalMinNodeCount: number;
        totalMaxNodeCount: number;
      },
  );
  return [
    sizes.reduce((sum, { totalMinNodeCount }) => sum + totalMinNodeCount, 0),
    sizes.reduce((sum, { totalMaxNodeCount }) => sum + totalMaxNodeCount, 0),
  ];
}

describe('the GKE cluster', () => {
  it('spreads production over three zones and 3 to 20 nodes [R4,R11]', () => {
    expect(production.inputs('gcp:container/cluster:Cluster', 'cluster')).toMatchObject({
      location: 'us-central1',
      nodeLocations: ['us-central1-a', 'us-central1-b', 'us-central1-c'],
      deletionProtection: true,
    });
    expect(bounds(production)).toEqual([3, 20]);
  });

  it('keeps staging in one zone with 2 to 10 nodes [R5,R11]', () => {
    const cluster = staging.inputs('gcp:container/cluster:Cluster', 'cluster');
    expect(cluster['location']).toBe('us-central1-a');
    expect(cluster).not.toHaveProperty('nodeLocations');
    expect(bounds(staging)).toEqual([2, 10]);
  });
});
