import { listen, type App } from '@maxai/runtime/http';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';
import { until } from '@maxai/runtime/testing';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stopPlatform } from '../../src/commands/platform/down.ts';
import { releaseCommand } from '../../src/commands/release/command.ts';
import { decide, latestRelease } from '../../src/commands/release/decide.ts';
import { formatRehearsals, isRight, runRehearsal } from '../../src/commands/release/rehearse.ts';
import { startRelease } from '../../src/commands/release/start.ts';
import { createEdge } from '../../src/edge/create-edge.ts';
import { loadEdgeConfig } from '../../src/edge/config.ts';
import { affinityCookie, readSplits, writeSplits } from '../../src/edge/traffic-split.ts';
import { freePlatformPort, portsFrom } from '../fixtures/free-platform-port.ts';
import { repositoryRoot } from '../../src/platform/environment.ts';
import type { LocalProcess } from '../../src/platform/local-plan.ts';
import { localPlatformOf, trafficFileOf } from '../../src/platform/local-platform.ts';
import { controlRelease, releaseId, releasesFolder } from '../../src/release/control-release.ts';
import { askFor } from '../../src/release/decision-requests.ts';
import { localRelease } from '../../src/release/local-release.ts';
import { readHold } from '../../src/release/release-hold.ts';
import { openReleaseRecord } from '../../src/release/release-record.ts';
import { rehearse } from '../../src/release/rehearse.ts';
import { isHealthy } from '../../src/supervisor/probe.ts';
import { groupIsOurs, processRef } from '../../src/supervisor/process-table.ts';
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
  checkout('hanging', 'setInterval(() => undefined, 1000);');
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

const splitNow = () => readSplits(trafficFileOf(state))['api-gateway'];
const answeredBy = async () => (await fetch(`${url}/api/version`)).json();
const answers = (at: string) => isHealthy({ port: 0, healthUrl: `${at}/health` });
const holdOf = (id: string) => readHold(releasesFolder(state), id)!;

/** Resolves once the next release may begin. */
const mayBegin = () => until(() => !existsSync(state.file('release.claim')), 40_000);

/** Starts a version in the background; resolves with its release once it has its share. */
async function begin(version: string) {
  const from = join(folder, 'good');
  await startRelease('api-gateway', { ...options, version, from, detach: true });
  return until(() => {
    const release = latestRelease(state);
    return release?.to === version && release.percent === 10 ? release : undefined;
  }, 40_000);
}

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
    await until(async () => !(await answers(canary.url)), 30_000);
    await mayBegin();
    expect(latestRelease(state)).toMatchObject({ phase: 'aborted', percent: 0 });
    expect(latestRelease(state)?.reason).toContain(
      'the platform or the controller was told to end',
    );
  }, 90_000);

  it('ends for the one who follows it when its platform stops', async () => {
    declareRunning();
    const before = latestRelease(state)?.id;
    const following = startRelease('api-gateway', { ...options, from: join(folder, 'good') });
    await until(() => latestRelease(state)?.id !== before, 40_000);
    state.forgetSupervisor();
    expect(await following).toBe(1);
    expect(said).toContain('abort, by the controller');
    await mayBegin();
  }, 60_000);

  it('of the version that runs already is refused: nobody could tell the two apart', async () => {
    declareRunning();
    const same = { ...options, version: 'development', from: join(folder, 'good') };
    await expect(startRelease('api-gateway', same)).rejects.toThrow(
      /runs version development already[\s\S]*a name of its own/,
    );
  }, 30_000);

  it('is refused while another one starts, and never taken for it', async () => {
    declareRunning();
    const start = (version: string) =>
      startRelease('api-gateway', {
        ...options,
        version,
        from: join(folder, 'hanging'),
        detach: true,
      });
    const both = await Promise.allSettled([start('b'), start('c')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringContaining('Another release is under way') },
    });
    await decide('abort');
    await mayBegin();
  }, 60_000);

  it('is taken back while its version still starts', async () => {
    declareRunning();
    const from = join(folder, 'hanging');
    await startRelease('api-gateway', { ...options, from, detach: true });
    const { id } = latestRelease(state)!;
    const started = await until(
      () => (holdOf(id).processes.length === 2 ? holdOf(id).processes : undefined),
      20_000,
    );
    expect(await decide('abort')).toContain('is aborted');
    await until(() => !started.some(groupIsOurs), 40_000);
    await mayBegin();
  }, 90_000);
});

describe('a release after another one', () => {
  it('has the requests to itself, and gives them back to the one before', async () => {
    declareRunning();
    const b = await begin('b');
    await decide('promote');
    await mayBegin();
    const c = await begin('c');
    expect([c.from, splitNow()?.stable.version]).toEqual(['b', 'b']);
    await decide('abort');
    await mayBegin();
    const d = await begin('d');
    expect([d.from, splitNow()?.stable.version]).toEqual(['b', 'b']);
    await decide('promote');
    await until(() => splitNow()?.canaryPercent === 100, 10_000);
    const [ofB] = holdOf(b.id).processes.slice(-1);
    process.kill(ofB!.pid, 'SIGKILL');
    await until(() => !groupIsOurs(ofB!), 10_000);
    expect(await answeredBy()).toEqual({ version: 'd' });
    expect(await decide('rollback')).toContain(`${d.id} is rolled-back`);
    await until(
      () => splitNow()?.stable.version === 'development' && splitNow()?.canaryPercent === 0,
      40_000,
    );
    expect(await answeredBy()).toEqual({ version: 'development' });
    await until(() => readHold(releasesFolder(state), d.id) === undefined, 40_000);
  }, 120_000);

  it('is taken back when the version it began from ends, and the one before that has everything', async () => {
    declareRunning();
    const b = await begin('b');
    await decide('promote');
    await mayBegin();
    await begin('c');
    process.kill(holdOf(b.id).processes.at(-1)!.pid, 'SIGKILL');
    await until(
      () => splitNow()?.stable.version === 'development' && splitNow()?.canaryPercent === 0,
      40_000,
    );
    expect(await answeredBy()).toEqual({ version: 'development' });
    await mayBegin();
    expect(latestRelease(state)).toMatchObject({ to: 'c', phase: 'aborted' });
    expect(latestRelease(state)?.reason).toContain('b, which it began from, ended: signal SIGKILL');
    await expect(decide('rollback')).rejects.toThrow('there is no version to roll back to');
  }, 90_000);

  it('of another service leaves it to be rolled back by the name of its service', async () => {
    declareRunning();
    const b = await begin('b');
    await decide('promote');
    await mayBegin();
    const id = releaseId(Date.now(), []);
    openReleaseRecord(releasesFolder(state)).append(id, {
      at: Date.now(),
      kind: 'started',
      id,
      service: 'webhook-ingress',
      from: 'development',
      to: 'z',
      by: 'ada',
    });
    await command('status', '--service', 'api-gateway');
    expect(said).toContain(`${b.id}: api-gateway b is promoted`);
    const c = await begin('c');
    await decide('abort', { service: 'api-gateway' });
    await mayBegin();
    await command('report', '--service', 'api-gateway');
    expect(said).toContain(`Release ${c.id}`);
    await command('rollback', '--service', 'api-gateway');
    expect(said).toContain(`${b.id} is rolled-back`);
    await expect(command('report', '--service', 'webhook-ingress')).rejects.toThrow(
      'No release was taken back here',
    );
    rmSync(join(releasesFolder(state), `${id}.jsonl`));
  }, 120_000);

  it('writes over no split but its own', async () => {
    const other = { canary: { version: 'y', url: 'http://127.0.0.1:2' }, canaryPercent: 10 };
    const before = readSplits(trafficFileOf(state));
    const released = await localRelease({
      state,
      process: service,
      version: { name: 'x', folder },
      scrapeIntervalSeconds: 1,
      onSpawn: () => undefined,
    });
    await expect(released.measure('up')).rejects.toThrow('has not begun');
    await released.shift(100);
    expect(released.isSuperseded()).toBe(false);
    const taken = { ...other, stable: { version: 'x', url: released.url } };
    writeSplits(trafficFileOf(state), { 'api-gateway': taken });
    expect(released.isSuperseded()).toBe(true);
    await expect(released.shift(0)).rejects.toThrow('follow another release');
    const elsewhere = { ...other, stable: { version: 'z', url: 'http://127.0.0.1:3' } };
    writeSplits(trafficFileOf(state), { 'api-gateway': elsewhere });
    await released.shift(0);
    await expect(released.shift(10)).rejects.toThrow('follow another release');
    expect(splitNow()).toEqual(elsewhere);
    writeSplits(trafficFileOf(state), before);
  });
});

describe('a release whose controller was killed', () => {
  it('says so to whoever follows it, and is taken back by a decision', async () => {
    declareRunning();
    const before = latestRelease(state)?.id;
    const following = startRelease('api-gateway', { ...options, from: join(folder, 'good') });
    const told = following.catch(String);
    const { id } = await until(() => {
      const release = latestRelease(state);
      return release?.id !== before && release?.percent === 10 ? release : undefined;
    }, 40_000);
    const { controller, processes } = holdOf(id);
    process.kill(controller.pid, 'SIGKILL');
    expect(await told).toContain('has no controller any more');
    expect(processes.every(groupIsOurs)).toBe(true);
    await command('status');
    expect(said).toContain('its controller is gone');
    await expect(decide('promote')).rejects.toThrow('nobody would watch b');
    expect(await decide('abort')).toContain('is aborted');
    expect(splitNow()).toMatchObject({ canary: { version: 'b' }, canaryPercent: 0 });
    expect(processes.some(groupIsOurs)).toBe(false);
    expect(latestRelease(state)).toMatchObject({ phase: 'aborted', percent: 0 });
  }, 90_000);

  it('leaves nothing behind once the platform is told to stop', async () => {
    declareRunning();
    const { id } = await begin('b');
    const { controller, processes } = holdOf(id);
    process.kill(controller.pid, 'SIGKILL');
    await until(() => !groupIsOurs(controller));
    state.forgetSupervisor();
    expect(await stopPlatform(state)).toBe(`Ended what was left running: ${id}`);
    expect(processes.some(groupIsOurs)).toBe(false);
    expect(latestRelease(state)).toMatchObject({ phase: 'aborted', percent: 0 });
    expect(await stopPlatform(state)).toBe('MaxAI is not running.');
  }, 90_000);

  it('needs nothing but its record once nothing of it is left', async () => {
    const record = openReleaseRecord(releasesFolder(state));
    const id = releaseId(Date.now(), record.ids());
    const started = { kind: 'started', id, service: 'api-gateway', from: 'a', to: 'b', by: 'ada' };
    record.append(id, { at: Date.now(), ...started, kind: 'started' });
    const before = splitNow();
    expect(await decide('abort')).toBe(`${id} is aborted`);
    expect(splitNow()).toEqual(before);
  });

  it('is told from one that does not answer, whose request is withdrawn', async () => {
    declareRunning();
    const { id } = await begin('b');
    const { controller } = holdOf(id);
    process.kill(controller.pid, 'SIGSTOP');
    await expect(decide('abort', { limitMs: 300 })).rejects.toThrow(`kill ${controller.pid} ends`);
    process.kill(controller.pid, 'SIGCONT');
    expect(latestRelease(state)?.phase).not.toBe('aborted');
    process.kill(controller.pid, 'SIGTERM');
    await mayBegin();
    expect(latestRelease(state)).toMatchObject({ phase: 'aborted', percent: 0 });
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

  it('by a full disk loses its share as soon as that can be written, then its process', async () => {
    const complaints = vi.spyOn(console, 'error').mockReturnValue();
    const good = join(folder, 'good');
    const running = controlRelease({
      state,
      process: { ...service, entry },
      version: { name: 'b', folder: good },
      by: 'ada',
      speed,
      stopping: new AbortController().signal,
    });
    const failed = running.catch(String);
    const split = await until(() => {
      const now = splitNow();
      return now?.canaryPercent === 10 ? now : undefined;
    }, 40_000);
    const record = join(releasesFolder(state), `${latestRelease(state)!.id}.jsonl`);
    const draft = `${trafficFileOf(state)}.new`;
    mkdirSync(draft);
    renameSync(record, `${record}.kept`);
    mkdirSync(record);
    await until(() => complaints.mock.calls.flat().join('').includes('decided is not'), 40_000);
    expect(await answers(split.canary.url)).toBe(true);
    rmdirSync(draft);
    expect(await failed).toContain('EISDIR');
    expect(splitNow()?.canaryPercent).toBe(0);
    expect(await answers(split.canary.url)).toBe(false);
    rmdirSync(record);
    renameSync(`${record}.kept`, record);
  }, 90_000);
});
