import { describe, expect, it } from 'vitest';
import { platform } from '../platform.ts';
import { sizingAdvice, type Saturation } from './sizing-advice.ts';

const backends = [...platform.services, ...platform.workers];
const fine: Saturation = {
  service: 'iam',
  cpuCores: 0.3,
  memoryMib: 200,
  waitingForDatabase: 0,
  instances: 2,
};
const adviceOn = (seen: Partial<Saturation>) =>
  sizingAdvice([{ ...fine, ...seen }], backends).map(({ advice }) => advice);

describe('advice on sizes', () => {
  it('has nothing to say of a process that fits', () => {
    expect(adviceOn({})).toEqual([]);
  });

  it('waits for an autoscaler that has pods left', () => {
    expect(adviceOn({ cpuCores: 0.95, instances: 2 })).toEqual([
      'its autoscaler has 3 pods left: wait for it',
    ]);
  });

  it('raises the most pods, then the machine, when out is not enough [R61]', () => {
    const [advice] = adviceOn({ cpuCores: 0.95, instances: 5 });
    expect(advice).toContain('raise scaling.max of iam');
    expect(advice).toContain('take the next machine');
  });

  it('raises a memory limit that is nearly reached, and lowers a request that is far too large', () => {
    expect(adviceOn({ memoryMib: 500 })).toEqual([
      'raise memoryLimitMib from 512 to 768, or it is killed when it grows',
    ]);
    expect(adviceOn({ memoryMib: 40 })).toEqual([
      'lower memoryRequestMib from 256 to 64: the node holds more pods',
    ]);
  });

  it('leads from an exhausted pool to the next database instance [R62]', () => {
    const [advice] = adviceOn({ waitingForDatabase: 3 });
    expect(advice).toContain('raise database.poolMax');
    expect(advice).toContain('next PostgreSQL instance');
  });

  it('passes over what is no process of ours', () => {
    expect(sizingAdvice([{ ...fine, service: 'grafana', cpuCores: 4 }], backends)).toEqual([]);
  });
});
