import { listen, type App } from '@maxai/runtime/http';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';
import { until } from '@maxai/runtime/testing';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { releaseCommand } from '../../src/commands/release/command.ts';
import { decide, latestRelease } from '../../src/commands/release/decide.ts';
import { formatRehearsals, isRight, runRehearsal } from '../../src/commands/release/rehearse.ts';
import { startRelease } from '../../src/commands/release/start.ts';
import { createEdge } from '../../src/edge/create-edge.ts';
import { loadEdgeConfig } from '../../src/edge/config.ts';
import { affinityCookie, readSplits } from '../../src/edge/traffic-split.ts';
import { freePlatformPort, portsFrom } from '../fixtures/free-platform-port.ts';
import { repositoryRoot } from '../../src/platform/environment.ts';
import type { LocalProcess } from '../../src/platform/local-plan.ts';
import { localPlatformOf, trafficFileOf } from '../../src/platform/local-platform.ts';
import { controlRelease, releaseId } from '../../src/release/control-release.ts';
import { askFor } from '../../src/release/decision-requests.ts';
import { rehearse } from '../../src/release/rehearse.ts';
import { isHealthy } from '../../src/supervisor/probe.ts';
import { processRef } from '../../src/supervisor/process-table.ts';
import { spawnProcess, type Running } from '../../src/supervisor/spawn-process.ts';
import { openStateFolder, type StateFolder } from '../../src/supervisor/state-folder.ts';

const fixture = 'ops/tests/release/fixture-service.ts';
const entry = 'services/api-gateway/main.ts';
const speed = 30;

let folder: string;
let state: StateFolder;
let service: LocalProcess;
let stable: Running;
let edge: App;
let url: string;
let said: string;
const environment = { ...process.env };

/** A checkout that has this as its gateway. */
function checkout(name: string, main: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'services/api-gateway'), { recursive: true });
  symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, entry), main);
  return root;
}

async function keepAsking(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await fetch(`${url}/api/version`).then((response) => response.arrayBuffer());
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function declareRunning(): void {
  state.writeSupervisor({ ...processRef(process.pid), state: 'ready', url, children: [] });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maxai-release-'));
  state = openStateFolder(join(folder, 'state'));
  const base = await freePlatformPort(portsFrom(14_000));
  process.env['MAXAI_STATE'] = state.path;
  process.env['MAXAI_PORT'] = String(base);
  const { plan } = localPlatformOf(process.env, state);
  const planned = plan.processes.find(({ name }) => name === 'api-gateway')!;
  service = { ...planned, entry: fixture };
  const { env, healthUrl, port } = service;
  const logFile = state.log('api-gateway');
  stable = spawnProcess({
    command: process.execPath,
    args: [join(repositoryRoot, fixture)],
    cwd: repositoryRoot,
    env,
    logFile,
  });
  await until(() => isHealthy({ healthUrl, port }), 20_000);
  const edgeEnv = plan.processes.find(({ name }) => name === 'edge')!.env;
  edge = await createEdge(loadEdgeConfig(edgeEnv), {
    logger: createLogger({ service: 'edge', version: 'test', level: 'silent' }),
    metrics: createMetrics('edge'),
  });
  url = await listen(edge, { host: '127.0.0.1', port: 0 });
  const good = checkout('good', '');
  cpSync(join(repositoryRoot, fixture), join(good, entry));
  checkout('dying', "throw new Error('no such table');");
}, 60_000);

afterAll(async () => {
  state.forgetSupervisor();
  await edge.close();
  await stable.stop(5000);
  process.env = environment;
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  said = '';
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    said += `${text}\n`;
  });
});

afterEach(() => vi.restoreAllMocks());

const command = (...args: string[]) =>
  releaseCommand()
    .exitOverride()
    .parseAsync(['node', 'maxai', ...args]);
const options = { version: 'b', speed: String(speed) };

describe('before anything was released', () => {
  it('there is nothing to decide, and the status says how to begin', async () => {
    await command('status');
    expect(said).toContain('Nothing was released here yet');
    await expect(decide('rollback')).rejects.toThrow(/There is no release/);
    await expect(command('report')).rejects.toThrow('No release was taken back here');
  });

  it('a start is refused with its fix: no platform, no such service, version or checkout', async () => {
    await expect(startRelease('api-gateway', options)).rejects.toThrow('MaxAI is not running here');
    declareRunning();
    await expect(startRelease('iam', options)).rejects.toThrow(
      /iam cannot be released[\s\S]*choose api-gateway or webhook-ingress/,
    );
    await expect(startRelease('api-gateway', { ...options, version: '../b' })).rejects.toThrow(
      'is no name of a version',
    );
    await expect(startRelease('api-gateway', { ...options, from: folder })).rejects.toThrow(
      'There is no services/api-gateway/main.ts',
    );
  });
});

describe('the id of a release', () => {
  it('sorts by its start and is no other release of the same moment', () => {
    const now = Date.parse('2026-11-30T07:08:09.010Z');
    const first = releaseId(now, []);
    const second = releaseId(now, [first]);
    expect(first).toBe('rel-20261130T070809010');
    expect([releaseId(now + 5, [first, second]), second, first].toSorted()).toEqual([
      first,
      second,
      releaseId(now + 5, []),
    ]);
  });
});

describe('a release on a running platform', () => {
  it('of a good version ends with all requests, can be rolled back, and only once [R84,R89,R91]', async () => {
    declareRunning();
    const enough = new AbortController();
    const asking = keepAsking(enough.signal);
    const from = join(folder, 'good');
    expect(await startRelease('api-gateway', { ...options, from })).toBe(0);
    expect(said).toContain('promote, by the judgement: every figure stayed within its limit');
    expect(await (await fetch(`${url}/api/version`)).json()).toEqual({ version: 'b' });
    expect(readSplits(trafficFileOf(state))['api-gateway']?.canaryPercent).toBe(100);
    await command('status');
    expect(said).toContain('npx maxai release rollback goes back to development until');
    await command('rollback');
    expect(said).toContain('is rolled-back');
    const sticky = await fetch(`${url}/api/version`, {
      headers: { cookie: `${affinityCookie('api-gateway')}=b` },
    });
    expect(await sticky.json()).toEqual({ version: 'development' });
    await expect(decide('rollback')).rejects.toThrow('there is no version to roll back to');
    enough.abort();
    await asking;
  }, 90_000);

  it('of a version that dies at its start leaves the old one alone and tells why [R92]', async () => {
    declareRunning();
    expect(await startRelease('api-gateway', { ...options, from: join(folder, 'dying') })).toBe(1);
    expect(said).toContain('no such table');
    await command('report');
    expect(said).toContain('# Incident report: api-gateway b');
    await command('status', '--json');
    expect(said).toContain('"phase": "aborted"');
  }, 60_000);

  it('is one at a time, waits for a person without traffic, and is taken back by one', async () => {
    declareRunning();
    const from = join(folder, 'good');
    expect(await startRelease('api-gateway', { ...options, from, detach: true })).toBe(0);
    const second = { ...options, from, version: 'c', detach: true as const };
    await expect(startRelease('api-gateway', second)).rejects.toThrow(
      'Another release is under way',
    );
    await until(() => latestRelease(state)?.phase === 'paused', 40_000);
    expect(latestRelease(state)?.reason).toContain('too few requests');
    expect(await decide('abort')).toContain('is aborted');
    await command('report', latestRelease(state)!.id);
    expect(said).toContain('Waiting for a decision');
    await expect(command('report', 'rel-none')).rejects.toThrow('There is no release rel-none');
  }, 90_000);

  it('ends with its platform, and leaves no process', async () => {
    declareRunning();
    const from = join(folder, 'good');
    await startRelease('api-gateway', { ...options, from, detach: true });
    const { canary } = await until(() => {
      const split = readSplits(trafficFileOf(state))['api-gateway'];
      return split?.canaryPercent === 10 ? split : undefined;
    }, 40_000);
    expect(await isHealthy({ port: 0, healthUrl: `${canary.url}/health` })).toBe(true);
    state.forgetSupervisor();
    await until(
      async () => !(await isHealthy({ port: 0, healthUrl: `${canary.url}/health` })),
      30_000,
    );
    await until(() => !existsSync(state.file('release.claim')), 20_000);
    await expect(decide('abort', { limitMs: 300 })).rejects.toThrow(
      'the platform has stopped, and its releases with it',
    );
    declareRunning();
    await expect(decide('abort', { limitMs: 300 })).rejects.toThrow('npx maxai restart edge');
  }, 90_000);
});

describe('a rehearsal', () => {
  it.each(['failing', 'slow'] as const)(
    'finds a %s version, takes it back, and leaves no session on it [R83,R89]',
    async (version) => {
      const outcome = await rehearse({
        state,
        url,
        process: service,
        path: '/api/version',
        version,
        speed,
        requestsPerSecond: 40,
      });
      expect(outcome).toMatchObject({ version, phase: 'aborted', stuck: 0 });
      expect(isRight(outcome)).toBe(true);
      expect(outcome.canaryPercent).toBeGreaterThan(2);
      expect(outcome.canaryPercent).toBeLessThan(25);
      expect(formatRehearsals([outcome])).toContain(version);
    },
    90_000,
  );

  it('of what cannot be rehearsed is refused', async () => {
    const asked = { service: 'api-gateway', versions: 'good', speed: '15' };
    await expect(runRehearsal({ ...asked, service: 'iam' })).rejects.toThrow('choose api-gateway');
    await expect(runRehearsal({ ...asked, versions: 'odd' })).rejects.toThrow(
      'use good, failing or slow',
    );
  });
});

describe('a release that is ended from outside', () => {
  it('takes its decision from the file it was asked in, once', async () => {
    const stopping = new AbortController();
    const started = Promise.withResolvers<string>();
    const running = controlRelease({
      state,
      process: service,
      version: { name: 'd', folder: repositoryRoot },
      by: 'ada',
      speed,
      stopping: stopping.signal,
      onStart: started.resolve,
    });
    const id = await started.promise;
    askFor(join(state.path, 'releases'), id, { decision: 'abort', by: 'ada' });
    expect(await running).toBe(id);
    expect(latestRelease(state)).toMatchObject({
      id,
      phase: 'aborted',
      reason: 'a person decided',
    });
  }, 60_000);
});
