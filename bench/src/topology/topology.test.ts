import { platform } from '@maxai/topology/platform';
import { describe, expect, it } from 'vitest';
import { multiplyPlatform } from './multiply-platform.ts';
import { describeTopology, measureTopology } from './run-topology.ts';

describe('a multiplied platform', () => {
  const multiplied = multiplyPlatform(platform, 3);

  it('declares every service and worker as often, each on its own port, with edges to its own', () => {
    expect(multiplied.services).toHaveLength(3 * platform.services.length);
    expect(multiplied.workers).toHaveLength(3 * platform.workers.length);
    const backends = [...multiplied.services, ...multiplied.workers];
    expect(new Set(backends.map(({ name }) => name)).size).toBe(backends.length);
    expect(new Set(backends.map(({ port }) => port)).size).toBe(backends.length);
    const names: ReadonlySet<string> = new Set(backends.map(({ name }) => name));
    expect(
      backends.flatMap(({ calls }): string[] => [...calls]).filter((name) => !names.has(name)),
    ).toEqual([]);
  });

  it('is the platform itself when it is taken once', () => {
    expect(multiplyPlatform(platform, 1)).toEqual(platform);
  });
});

describe('the measurement', () => {
  const report = measureTopology(platform, { rounds: 1, sizes: [1, 2] });
  const [one, two] = report.sizes;

  it('renders and checks what is declared, and finds nothing', { timeout: 60_000 }, () => {
    expect(one?.findings).toBe(0);
    expect(two?.findings).toBe(0);
    expect(two!.objects).toBeGreaterThan(1.5 * one!.objects);
    for (const { renderMs, checkMs, totalMs, floorMs, ratio } of report.sizes) {
      expect(totalMs).toBeCloseTo(renderMs + checkMs);
      expect(ratio).toBeCloseTo(totalMs / floorMs);
    }
  });

  it('is told in a line for each size, with its limit', () => {
    const text = describeTopology(report);
    expect(text).toMatch(/^ +1× +12 +\d+ /m);
    expect(text).toMatch(/^ +2× +22 +\d+ /m);
    expect(describeTopology({ ...report, withinLimit: true })).toContain(
      'stays under its limit of 5.00 s',
    );
    expect(describeTopology({ ...report, withinLimit: false })).toContain('MISSES its limit');
  });

  it('needs a size', () => {
    expect(measureTopology(platform, { rounds: 1, sizes: [] })).toMatchObject({
      withinLimit: true,
    });
  });
});
