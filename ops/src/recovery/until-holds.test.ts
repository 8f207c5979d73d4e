import { describe, expect, it } from 'vitest';
import { findProcess, urlOf } from './find-process.ts';
import { untilHolds } from './until-holds.ts';

const failure = { what: 'It never came.', fix: 'bring it' };

describe('waiting for a condition', () => {
  it('ends when it holds, whatever it threw before', async () => {
    let asked = 0;
    const condition = () => {
      asked += 1;
      if (asked === 1) throw new Error('not there yet');
      return asked === 3;
    };
    await untilHolds(condition, 5000, failure);
    expect(asked).toBe(3);
  });

  it('says what never held and what to do', async () => {
    await expect(untilHolds(() => false, 1, failure)).rejects.toThrow(/It never came[^]*bring it/);
  });
});

describe('a process of a plan', () => {
  const plan = {
    postgres: { port: 1, database: 'd', adminPasswordSecret: 's', schemas: [] },
    redis: [],
    migrations: [],
    processes: [
      {
        name: 'iam',
        kind: 'service' as const,
        entry: 'main.ts',
        port: 4103,
        env: {},
        dependsOn: [],
        healthUrl: '',
      },
    ],
  };

  it('is found by its name, or missed by it', () => {
    expect(urlOf(plan, 'iam')).toBe('http://127.0.0.1:4103');
    expect(() => findProcess(plan, 'edge')).toThrow('the plan has no edge');
  });
});
