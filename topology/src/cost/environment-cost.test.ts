import { describe, expect, it } from 'vitest';
import type { Environment } from '../model/index.ts';
import { platform } from '../platform.ts';
import { costAdvice, shareOpen } from './cost-advice.ts';
import { environmentCost, priceOf, sumBy, type CostLine } from './environment-cost.ts';

const named = (name: Environment['name']) =>
  platform.environments.find((environment) => environment.name === name)!;
const production = named('production');
const staging = named('staging');
const clouds = ['gke', 'eks'] as const;
const total = (lines: readonly CostLine[]) =>
  lines.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
const item = (lines: readonly CostLine[], name: string) =>
  total(lines.filter((line) => line.item === name));

describe.each(clouds)('what an environment costs on %s', (cloud) => {
  const lines = environmentCost(platform, production, cloud);

  it('is charged to an environment, a service and a cost centre, line by line [R128]', () => {
    expect(lines.length).toBeGreaterThan(15);
    for (const line of lines) {
      expect(line).toMatchObject({ environment: 'production', cloud });
      expect(['engineering', 'ops']).toContain(line.costCentre);
      expect(line.service).not.toBe('');
    }
    const services = sumBy(lines, 'service').map(({ name }) => name);
    expect(services).toEqual(expect.arrayContaining(['platform', 'iam', 'payments-worker']));
  });

  it('comes to the same whichever way it is added up', () => {
    for (const label of ['service', 'costCentre', 'item', 'environment', 'cloud'] as const) {
      const sum = sumBy(lines, label).reduce((all, { monthlyUsd }) => all + monthlyUsd, 0);
      expect(sum).toBeCloseTo(total(lines), 6);
    }
  });

  it('pays for every node of a pool exactly once, however it is shared', () => {
    const nodes = lines.filter((line) => line.item === 'nodes of api-pool');
    expect(nodes.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(1, 9);
  });

  it('pays twice for a database with a standby, and for no n8n machine where it is a container', () => {
    const rest = environmentCost(platform, staging, cloud);
    const standby = lines.find((line) => line.item === 'PostgreSQL');
    const alone = rest.find((line) => line.item === 'PostgreSQL');
    expect([standby?.quantity, alone?.quantity]).toEqual([2, 1]);
    expect(item(lines, 'n8n')).toBeGreaterThan(0);
    expect(item(rest, 'n8n')).toBe(0);
    expect(total(rest)).toBeLessThan(total(lines));
  });

  it("is less with a year's commitment to the database and to the nodes [R131,R132]", () => {
    const [database, nodes] = costAdvice(platform, production, cloud);
    expect(database).toMatchObject({
      advice: expect.stringContaining('database'),
      binds: 'one year',
    });
    expect(database!.savesMonthlyUsd / item(lines, 'PostgreSQL')).toBeGreaterThanOrEqual(0.25);
    expect(nodes!.savesMonthlyUsd).toBeGreaterThan(0);
  });

  it('is less when staging rests outside business hours [R130]', () => {
    const [atMinimum, off] = costAdvice(platform, staging, cloud);
    expect(atMinimum!.savesMonthlyUsd).toBeGreaterThan(0);
    const nodes = total(
      environmentCost(platform, staging, cloud).filter((line) => line.item.startsWith('nodes')),
    );
    expect(off!.savesMonthlyUsd).toBeCloseTo(nodes * (1 - 60 / 168), 6);
  });
});

describe('development', () => {
  it('costs nothing and needs no advice', () => {
    expect(environmentCost(platform, named('development'), 'gke')).toEqual([]);
    expect(costAdvice(platform, named('development'), 'gke')).toEqual([]);
  });
});

describe('a pool that asks for more than its least nodes have', () => {
  it('is still paid for exactly once', () => {
    const hungry = {
      ...platform,
      services: platform.services.map((service) => ({
        ...service,
        resources: { ...service.resources, cpuRequestMillicores: 4000 },
      })),
    };
    const nodes = environmentCost(hungry, production, 'gke').filter(
      (line) => line.item === 'nodes of api-pool',
    );
    expect(nodes.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(1, 9);
    expect(nodes.map(({ service }) => service)).not.toContain('platform');
  });
});

describe('the prices', () => {
  it('refuse a machine they do not know, with the file to add it to', () => {
    expect(() => priceOf({}, 'm9i.huge')).toThrow(
      'm9i.huge has no price: add it to topology/src/cost/price-table.ts',
    );
  });
});

describe('business hours', () => {
  it('are a share of the week', () => {
    expect(shareOpen(production)).toBeCloseTo((5 * 12) / 168, 9);
  });
});
