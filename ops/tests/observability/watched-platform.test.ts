import { until } from '@maxai/runtime/testing';
import { developmentPlan, developmentSecrets } from '@maxai/topology/development-plan';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePlatformPort, portsFrom } from '../fixtures/free-platform-port.ts';
import { watchersOf } from '../../src/observability/local-observability.ts';
import { isObserved } from '../../src/observability/observed.ts';
import { queryPrometheus } from '../../src/observability/start-prometheus.ts';
import { localPlatformOf } from '../../src/platform/local-platform.ts';
import { prepareParts } from '../../src/platform/optional-parts.ts';
import { createPlatform, type Platform } from '../../src/platform/platform.ts';
import { platformStatus } from '../../src/platform/platform-status.ts';
import { sendSignal } from '../../src/supervisor/process-table.ts';
import { readOrMakeSecrets } from '../../src/supervisor/secrets-file.ts';
import type { StateFolder } from '../../src/supervisor/state-folder.ts';
import { isRunning, newState, root } from '../fixtures/local-platform.ts';

const names = ['trace-receiver', 'node-exporter', 'alertmanager', 'prometheus'];
const patience = 60_000;
let state: StateFolder;
let platform: Platform;
let sandboxUrl: string;

const portOf = (name: string) =>
  state.readSupervisor()?.children.find((child) => child.name === name)?.port ?? 0;
const pidOf = (name: string) =>
  state.readSupervisor()?.children.find((child) => child.name === name)?.pid ?? 0;

beforeAll(async () => {
  state = newState();
  await prepareParts(['observability'], {}, state);
  const secrets = readOrMakeSecrets(state.file('secrets.json'), developmentSecrets);
  // Between the ports of other platforms that tests may run meanwhile.
  const publicPort = await freePlatformPort(portsFrom(12_250));
  const portOffset = publicPort - 8080;
  const plan = developmentPlan({
    portOffset,
    publicUrl: `http://localhost:${publicPort}`,
    secret: (name) => String(secrets[name]),
  });
  sandboxUrl = plan.processes
    .find(({ kind }) => kind === 'sandbox')!
    .healthUrl.replace('/health', '');
  platform = createPlatform({
    root,
    state,
    plan,
    secrets,
    url: `http://localhost:${publicPort}`,
    only: ['prompt-svc'],
    companions: watchersOf({ plan, state, secrets, portOffset, root }),
    seed: () => Promise.resolve(),
    report: () => undefined,
    renderer: 'silent',
    timings: { startMs: 240_000, backoffMs: 20 },
  });
  await platform.start();
}, 300_000);

afterAll(async () => {
  await platform.stop();
  rmSync(state.path, { recursive: true, force: true });
}, 120_000);

describe('a platform that is watched', () => {
  it('shows what watches it among its processes, healthy', async () => {
    const { processes } = await platformStatus(state);
    const watching = processes.filter(({ name }) => names.includes(name));
    expect(watching.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(watching.every(({ healthy, state: now }) => healthy && now === 'running')).toBe(true);
  });

  it(
    'is scraped with the machine it runs on, by the names of its processes [R96]',
    async () => {
      const url = `http://127.0.0.1:${portOf('prometheus')}`;
      const up = await until(async () => {
        const samples = await queryPrometheus(url, 'up == 1');
        const services = samples.map(({ labels }) => labels['service'] ?? labels['job']);
        return ['prompt-svc', 'iam', 'node'].every((name) => services.includes(name))
          ? services
          : undefined;
      }, patience);
      expect(up).not.toContain('payments');
      const disk = 'node_filesystem_avail_bytes / node_filesystem_size_bytes';
      expect((await queryPrometheus(url, disk)).length).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    'pages and posts where the sandbox hears it',
    async () => {
      const alertmanager = `--alertmanager.url=http://127.0.0.1:${portOf('alertmanager')}`;
      for (const labels of [
        ['alertname=DiskAlmostFull', 'severity=critical', 'instance=planted'],
        ['alertname=LatencyRaised', 'severity=warning', 'service=planted'],
      ]) {
        spawnSync('amtool', [
          'alert',
          'add',
          alertmanager,
          ...labels,
          '--annotation=summary=planted',
        ]);
      }
      const heard = async (what: string) =>
        (await fetch(`${sandboxUrl}/_control/effects/${what}`)).text();
      await until(
        async () => (await heard('pagerduty/events')).includes('DiskAlmostFull'),
        patience,
      );
      await until(async () => (await heard('slack/messages')).includes('LatencyRaised'), patience);
      expect(await heard('pagerduty/events')).not.toContain('LatencyRaised');
    },
    2 * patience,
  );

  it(
    'goes on when one of them dies, which comes back',
    async () => {
      const pid = pidOf('trace-receiver');
      sendSignal(pid, 'SIGKILL');
      const watching = async () =>
        (await platformStatus(state)).processes.find(({ name }) => name === 'trace-receiver');
      await until(
        async () => (await watching())?.restarts === 1 && (await watching())?.healthy,
        patience,
      );
      expect(isRunning(pid)).toBe(false);
      expect((await platformStatus(state)).state).toBe('ready');
    },
    patience,
  );
});

describe('a state folder', () => {
  it('that is watched has its processes send their traces there', () => {
    const { plan } = localPlatformOf({ MAXAI_PORT: '24000' }, state);
    const envOf = (kind: string) => plan.processes.find((process) => process.kind === kind)?.env;
    expect(envOf('service')).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:20238',
      NODE_OPTIONS: '--import=@maxai/runtime/tracing',
    });
    expect(envOf('edge')).toHaveProperty('OTEL_SERVICE_NAME', 'edge');
    expect(envOf('sandbox')).not.toHaveProperty('OTEL_SERVICE_NAME');
  });

  it('that is not is left alone', () => {
    const other = newState();
    expect(isObserved(other)).toBe(false);
    const { plan } = localPlatformOf({}, other);
    const variables = plan.processes.flatMap(({ env }) => Object.keys(env));
    expect(variables.filter((name) => /^OTEL|NODE_OPTIONS/.test(name))).toEqual([]);
    rmSync(other.path, { recursive: true });
  });
});
