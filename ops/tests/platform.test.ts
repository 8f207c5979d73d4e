import { createServer, type Server } from 'node:http';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { restartProcess } from '../src/commands/platform/restart.ts';
import { platformStatus } from '../src/platform/platform-status.ts';
import { portHolder } from '../src/supervisor/free-ports.ts';
import { clearLeftovers } from '../src/supervisor/leftovers.ts';
import { processRef, sendSignal } from '../src/supervisor/process-table.ts';
import type { StateFolder } from '../src/supervisor/state-folder.ts';
import {
  fixturePlan,
  fixturePlatform,
  fixtureProcess,
  isRunning,
  newState,
  root,
  type FixturePlatform,
} from './fixtures/local-platform.ts';

vi.setConfig({ testTimeout: 90_000 });

let state: StateFolder;
let platform: FixturePlatform | undefined;

beforeEach(() => {
  state = newState();
});

afterEach(async () => {
  await platform?.stop();
  platform = undefined;
  rmSync(state.path, { recursive: true });
});

function childrenNow() {
  return state.readSupervisor()?.children ?? [];
}

function pidOf(name: string): number {
  return childrenNow().find((child) => child.name === name)?.pid ?? 0;
}

async function failureOf(starting: FixturePlatform): Promise<string> {
  const error: unknown = await starting.start().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.message : String(error);
}

/** Every port of a plan is free again, so nothing of it runs. */
function expectNothingLeft(ports: readonly number[]): void {
  expect(ports.filter((port) => portHolder(port) !== undefined)).toEqual([]);
  expect(state.readSupervisor()).toBeUndefined();
}

describe('a start that works', () => {
  test('everything is healthy, in the record, and gone after the stop', async () => {
    const first = await fixtureProcess('first', 'works');
    const second = await fixtureProcess('second', 'parent', ['first']);
    const plan = await fixturePlan([second, first]);
    platform = fixturePlatform(plan, state);
    await platform.start();

    const status = await platformStatus(state);
    expect(status.state).toBe('ready');
    expect(status.processes.map(({ name }) => name)).toEqual([
      'redis-queue',
      'postgres',
      'second',
      'first',
    ]);
    for (const entry of status.processes) {
      expect(entry).toMatchObject({ state: 'running', healthy: true, restarts: 0 });
      expect(entry.rssBytes).toBeGreaterThan(1_000_000);
    }
    expect(platform.reports).toEqual(['MaxAI is ready: http://localhost:1']);

    const grandchild = Number(
      /grandchild (\d+)/.exec(readFileSync(state.log('second'), 'utf8'))?.[1],
    );
    expect(isRunning(grandchild)).toBe(true);
    await platform.stop();
    expect(isRunning(grandchild)).toBe(false);
    expectNothingLeft([...plan.processes, plan.postgres, ...plan.redis].map(({ port }) => port));
  });

  test('a process sees its own settings and nothing else of the shell', async () => {
    process.env['SHELL_SECRET'] = 'not for you';
    const only = await fixtureProcess('only', 'works');
    platform = fixturePlatform(await fixturePlan([only]), state);
    await platform.start();
    delete process.env['SHELL_SECRET'];
    const response = await fetch(`http://127.0.0.1:${only.port}/environment`);
    const names = Object.keys((await response.json()) as object);
    expect(names).toEqual(expect.arrayContaining(['PATH', 'NODE_ENV', 'FIXTURE_PORT']));
    const allowed = new Set([
      'PATH',
      'HOME',
      'TZ',
      'NODE_ENV',
      'NODE_COMPILE_CACHE',
      'FIXTURE_PORT',
      'FIXTURE_MODE',
    ]);
    expect(names.filter((name) => !allowed.has(name))).toEqual([]);
  });

  test('a second start finds the data of the first', async () => {
    const plan = await fixturePlan([await fixtureProcess('only', 'works')]);
    platform = fixturePlatform(plan, state);
    await platform.start();
    await platform.stop();
    const created = statSync(state.file('postgres')).birthtimeMs;
    platform = fixturePlatform(plan, state);
    await platform.start();
    expect(statSync(state.file('postgres')).birthtimeMs).toBe(created);
  });

  test('a web app is built before it is served, and not again', async () => {
    const checkout = state.file('checkout');
    const next = join(checkout, 'node_modules/next/dist/bin/next');
    cpSync(join(root, 'ops/tests/fixtures'), join(checkout, 'ops/tests/fixtures'), {
      recursive: true,
    });
    mkdirSync(dirname(next), { recursive: true });
    mkdirSync(join(checkout, 'apps/only'), { recursive: true });
    // Stands where Next's command line does; what it leaves behind is a standalone server and static files.
    writeFileSync(
      next,
      `const { cpSync, mkdirSync } = require('node:fs');
       mkdirSync('.next/static', { recursive: true });
       cpSync('${join(root, 'ops/tests/fixtures/server.ts')}', '.next/standalone/apps/only/server.ts');`,
    );
    const only = {
      ...(await fixtureProcess('only', 'works')),
      kind: 'web' as const,
      entry: 'apps/only/.next/standalone/apps/only/server.ts',
    };
    const plan = await fixturePlan([only]);
    platform = fixturePlatform(plan, state, {}, checkout);
    await platform.start();
    await platform.stop();
    rmSync(next);
    platform = fixturePlatform(plan, state, {}, checkout);
    await platform.start();
    expect((await fetch(only.healthUrl)).status).toBe(200);
  });

  test('a second supervisor on the same folder is refused with the pid of the first', async () => {
    const plan = await fixturePlan([]);
    platform = fixturePlatform(plan, state);
    expect(() => fixturePlatform(plan, state)).toThrow(`pid ${process.pid}`);
  });
});

describe('a start that fails says why and leaves nothing running', () => {
  let blocker: Server | undefined;

  afterEach(() => {
    blocker?.close();
    blocker = undefined;
  });

  test('a port in use: which, for what, by whom, and the way out', async () => {
    const only = await fixtureProcess('only', 'works');
    blocker = createServer();
    await new Promise<void>((resolve) => {
      blocker?.listen(only.port, '127.0.0.1', resolve);
    });
    const plan = await fixturePlan([only]);
    const message = await failureOf(fixturePlatform(plan, state));
    expect(message).toContain(`${only.port} (for only) is used by pid ${process.pid}`);
    expect(message).toContain('MAXAI_PORT=9080 npm start');
    expectNothingLeft([plan.postgres.port]);
  });

  test('Redis that is missing and may not be installed: the command that installs it', async () => {
    const plan = await fixturePlan([]);
    vi.stubEnv('PATH', '/nowhere');
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    const message = await failureOf(fixturePlatform(plan, state));
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    expect(message).toContain('Redis is not installed.');
    expect(message).toContain('sudo apt-get install -y redis-server');
    expectNothingLeft([plan.postgres.port, ...plan.redis.map(({ port }) => port)]);
  });

  test('a migration that fails: its name and what Postgres said', async () => {
    const only = await fixtureProcess('only', 'works');
    const plan = await fixturePlan([only], 'migrations-broken');
    const message = await failureOf(fixturePlatform(plan, state));
    expect(message).toContain('0001_broken');
    expect(message).toContain('no_such_type');
    expect(message).toContain('npx maxai reset');
    expectNothingLeft([only.port, plan.postgres.port, ...plan.redis.map(({ port }) => port)]);
  });

  test('migrations that are not there: the folder', async () => {
    const plan = await fixturePlan([], 'migrations-missing');
    expect(await failureOf(fixturePlatform(plan, state))).toContain('migrations-missing');
    expectNothingLeft([plan.postgres.port]);
  });

  test('a process that dies: its name, its last words and where the rest is', async () => {
    const good = await fixtureProcess('good', 'works');
    const bad = await fixtureProcess('bad', 'dies', ['good']);
    const plan = await fixturePlan([good, bad]);
    const message = await failureOf(fixturePlatform(plan, state));
    expect(message).toContain('bad stopped while starting (exit code 7)');
    expect(message).toContain('the disk is on fire');
    expect(message).toContain(state.log('bad'));
    expectNothingLeft([good.port, plan.postgres.port]);
  });

  test('a process that never gets healthy: how long it was given', async () => {
    const sick = await fixtureProcess('sick', 'sick');
    const plan = await fixturePlan([sick]);
    const message = await failureOf(fixturePlatform(plan, state, { startMs: 1500 }));
    expect(message).toContain('sick was not healthy after 1.5 s');
    expect(message).toContain('/health answers 503');
    expectNothingLeft([sick.port]);
  });

  test('a stop during the start ends what was started', async () => {
    const sick = await fixtureProcess('sick', 'sick');
    const plan = await fixturePlan([sick]);
    platform = fixturePlatform(plan, state);
    const failure = failureOf(platform);
    await expect.poll(() => pidOf('sick'), { timeout: 60_000 }).toBeGreaterThan(0);
    await platform.stop();
    expect(await failure).toContain('aborted');
    expectNothingLeft([sick.port, plan.postgres.port]);
  });
});

describe('while it runs', () => {
  test.each(['only', 'postgres', 'redis-queue'])(
    '%s comes back when it is killed',
    async (name) => {
      platform = fixturePlatform(await fixturePlan([await fixtureProcess('only', 'works')]), state);
      await platform.start();
      const killed = pidOf(name);
      sendSignal(killed, 'SIGKILL');
      const now = async () => (await platformStatus(state)).processes.find((p) => p.name === name);
      await expect.poll(now, { timeout: 60_000 }).toMatchObject({
        state: 'running',
        healthy: true,
        restarts: 1,
      });
      expect(pidOf(name)).not.toBe(killed);
      expect(platform.reports.join()).toContain(`${name} died`);
    },
  );

  test('a crash loop is told and shown', async () => {
    const only = await fixtureProcess('only', 'works');
    const env = { ...only.env };
    platform = fixturePlatform(await fixturePlan([{ ...only, env }]), state, {
      backoffMaxMs: 20,
    });
    await platform.start();
    env['FIXTURE_MODE'] = 'dies';
    sendSignal(pidOf('only'), 'SIGKILL');
    await expect
      .poll(() => childrenNow().find(({ name }) => name === 'only')?.state, { timeout: 60_000 })
      .toBe('crash-loop');
    expect(platform.reports.join('\n')).toContain('only keeps dying, 5 times within a minute');
    expect(platform.reports.join('\n')).toContain('the disk is on fire');
  });

  test('restart gives a new pid and a running process', async () => {
    platform = fixturePlatform(await fixturePlan([await fixtureProcess('only', 'works')]), state);
    await platform.start();
    const before = pidOf('only');
    expect(await restartProcess(state, 'only')).not.toBe(before);
    await expect(restartProcess(state, 'nobody')).rejects.toThrow('nobody is not running');
  });

  test('a process that ignores SIGTERM is killed when its time is over', async () => {
    const stubborn = await fixtureProcess('stubborn', 'stubborn');
    platform = fixturePlatform(await fixturePlan([stubborn]), state, { stopMs: 300 });
    await platform.start();
    const pid = pidOf('stubborn');
    await platform.stop();
    expect(isRunning(pid)).toBe(false);
  });

  test('what a killed supervisor left is ended, a pid of somebody else is not', async () => {
    const plan = await fixturePlan([await fixtureProcess('only', 'parent')]);
    platform = fixturePlatform(plan, state);
    await platform.start();
    const record = state.readSupervisor()!;
    const only = record.children.find(({ name }) => name === 'only')!;
    const stranger = { ...only, ...processRef(process.pid), startTicks: 1, name: 'stranger' };
    state.writeSupervisor({
      ...record,
      startTicks: 1,
      children: [{ ...only }, stranger],
    });
    expect(await clearLeftovers(state)).toEqual(['only']);
    expect(isRunning(only.pid)).toBe(false);
    expect(state.readSupervisor()).toBeUndefined();
  });
});
