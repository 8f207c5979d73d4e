import { listen } from '@maxai/runtime/http';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';
import { until } from '@maxai/runtime/testing';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { releaseCommand } from '../../src/commands/release/command.ts';
import { latestRelease } from '../../src/commands/release/decide.ts';
import { loadEdgeConfig } from '../../src/edge/config.ts';
import { createEdge } from '../../src/edge/create-edge.ts';
import { readSplits } from '../../src/edge/traffic-split.ts';
import { repositoryRoot } from '../../src/platform/environment.ts';
import type { LocalProcess } from '../../src/platform/local-plan.ts';
import { localPlatformOf, trafficFileOf } from '../../src/platform/local-platform.ts';
import { releasesFolder } from '../../src/release/control-release.ts';
import { readHold } from '../../src/release/release-hold.ts';
import { isHealthy } from '../../src/supervisor/probe.ts';
import { processRef } from '../../src/supervisor/process-table.ts';
import { spawnProcess } from '../../src/supervisor/spawn-process.ts';
import { openStateFolder } from '../../src/supervisor/state-folder.ts';
import { freePlatformPort } from '../fixtures/free-platform-port.ts';

const fixture = 'ops/tests/release/fixture-service.ts';

/** Where a checkout has its gateway. */
export const entry = 'services/api-gateway/main.ts';
export const speed = 30;
export const options = { version: 'b', speed: String(speed) };

export type LocalReleaseFixture = Awaited<ReturnType<typeof startLocalReleaseFixture>>;

/** The stable version of a small gateway behind an edge, at one of these public ports, in a state folder of its own. */
export async function startLocalReleaseFixture(ports: readonly number[]) {
  const folder = mkdtempSync(join(tmpdir(), 'maxai-release-'));
  const state = openStateFolder(join(folder, 'state'));
  vi.stubEnv('MAXAI_STATE', state.path);
  vi.stubEnv('MAXAI_PORT', String(await freePlatformPort(ports)));
  const { plan } = localPlatformOf(process.env, state);
  const planned = plan.processes.find(({ name }) => name === 'api-gateway')!;
  const service: LocalProcess = { ...planned, entry: fixture };
  const { env, healthUrl, port } = service;
  const stable = spawnProcess({
    command: process.execPath,
    args: [join(repositoryRoot, fixture)],
    cwd: repositoryRoot,
    env,
    logFile: state.log('api-gateway'),
  });
  await until(() => isHealthy({ healthUrl, port }), 20_000);
  const edgeEnv = plan.processes.find(({ name }) => name === 'edge')!.env;
  const edge = await createEdge(loadEdgeConfig(edgeEnv), {
    logger: createLogger({ service: 'edge', version: 'test', level: 'silent' }),
    metrics: createMetrics('edge'),
  });
  const url = await listen(edge, { host: '127.0.0.1', port: 0 });

  /** A checkout that has this as its gateway. */
  function checkout(name: string, main: string): string {
    const root = join(folder, name);
    mkdirSync(join(root, 'services/api-gateway'), { recursive: true });
    symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
    writeFileSync(join(root, entry), main);
    return root;
  }

  return {
    folder,
    state,
    service,
    url,
    checkout,
    /** A checkout whose gateway is the small one. */
    good: checkout('good', readFileSync(join(repositoryRoot, fixture), 'utf8')),
    declareRunning: () =>
      state.writeSupervisor({ ...processRef(process.pid), state: 'ready', url, children: [] }),
    latest: () => latestRelease(state),
    splitNow: () => readSplits(trafficFileOf(state))['api-gateway'],
    answeredBy: async () => (await fetch(`${url}/api/version`)).json(),
    holdOf: (id: string) => readHold(releasesFolder(state), id)!,
    /** Resolves once the next release may begin. */
    mayBegin: () => until(() => !existsSync(state.file('release.claim')), 40_000),
    async stop() {
      state.forgetSupervisor();
      await edge.close();
      await stable.stop(5000);
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Keeps what is printed from now on, instead of printing it; gives all of it so far. */
export function hearConsole(): () => string {
  let said = '';
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    said += `${text}\n`;
  });
  return () => said;
}

export const command = (...args: string[]) =>
  releaseCommand()
    .exitOverride()
    .parseAsync(['node', 'maxai', ...args]);

/** Whether a version answers there. */
export const answers = (at: string) => isHealthy({ port: 0, healthUrl: `${at}/health` });
