import { createMetrics } from '@maxai/runtime/telemetry';
import { until } from '@maxai/runtime/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { observeSaturation } from '../../src/commands/cost/advise.ts';
import { costCommand } from '../../src/commands/cost/command.ts';
import { freePort } from '../../src/local/ports.ts';
import type { Daemon } from '../../src/observability/start-daemon.ts';
import { startPrometheus } from '../../src/observability/start-prometheus.ts';
import { repositoryRoot } from '../../src/platform/environment.ts';
import { CommandError } from '../../src/supervisor/command-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'maxai-cost-'));
let said: string;

beforeEach(() => {
  said = '';
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    said += `${text}\n`;
  });
});

afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function cost(...args: string[]): Promise<string> {
  await costCommand()
    .exitOverride()
    .parseAsync(['node', 'maxai', ...args]);
  return said;
}

describe('maxai cost report', () => {
  it('shows every environment on both clouds, its sums and how to pay less', async () => {
    const text = await cost('report');
    for (const part of [
      'production on gke:',
      'production on eks:',
      'staging on gke:',
      'cost centre',
      'one year',
      'List prices as of',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('gives programs the lines', async () => {
    const report = JSON.parse(
      await cost('report', '--environment', 'staging', '--cloud', 'eks', '--json'),
    ) as {
      lines: { environment: string; cloud: string }[];
    };
    expect(
      new Set(report.lines.map(({ environment, cloud }) => `${environment} ${cloud}`)),
    ).toEqual(new Set(['staging eks']));
  });

  it('refuses a cloud or an environment it does not know, with those it does', async () => {
    await expect(cost('report', '--cloud', 'azure')).rejects.toThrow(
      'Use --cloud gke or --cloud eks',
    );
    await expect(cost('report', '--environment', 'development')).rejects.toThrow(
      'Use --environment production or staging',
    );
  });
});

describe('maxai cost simulate', () => {
  it('runs the working day that the documentation has', async () => {
    const text = await cost(
      'simulate',
      '--trace',
      join(repositoryRoot, 'docs/traces/working-day.csv'),
    );
    expect(text).toContain('for old versions kept after a release');
    expect(text).toMatch(/webhook-ingress +\d+ +[\d.]+ +[\d.]+ +\d/);
  });

  it('gives programs the outcome', async () => {
    const trace = join(folder, 'trace.csv');
    writeFileSync(trace, 'minute,service,rate\n0,iam,1\n59,iam,1\n');
    const [outcome] = JSON.parse(
      await cost(
        'simulate',
        '--trace',
        trace,
        '--environment',
        'staging',
        '--cloud',
        'gke',
        '--json',
      ),
    ) as {
      environment: string;
      minutes: number;
    }[];
    expect(outcome).toMatchObject({ environment: 'staging', cloud: 'gke', minutes: 60 });
  });

  it('says what to give it when the trace is not there', async () => {
    await expect(cost('simulate', '--trace', join(folder, 'none.csv'))).rejects.toThrow(
      'docs/traces has one',
    );
  });
});

describe('maxai cost simulate, given a trace that cannot be read', () => {
  it('names the line and what to do', async () => {
    const trace = join(folder, 'broken.csv');
    writeFileSync(trace, 'minute,service,rate\n0,iam,1\n1,iam,\n');
    const failure: unknown = await cost('simulate', '--trace', trace).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(CommandError);
    expect(String(failure)).toMatch(/broken\.csv[^]*Line 3 of the trace[^]*Correct that line/);
  });

  it('passes on what is no fault of the trace', async () => {
    await expect(cost('simulate', '--trace', folder)).rejects.toThrow('EISDIR');
  });
});

describe('maxai cost advise', () => {
  const metrics = createMetrics('iam');
  let exporter: Server;
  let prometheus: Daemon;

  beforeAll(async () => {
    metrics.databasePool.ask(() => [{ labels: { state: 'waiting' }, value: 4 }]);
    exporter = createServer((_request, response) => {
      void metrics.registry.metrics().then((text) => response.end(text));
    });
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
    // A server that listens on a port has one.
    const { port } = exporter.address() as AddressInfo;
    prometheus = await startPrometheus({
      folder: join(folder, 'prometheus'),
      port: await freePort(),
      scrapeIntervalSeconds: 1,
      targets: [{ service: 'iam', port }],
    });
  }, 120_000);

  afterAll(async () => {
    await prometheus.stop();
    exporter.close();
  });

  it('refuses a Prometheus that does not answer, with where to find one', async () => {
    const failure: unknown = await cost(
      'advise',
      '--prometheus',
      `http://127.0.0.1:${await freePort()}`,
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect(String(failure)).toMatch(/does not answer[^]*Give --prometheus the address/);
  });

  it('refuses to judge by a Prometheus that has seen nothing', async () => {
    const empty = await startPrometheus({
      folder: join(folder, 'empty'),
      port: await freePort(),
      scrapeIntervalSeconds: 1,
      targets: [],
    });
    const failure: unknown = await cost('advise', '--prometheus', empty.url).catch(
      (error: unknown) => error,
    );
    await empty.stop();
    expect(failure).toBeInstanceOf(CommandError);
    expect(String(failure)).toMatch(/has seen no process[^]*in the last 7 days/);
  });

  it('judges what Prometheus has really seen [R61,R62]', async () => {
    const [iam] = await until(async () => {
      const seen = await observeSaturation(prometheus.url, 1);
      return seen.length > 0 ? seen : undefined;
    }, 20_000);
    expect(iam).toMatchObject({ service: 'iam', waitingForDatabase: 4, instances: 1 });
    expect(iam!.memoryMib).toBeGreaterThan(20);
    expect(await cost('advise', '--prometheus', prometheus.url)).toContain(
      'raise database.poolMax',
    );
    said = '';
    const { advice } = JSON.parse(
      await cost('advise', '--prometheus', prometheus.url, '--json'),
    ) as {
      advice: unknown[];
    };
    expect(advice).not.toEqual([]);
  });
});
