import { describe, expect, it } from 'vitest';
import type { Environment } from '../model/index.ts';
import { platform } from '../platform.ts';
import { cloudSizing, cloudTarget } from './cloud-sizing.ts';

const kinds = ['gke', 'eks'] as const;
const clouds = platform.environments
  .filter(({ name }) => name !== 'development')
  .flatMap((environment) => kinds.map((kind) => ({ environment, kind, name: environment.name })));
const development = platform.environments.find(({ name }) => name === 'development') as Environment;

describe.each(clouds)('$name on $kind', ({ environment, kind }) => {
  const sizing = cloudSizing(environment, kind);
  const pools = Object.entries(sizing.nodePools) as [keyof typeof sizing.nodePools, never][];

  it('adds the pools up to the nodes of the cluster [R4,R5]', () => {
    const sizes = Object.values(sizing.nodePools);
    const { nodesMin, nodesMax } = environment.cluster;
    expect(sizes.reduce((sum, pool) => sum + pool.nodesMin, 0)).toBe(nodesMin);
    expect(sizes.reduce((sum, pool) => sum + pool.nodesMax, 0)).toBe(nodesMax);
  });

  it.each(pools)('gives %s a machine of the stated size [R7,R8,R9]', (name) => {
    const { machine } = sizing.nodePools[name];
    const { vcpu, memoryGb } = platform.nodePools[name];
    expect(machine.vcpu).toBeGreaterThanOrEqual(vcpu.min);
    expect(machine.vcpu).toBeLessThanOrEqual(vcpu.max);
    expect(machine.memoryGb).toBeGreaterThanOrEqual(memoryGb.min);
    expect(machine.memoryGb).toBeLessThanOrEqual(memoryGb.max);
  });

  it('gives PostgreSQL and Redis at least the stated size', () => {
    expect(sizing.postgres.vcpu).toBe(environment.postgres.vcpu);
    expect(sizing.postgres.memoryGb).toBeGreaterThanOrEqual(Number(environment.postgres.memoryGb));
    expect(sizing.redis.memoryMb).toBeGreaterThanOrEqual(environment.redis.cache.memoryMb);
  });
});

describe('an environment without a cloud', () => {
  it('is refused with the stacks there are', () => {
    expect(() => cloudSizing(development, 'gke')).toThrow('choose the stack production or staging');
  });

  it('is refused with the file that would name its cloud', () => {
    expect(() => cloudTarget(development, 'eks')).toThrow(
      'development has no eks target: add it to targets in topology/src/environments/development.ts',
    );
  });
});
