import { createMetrics } from '@maxai/runtime/telemetry';
import { until } from '@maxai/runtime/testing';
import { serviceRules } from '@maxai/topology/observability/service-levels';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/local/ports.ts';
import type { Daemon } from '../../src/observability/start-daemon.ts';
import {
  prometheusConfig,
  queryPrometheus,
  startPrometheus,
} from '../../src/observability/start-prometheus.ts';

const folder = mkdtempSync(join(tmpdir(), 'maxai-prometheus-'));
const metrics = createMetrics('iam');
let exporter: Server;
let prometheus: Daemon;

beforeAll(async () => {
  exporter = createServer((_request, response) => {
    void metrics.registry.metrics().then((text) => response.end(text));
  });
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has one.
  const { port } = exporter.address() as AddressInfo;
  prometheus = await startPrometheus({
    folder,
    port: await freePort(),
    scrapeIntervalSeconds: 1,
    targets: [
      { service: 'iam', port, labels: { version: 'a' } },
      { service: 'payments', port: await freePort() },
    ],
  });
}, 120_000);

afterAll(async () => {
  await prometheus.stop();
  exporter.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a Prometheus on this machine', () => {
  it('scrapes each process under its service, with the labels it was given', async () => {
    const scraped = await until(async () => {
      const samples = await queryPrometheus(prometheus.url, 'up{job="maxai"}');
      return samples.length === 2 ? samples : undefined;
    }, 20_000);
    expect(
      scraped.map(({ labels, value }) => [labels['service'], labels['version'], value]),
    ).toEqual(
      expect.arrayContaining([
        ['iam', 'a', 1],
        ['payments', undefined, 0],
      ]),
    );
  });

  it("has loaded the platform's rules", async () => {
    const response = await fetch(`${prometheus.url}/api/v1/rules`);
    expect(await response.text()).toContain('"name":"ServiceDown"');
  });

  it('tells rate, errors a second and in percent, P50, P95 and P99 from what a process exports [R93,R94,R95]', async () => {
    const observe = (status: string, seconds: number, times: number) => {
      const labels = { method: 'GET', route: '/api/clients', status };
      for (let time = 0; time < times; time += 1) {
        metrics.httpRequestDuration.observe(labels, seconds);
      }
    };
    // What was there before is no rate; there is enough of it that Prometheus does not guess where it began.
    observe('200', 0.001, 1000);
    observe('500', 0.001, 1000);
    await until(async () => {
      const seen = await queryPrometheus(
        prometheus.url,
        'http_request_duration_seconds_count{status="500"}',
      );
      return seen.length > 0;
    }, 20_000);
    observe('200', 0.004, 60);
    observe('200', 0.18, 36);
    observe('500', 0.9, 4);
    const valueOf = async (record: string) => {
      const rule = serviceRules.find((one) => one.record === record)!;
      const [sample] = await queryPrometheus(prometheus.url, rule.expression);
      return sample?.value ?? 0;
    };
    await until(async () => (await valueOf('service:errors:rate5m')) > 0, 20_000);
    const [requests, errors] = await Promise.all([
      valueOf('service:requests:rate5m'),
      valueOf('service:errors:rate5m'),
    ]);
    expect(errors / requests).toBeCloseTo(0.04, 3);
    expect(await valueOf('service:errors:percent5m')).toBeCloseTo(4, 3);
    // Within the bucket that holds the request in question.
    const between = async (percent: number) => valueOf(`service:latency_seconds:p${percent}_5m`);
    expect(await between(50)).toBeGreaterThan(0.002);
    expect(await between(50)).toBeLessThanOrEqual(0.005);
    expect(await between(95)).toBeGreaterThan(0.15);
    expect(await between(95)).toBeLessThanOrEqual(0.2);
    expect(await between(99)).toBeGreaterThan(0.5);
    expect(await between(99)).toBeLessThanOrEqual(1);
  }, 60_000);

  it('says why it refuses a query', async () => {
    await expect(queryPrometheus(prometheus.url, 'sum(')).rejects.toThrow(
      /refused sum\(: .*parse error/,
    );
  });
});

describe('its configuration', () => {
  it("names the Alertmanager and the machine's exporter only where there are some", () => {
    const plain = { folder, port: 1, targets: [], scrapeIntervalSeconds: 15 };
    expect(prometheusConfig(plain)).not.toHaveProperty('alerting');
    const full = prometheusConfig({ ...plain, alertmanagerPort: 9, nodeExporterPort: 8 });
    expect(JSON.stringify(full)).toContain(
      '"alertmanagers":[{"static_configs":[{"targets":["127.0.0.1:9"]',
    );
    expect(full.scrape_configs.map(({ job_name }) => job_name)).toEqual(['maxai', 'node']);
  });
});
