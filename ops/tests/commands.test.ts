import { EventEmitter } from 'node:events';
import { createServer } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { down } from '../src/commands/platform/down.ts';
import { logs } from '../src/commands/platform/logs.ts';
import { reset } from '../src/commands/platform/reset.ts';
import { restart, restartProcess } from '../src/commands/platform/restart.ts';
import { reportStatus } from '../src/commands/platform/status.ts';
import { upAttached } from '../src/commands/platform/run-platform.ts';
import { up } from '../src/commands/platform/up.ts';
import { runChecks, test as runTests } from '../src/commands/test/run.ts';
import { runNode } from '../src/platform/run-node.ts';
import { lastLines } from '../src/supervisor/log-file.ts';
import { stopSupervisor } from '../src/supervisor/leftovers.ts';
import { processRef } from '../src/supervisor/process-table.ts';
import { spawnProcess, type Running } from '../src/supervisor/spawn-process.ts';
import { createSupervisor } from '../src/supervisor/supervisor.ts';
import type { ChildRecord, StateFolder } from '../src/supervisor/state-folder.ts';
import { isRunning, newState, root } from './fixtures/local-platform.ts';

vi.setConfig({ testTimeout: 120_000 });

// Below the range the system hands out; other platforms may run on this machine at the same time.
const port = 25_000 + Math.floor(Math.random() * 6000);
let state: StateFolder;
let output: string;
let spawned: Running | undefined;

beforeEach(() => {
  state = newState();
  output = '';
  vi.stubEnv('MAXAI_STATE', state.path);
  vi.stubEnv('MAXAI_PORT', String(port));
  const keep = (text: unknown) => {
    output += `${String(text)}\n`;
    return true;
  };
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await spawned?.stop(0);
  spawned = undefined;
  rmSync(state.path, { recursive: true });
});

function spawnIdle(script = 'setInterval(() => {}, 1000)'): Running {
  spawned = spawnProcess({
    command: process.execPath,
    args: ['-e', script],
    cwd: state.path,
    env: {},
    logFile: state.log('idle'),
  });
  return spawned;
}

function recordOf({ pid }: Running): ChildRecord {
  return {
    ...processRef(pid),
    name: 'idle',
    port: 1,
    logFile: state.log('idle'),
    stopSignal: 'SIGTERM',
    state: 'running',
    restarts: 0,
  };
}

describe('maxai up', () => {
  test('starts, says where, stops on a signal, and leaves nothing', async () => {
    const signals = new EventEmitter();
    const running = upAttached(state, ['sandbox'], signals);
    await expect
      .poll(() => output, { timeout: 90_000 })
      .toContain(`MaxAI is ready: http://localhost:${port}`);
    const pids = state.readSupervisor()!.children.map(({ pid }) => pid);
    expect(pids).toHaveLength(4);

    await reportStatus({ json: true });
    expect(output).toContain('"state": "ready"');
    await restart('sandbox');
    expect(output).toContain('sandbox is running again');
    expect(await up({})).toBe(0);
    expect(output).toContain('MaxAI is already running here.');

    signals.emit('SIGINT');
    signals.emit('SIGINT');
    expect(await running).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('interrupted while it starts, it stops with the exit code of an interrupt', async () => {
    const signals = new EventEmitter();
    const running = upAttached(state, ['sandbox'], signals);
    await expect.poll(() => state.readSupervisor(), { timeout: 90_000 }).toBeDefined();
    signals.emit('SIGTERM');
    expect(await running).toBe(130);
    expect(state.readSupervisor()).toBeUndefined();
  });

  test('a failure is one message with its fix and exit code 1', async () => {
    expect(await up({ only: ['nobody'] })).toBe(1);
    expect(output).toMatch(/no process called nobody[^]*Fix: choose among sandbox/);
    expect(existsSync(state.file('supervisor.claim'))).toBe(false);
  });

  test('a port that is taken stops it before anything is started', async () => {
    const blocker = createServer().listen(port - 3980, '127.0.0.1');
    expect(await up({ only: ['sandbox'] })).toBe(1);
    blocker.close();
    expect(output).toContain(`${port - 3980} (for sandbox) is used by pid ${process.pid}`);
    expect(existsSync(state.file('supervisor.claim'))).toBe(false);
  });

  test('detached, it shows what the background says and ends with its exit code', async () => {
    expect(await up({ detach: true, only: ['nobody'] })).toBe(1);
    expect(output).toContain('no process called nobody');
  });

  test('detached, it returns when everything is ready, and down stops it', async () => {
    expect(await up({ detach: true, only: ['sandbox'] })).toBe(0);
    expect(output).toContain(`MaxAI is ready: http://localhost:${port}`);
    const pids = state.readSupervisor()!.children.map(({ pid }) => pid);
    await down();
    expect(output).toContain('MaxAI has stopped.');
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('a supervisor that starts and then fails is not taken for a running one', async () => {
    const { pid } = spawnIdle('setTimeout(() => {}, 700)');
    state.writeSupervisor({ ...processRef(pid), state: 'starting', url: 'x', children: [] });
    expect(await up({ only: ['nobody'] })).toBe(1);
    expect(output).toContain('no process called nobody');
  });
});

describe('maxai down', () => {
  test('says so when nothing runs', async () => {
    await down();
    expect(output).toContain('MaxAI is not running.');
  });

  test('names what a killed supervisor left', async () => {
    const child = spawnIdle();
    const record = recordOf(child);
    state.writeSupervisor({ pid: 1, startTicks: -5, state: 'ready', url: 'x', children: [record] });
    await down();
    expect(output).toContain('Ended what was left running: idle');
    expect(isRunning(child.pid)).toBe(false);
  });

  test('a supervisor that does not stop in time is ended by force', async () => {
    const { pid, exited } = spawnIdle(
      "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)",
    );
    await expect.poll(() => lastLines(state.log('idle'), 1)).toBe('deaf');
    const record = { ...processRef(pid), state: 'ready' as const, url: 'x', children: [] };
    state.writeSupervisor(record);
    await stopSupervisor(state, record, 300);
    expect(await exited).toBe('signal SIGKILL');
    expect(state.readSupervisor()).toBeUndefined();
  });
});

test('a leftover that ignores SIGTERM is killed', async () => {
  const child = spawnIdle(
    "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)",
  );
  await expect.poll(() => lastLines(state.log('idle'), 1)).toBe('deaf');
  state.writeSupervisor({
    ...recordOf(child),
    startTicks: -5,
    url: 'x',
    state: 'ready',
    children: [recordOf(child)],
  });
  await down();
  expect(await child.exited).toBe('signal SIGKILL');
});

test('a process that does not come back is told, with where to look', async () => {
  const child = spawnIdle();
  state.writeSupervisor({
    ...processRef(process.pid),
    url: 'x',
    state: 'ready',
    children: [recordOf(child)],
  });
  await expect(restartProcess(state, 'idle', 300)).rejects.toThrow('npx maxai logs idle');
});

test('a launch that ends after the stop was requested is undone', async () => {
  const supervisor = createSupervisor({ state, url: 'x', report: () => {} });
  const released = Promise.withResolvers<void>();
  const starting = supervisor.start({
    name: 'late',
    port: 9,
    dependsOn: [],
    logFile: state.log('idle'),
    stopSignal: 'SIGTERM',
    start: () => released.promise.then(() => spawnIdle()),
  });
  const stopping = supervisor.stopAll();
  released.resolve();
  await expect(starting).rejects.toThrow('aborted');
  await stopping;
  expect(isRunning(spawned!.pid)).toBe(false);
});

describe('maxai logs', () => {
  test('shows the end of a log and, followed, what is added until Ctrl-C', async () => {
    writeFileSync(state.log('iam'), 'first\n');
    await logs('iam', {});
    expect(output).toBe('first\n');
    const signals = new EventEmitter();
    const following = logs('iam', { follow: true }, signals);
    appendFileSync(state.log('iam'), 'second\n');
    await expect.poll(() => output).toContain('second');
    signals.emit('SIGINT');
    await following;
  });
});

describe('maxai reset', () => {
  test('without a terminal it wants --yes and keeps everything', async () => {
    writeFileSync(state.file('secrets.json'), '{}');
    await expect(reset({})).rejects.toThrow('--yes');
    expect(existsSync(state.file('secrets.json'))).toBe(true);
    const nothing = { output: new PassThrough() };
    const typing = (text: string) => Object.assign(Readable.from([text]), { isTTY: true });
    await reset({}, { ...nothing, input: typing('no\n') });
    expect(existsSync(state.file('secrets.json'))).toBe(true);
    await reset({}, { ...nothing, input: typing('yes\n') });
    expect(output).toContain('All data is gone.');
    expect(existsSync(state.file('secrets.json'))).toBe(false);
  });
});

test('the status of nothing is told in words', async () => {
  await reportStatus({});
  expect(output).toContain('MaxAI is not running.');
});

describe('programs of the checkout', () => {
  function script(text: string): string {
    mkdirSync(state.file('programs'), { recursive: true });
    const path = state.file('programs/program.mjs');
    writeFileSync(path, text);
    return `../..${path}`.replace('../..', '../'.repeat(root.split('/').length - 2));
  }

  test('get their arguments and give their exit code', async () => {
    expect(await runNode(script('process.exit(process.argv.length)'), ['a', 'b'])).toBe(4);
  });

  test('one that is killed counts as failed', async () => {
    expect(await runNode(script("process.kill(process.pid, 'SIGKILL')"), [])).toBe(1);
  });

  test('the last line of a test run counts the tests, whatever they end with', async () => {
    const report = state.file('tests.json');
    const suite = {
      name: 'tests',
      entry: script(
        `import { writeFileSync } from 'node:fs';
         const path = process.argv.at(-1).split('=')[1];
         writeFileSync(path, '{"numPassedTests":4,"numFailedTests":1}');
         process.exit(1);`,
      ),
      args: [],
    };
    expect(await runTests({ checks: [], suite, report })).toBe(1);
    expect(output.trimEnd().split('\n').at(-1)).toBe('4 passed, 1 failed');
    expect(await runTests({ checks: [suite], suite, report })).toBe(1);
    expect(output).toContain('tests failed; the steps after it did not run');
  });

  test('a test run that ends without a report says that no test ran', async () => {
    const suite = { name: 'tests', entry: script('process.exit(2)'), args: [] };
    expect(await runTests({ checks: [], suite, report: state.file('tests.json') })).toBe(2);
    expect(output).toContain('no test ran');
  });

  test('checks stop at the first that fails and say which', async () => {
    const good = {
      name: 'good',
      entry: script('process.exit(Number(process.argv[2]))'),
      args: ['0'],
    };
    const bad = { ...good, name: 'bad', args: ['3'] };
    expect(await runChecks([good])).toBe(0);
    expect(await runChecks([good, bad, { ...good, name: 'never' }])).toBe(3);
    expect(output).toContain('bad failed; the steps after it did not run');
    expect(output).not.toContain('never');
  });
});
