import { createApiClient, type ApiClient } from '@maxai/api-client';
import { developmentPlan, developmentSecrets } from '@maxai/topology/development-plan';
import { until } from '@maxai/runtime/testing';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoState } from '../../src/commands/demo/demo-state.ts';
import { requireDemoState } from '../../src/commands/demo/demo-state.ts';
import { seedDemo } from '../../src/commands/demo/seed.ts';
import { freePlatformPort, portsFrom } from '../fixtures/free-platform-port.ts';
import { readSpans, type TracedSpan } from '../../src/observability/otlp-spans.ts';
import type { LocalPlan } from '../../src/platform/local-plan.ts';
import { createPlatform } from '../../src/platform/platform.ts';
import { readOrMakeSecrets } from '../../src/supervisor/secrets-file.ts';
import type { StateFolder } from '../../src/supervisor/state-folder.ts';
import { newState, root } from '../fixtures/local-platform.ts';

export type RunningPlatform = {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
  readonly demo: DemoState;
  readonly api: ApiClient;
  /** Every span that any process has sent so far. */
  readonly spans: readonly TracedSpan[];
  /** Once no queue holds a job and the lines of what was done are written. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

function listenOn(port: number, answer: (body: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      answer(body);
      response.end('{}');
    });
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

/**
 * Every process of the platform but the web apps, which answer nothing here but their health, with the demo agency;
 * all of them send their traces to this process.
 */
export async function startRunningPlatform(): Promise<RunningPlatform> {
  const spans: TracedSpan[] = [];
  const collector = await listenOn(0, (body) => spans.push(...readSpans(body)));
  // A server that listens on a port has one.
  const tracesUrl = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const state = newState();
  const secrets = readOrMakeSecrets(state.file('secrets.json'), developmentSecrets);
  // Every inner port moves with the edge's: between those of other platforms that tests may run meanwhile.
  const publicPort = await freePlatformPort(portsFrom(12_130));
  const url = `http://localhost:${publicPort}`;
  const whole = developmentPlan({
    portOffset: publicPort - 8080,
    publicUrl: url,
    secret: (name) => String(secrets[name]),
    tracesUrl,
  });
  const web = whole.processes.filter(({ kind }) => kind === 'web');
  const servers = await Promise.all(web.map(({ port }) => listenOn(port, () => undefined)));
  const absent = new Set<string>(web.map(({ name }) => name));
  const plan: LocalPlan = {
    ...whole,
    processes: whole.processes
      .filter(({ kind }) => kind !== 'web')
      .map((process) => ({
        ...process,
        dependsOn: process.dependsOn.filter((name) => !absent.has(name)),
      })),
  };
  const platform = createPlatform({
    root,
    state,
    plan,
    secrets,
    url,
    only: undefined,
    seed: () => seedDemo({ url, state, plan, secrets }),
    report: () => undefined,
    renderer: 'silent',
    timings: { startMs: 240_000 },
  });
  await platform.start();
  const demo = requireDemoState(state);
  const sandbox = plan.processes.find(({ name }) => name === 'sandbox');
  return {
    url,
    sandboxUrl: `http://127.0.0.1:${sandbox?.port}`,
    state,
    plan,
    secrets,
    demo,
    api: createApiClient({
      baseUrl: url,
      headers: { authorization: `Bearer ${demo.apiKey}` },
    }),
    spans,
    async settled() {
      const orchestrator = plan.processes.find(({ name }) => name === 'orchestrator');
      await until(async () => {
        const text = await (await fetch(`http://127.0.0.1:${orchestrator?.port}/metrics`)).text();
        const waiting = [...text.matchAll(/^queue_jobs\{.*\} (\d+)$/gm)].map(([, count]) => count);
        return waiting.length > 0 && waiting.every((count) => count === '0');
      }, 60_000);
    },
    async stop() {
      await platform.stop();
      for (const server of [collector, ...servers]) server.close();
      rmSync(state.path, { recursive: true, force: true });
    },
  };
}
