import { until } from '@maxai/runtime/testing';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/local/ports.ts';
import { startAlertmanager } from '../../src/observability/start-alertmanager.ts';
import type { Daemon } from '../../src/observability/start-daemon.ts';

type Received = { readonly path: string; readonly body: Record<string, unknown> };

const folder = mkdtempSync(join(tmpdir(), 'maxai-alertmanager-'));
const received: Received[] = [];
let receiver: Server;
let alertmanager: Daemon;

function amtool(...parameters: string[]): string {
  return spawnSync('amtool', parameters, { encoding: 'utf8', timeout: 30_000 }).stdout;
}

const route = (...labels: string[]) =>
  amtool(
    'config',
    'routes',
    'test',
    `--config.file=${join(folder, 'alertmanager.yaml')}`,
    ...labels,
  ).trim();

const tell = (...labels: string[]) =>
  amtool(
    'alert',
    'add',
    `--alertmanager.url=${alertmanager.url}`,
    ...labels,
    '--annotation=summary=planted',
  );

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      received.push({ path: String(request.url), body: JSON.parse(text) as Received['body'] });
      response.writeHead(request.url === '/v2/enqueue' ? 202 : 200);
      response.end(request.url === '/v2/enqueue' ? '{"status":"success"}' : 'ok');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has one.
  const { port } = receiver.address() as AddressInfo;
  writeFileSync(join(folder, 'pagerduty-key'), 'planted-routing-key');
  writeFileSync(join(folder, 'slack-url'), `http://127.0.0.1:${port}/slack`);
  alertmanager = await startAlertmanager({
    folder,
    port: await freePort(),
    receivers: {
      pagerDutyUrl: `http://127.0.0.1:${port}/v2/enqueue`,
      pagerDutyKeyFile: join(folder, 'pagerduty-key'),
      slackUrlFile: join(folder, 'slack-url'),
      slackChannel: '#platform',
    },
  });
}, 120_000);

afterAll(async () => {
  await alertmanager.stop();
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an alert is routed by its severity', () => {
  it('a critical one to PagerDuty, a warning to Slack, anything unforeseen to Slack', () => {
    expect(route('severity=critical', 'alertname=ServiceDown')).toBe('pagerduty');
    expect(route('severity=warning', 'alertname=ErrorRateRaised')).toBe('slack');
    expect(route('alertname=Unknown')).toBe('slack');
  });

  it('and arrives there, without what follows from it', async () => {
    tell('alertname=ServiceDown', 'severity=critical', 'service=iam');
    tell('alertname=ErrorRateHigh', 'severity=critical', 'service=iam');
    tell('alertname=LatencyRaised', 'severity=warning', 'service=payments');
    tell('alertname=LatencyHigh', 'severity=critical', 'service=payments');
    tell('alertname=QueueStuck', 'severity=warning', 'queue=flow-execution');
    const paths = () => received.map(({ path }) => path).toSorted((a, b) => a.localeCompare(b));
    await until(() => paths().length >= 3, 40_000);
    expect(paths()).toEqual(['/slack', '/v2/enqueue', '/v2/enqueue']);
    const pages = received.filter(({ path }) => path === '/v2/enqueue').map(({ body }) => body);
    expect(pages).toContainEqual(
      expect.objectContaining({
        routing_key: 'planted-routing-key',
        event_action: 'trigger',
        payload: expect.objectContaining({ severity: 'critical', summary: 'planted' }),
      }),
    );
    const told = JSON.stringify(received);
    for (const name of ['ServiceDown', 'LatencyHigh', 'QueueStuck']) expect(told).toContain(name);
    for (const name of ['ErrorRateHigh', 'LatencyRaised']) expect(told).not.toContain(name);
  }, 60_000);
});

describe('an Alertmanager that cannot start', () => {
  it('shows what it said', async () => {
    const receivers = {
      pagerDutyUrl: 'not a url',
      pagerDutyKeyFile: '/nowhere',
      slackUrlFile: '/nowhere',
      slackChannel: '#platform',
    };
    const other = join(folder, 'broken');
    await expect(
      startAlertmanager({ folder: other, port: await freePort(), receivers }),
    ).rejects.toThrow(/alertmanager did not start:[\s\S]*unsupported scheme/);
  });
});
