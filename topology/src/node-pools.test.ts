import { describe, expect, it } from 'vitest';
import { nodePoolLabels, nodePoolTaints } from './node-pools.ts';

describe('node pools', () => {
  it('labels every node with its pool and taints the pools that take nobody else', () => {
    expect(nodePoolLabels('api-pool')).toEqual({ 'maxai.io/node-pool': 'api-pool' });
    expect(nodePoolTaints('jobs-pool')).toEqual([
      { key: 'maxai.io/node-pool', value: 'jobs-pool', effect: 'NoSchedule' },
    ]);
  });

  it('leaves one pool untainted for the pods of the cluster itself', () => {
    expect(nodePoolTaints('services-pool')).toEqual([]);
  });
});
