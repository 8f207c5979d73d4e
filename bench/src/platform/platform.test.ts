import { describe, expect, it } from 'vitest';
import { searchLimit, soak } from './command.ts';
import { describePlatform } from './describe-platform.ts';

const command = {
  tell: () => undefined,
  port: 26_580,
  webApps: false,
  warmUpSeconds: 0,
  seconds: 2,
  rounds: 1,
  roundSeconds: 1,
  restSeconds: 0,
  webhooksPerSecond: 16,
  apiPerSecond: 10,
};

describe('the load on a whole platform', () => {
  it(
    'is taken in and answered by it, and a crash loses nothing',
    { timeout: 300_000 },
    async () => {
      const report = await soak(command);
      expect(report).toMatchObject({
        load: {
          webhooks: { offered: 32, failures: {} },
          api: { offered: 20, failures: {} },
          policyCheck: { offered: 10, failures: {} },
          flows: { failed: 0, unfinished: 0 },
        },
        floor: { webhooks: { failures: {} }, api: { failures: {} } },
        crash: { executions: 10 },
      });
      expect(report.load.flows.firstStep.count).toBeGreaterThan(0);
      expect(report.load.flows.threeSteps.count).toBeGreaterThan(0);
      expect(report.load.flows.firstStep.p95MsOfTenths).toHaveLength(10);
      const { workMsOfTenths } = report.load;
      expect(workMsOfTenths).toHaveLength(10);
      expect(Math.max(...workMsOfTenths)).toBeGreaterThan(0);
      const description = describePlatform(report);
      expect(description).toMatch(/trigger to first step +\d+ +\d/);
      expect(description).toMatch(/the same work, ms +\d/);
      expect(description).toMatch(/API p95 +\d/);
      expect(description).toMatch(/growth of iam +-?\d/);
      expect(description).toMatch(/growth of postgres +-?\d/);
      expect(description).toContain('10 executions went on');
      expect(description).toMatch(/orchestrator-worker +\d/);
    },
  );

  it.each([
    ['webhooksPerSecond', { webhooksPerSecond: 0 }],
    ['apiPerSecond', { apiPerSecond: Number.NaN }],
    ['seconds', { seconds: -1 }],
  ])('needs a %s above 0', async (key, change) => {
    await expect(searchLimit({ ...command, ...change })).rejects.toThrow(
      new RegExp(`^${key} is .*: give a number above 0$`),
    );
  });
});
