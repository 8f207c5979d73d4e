import { describe, expect, it } from 'vitest';
import { cidrsOverlap } from './cidr.ts';
import { dataCidrOf } from './data-networks.ts';
import { platform } from './platform.ts';

const clusters = platform.environments.flatMap(({ targets }) => targets);

describe('the data network of a cluster', () => {
  it('gives each store a quarter of its own', () => {
    for (const cluster of clusters) {
      const blocks = (['postgres', 'redis-cache', 'redis-queue', 'n8n'] as const).map((store) =>
        dataCidrOf(cluster, store),
      );
      expect(new Set(blocks).size).toBe(4);
      for (const block of blocks) {
        expect(cidrsOverlap(block, cluster.network.dataCidr)).toBe(true);
        expect(blocks.filter((other) => cidrsOverlap(block, other))).toEqual([block]);
      }
    }
  });

  it('is private and apart from pods and load balancer in every cloud', () => {
    for (const { network } of clusters.filter((cluster) => cluster.kind !== 'kind')) {
      expect(network.dataCidr).toMatch(/^10\./);
      for (const other of [network.podCidr, ...network.loadBalancerCidrs]) {
        expect(cidrsOverlap(network.dataCidr, other)).toBe(false);
      }
    }
  });
});
