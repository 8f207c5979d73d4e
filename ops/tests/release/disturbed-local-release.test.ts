import { until } from '@maxai/runtime/testing';
import { mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stopPlatform } from '../../src/commands/platform/down.ts';
import { decide } from '../../src/commands/release/decide.ts';
import { startRelease } from '../../src/commands/release/start.ts';
import { readSplits, writeSplits } from '../../src/edge/traffic-split.ts';
import { repositoryRoot } from '../../src/platform/environment.ts';
import { trafficFileOf } from '../../src/platform/local-platform.ts';
import { controlRelease, releaseId, releasesFolder } from '../../src/release/control-release.ts';
import { askFor } from '../../src/release/decision-requests.ts';
import { localRelease } from '../../src/release/local-release.ts';
import { readHold } from '../../src/release/release-hold.ts';
import { openReleaseRecord } from '../../src/release/release-record.ts';
import { groupIsOurs } from '../../src/supervisor/process-table.ts';
import { portsFrom } from '../fixtures/free-platform-port.ts';
import {
  answers,
  command,
  entry,
  hearConsole,
  options,
  speed,
  startLocalReleaseFixture,
  type LocalReleaseFixture,
} from './local-release-fixture.ts';

let local: LocalReleaseFixture;
let said: () => string;

beforeAll(async () => {
  local = await startLocalReleaseFixture(portsFrom(14_380));
}, 60_000);
afterAll(() => local.stop());

beforeEach(() => {
  said = hearConsole();
});
afterEach(() => vi.restoreAllMocks());

/** Starts a version in the background; resolves with its release once it has its share. */
async function begin(version: string) {
  await startRelease('api-gateway', { ...options, version, from: local.good, detach: true });
  return until(() => {
    const release = local.latest();
    return release?.to === version && release.percent === 10 ? release : undefined;
  }, 40_000);
}

/** Resolves once the version that nobody released has all requests. */
async function developmentHasEverything(): Promise<void> {
  await until(() => {
    const split = local.splitNow();
    return split?.stable.version === 'development' && split.canaryPercent === 0;
  }, 40_000);
  expect(await local.answeredBy()).toEqual({ version: 'development' });
}

describe('a release after another one', () => {
  it('has the requests to itself, and gives them back to the one before', async () => {
    local.declareRunning();
    const b = await begin('b');
    await decide('promote');
    await local.mayBegin();
    const c = await begin('c');
    expect([c.from, local.splitNow()?.stable.version]).toEqual(['b', 'b']);
    await decide('abort');
    await local.mayBegin();
    const d = await begin('d');
    expect([d.from, local.splitNow()?.stable.version]).toEqual(['b', 'b']);
    await decide('promote');
    await until(() => local.splitNow()?.canaryPercent === 100, 10_000);
    const [ofB] = local.holdOf(b.id).processes.slice(-1);
    process.kill(ofB!.pid, 'SIGKILL');
    await until(() => !groupIsOurs(ofB!), 10_000);
    expect(await local.answeredBy()).toEqual({ version: 'd' });
    expect(await decide('rollback')).toContain(`${d.id} is rolled-back`);
    await developmentHasEverything();
    await until(() => readHold(releasesFolder(local.state), d.id) === undefined, 40_000);
  }, 120_000);

  it('is taken back when the version it began from ends, and the one before that has everything', async () => {
    local.declareRunning();
    const b = await begin('b');
    await decide('promote');
    await local.mayBegin();
    await begin('c');
    process.kill(local.holdOf(b.id).processes.at(-1)!.pid, 'SIGKILL');
    await developmentHasEverything();
    await local.mayBegin();
    expect(local.latest()).toMatchObject({ to: 'c', phase: 'aborted' });
    expect(local.latest()?.reason).toContain('b, which it began from, ended: signal SIGKILL');
    await expect(decide('rollback')).rejects.toThrow('there is no version to roll back to');
  }, 90_000);

  it('of another service leaves it to be rolled back by the name of its service', async () => {
    local.declareRunning();
    const b = await begin('b');
    await decide('promote');
    await local.mayBegin();
    const id = releaseId(Date.now(), []);
    openReleaseRecord(releasesFolder(local.state)).append(id, {
      at: Date.now(),
      kind: 'started',
      id,
      service: 'webhook-ingress',
      from: 'development',
      to: 'z',
      by: 'ada',
    });
    await command('status', '--service', 'api-gateway');
    expect(said()).toContain(`${b.id}: api-gateway b is promoted`);
    const c = await begin('c');
    await decide('abort', { service: 'api-gateway' });
    await local.mayBegin();
    await command('report', '--service', 'api-gateway');
    expect(said()).toContain(`Release ${c.id}`);
    await command('rollback', '--service', 'api-gateway');
    expect(said()).toContain(`${b.id} is rolled-back`);
    await expect(command('report', '--service', 'webhook-ingress')).rejects.toThrow(
      'No release was taken back here',
    );
    rmSync(join(releasesFolder(local.state), `${id}.jsonl`));
  }, 120_000);

  it('writes over no split but its own', async () => {
    const other = { canary: { version: 'y', url: 'http://127.0.0.1:2' }, canaryPercent: 10 };
    const before = readSplits(trafficFileOf(local.state));
    const released = await localRelease({
      state: local.state,
      process: local.service,
      version: { name: 'x', folder: local.folder },
      scrapeIntervalSeconds: 1,
      onSpawn: () => undefined,
    });
    await expect(released.measure('up')).rejects.toThrow('has not begun');
    await released.shift(100);
    expect(released.isSuperseded()).toBe(false);
    const taken = { ...other, stable: { version: 'x', url: released.url } };
    writeSplits(trafficFileOf(local.state), { 'api-gateway': taken });
    expect(released.isSuperseded()).toBe(true);
    await expect(released.shift(0)).rejects.toThrow('follow another release');
    const elsewhere = { ...other, stable: { version: 'z', url: 'http://127.0.0.1:3' } };
    writeSplits(trafficFileOf(local.state), { 'api-gateway': elsewhere });
    await released.shift(0);
    await expect(released.shift(10)).rejects.toThrow('follow another release');
    expect(local.splitNow()).toEqual(elsewhere);
    writeSplits(trafficFileOf(local.state), before);
  });
});

describe('a release whose controller was killed', () => {
  it('says so to whoever follows it, and is taken back by a decision', async () => {
    local.declareRunning();
    const before = local.latest()?.id;
    const following = startRelease('api-gateway', { ...options, from: local.good });
    const told = following.catch(String);
    const { id } = await until(() => {
      const release = local.latest();
      return release?.id !== before && release?.percent === 10 ? release : undefined;
    }, 40_000);
    const { controller, processes } = local.holdOf(id);
    process.kill(controller.pid, 'SIGKILL');
    expect(await told).toContain('has no controller any more');
    expect(processes.every(groupIsOurs)).toBe(true);
    await command('status');
    expect(said()).toContain('its controller is gone');
    await expect(decide('promote')).rejects.toThrow('nobody would watch b');
    expect(await decide('abort')).toContain('is aborted');
    expect(local.splitNow()).toMatchObject({ canary: { version: 'b' }, canaryPercent: 0 });
    expect(processes.some(groupIsOurs)).toBe(false);
    expect(local.latest()).toMatchObject({ phase: 'aborted', percent: 0 });
  }, 90_000);

  it('leaves nothing behind once the platform is told to stop', async () => {
    local.declareRunning();
    const { id } = await begin('b');
    const { controller, processes } = local.holdOf(id);
    process.kill(controller.pid, 'SIGKILL');
    await until(() => !groupIsOurs(controller));
    local.state.forgetSupervisor();
    expect(await stopPlatform(local.state)).toBe(`Ended what was left running: ${id}`);
    expect(processes.some(groupIsOurs)).toBe(false);
    expect(local.latest()).toMatchObject({ phase: 'aborted', percent: 0 });
    expect(await stopPlatform(local.state)).toBe('MaxAI is not running.');
  }, 90_000);

  it('needs nothing but its record once nothing of it is left', async () => {
    const record = openReleaseRecord(releasesFolder(local.state));
    const id = releaseId(Date.now(), record.ids());
    const started = { kind: 'started', id, service: 'api-gateway', from: 'a', to: 'b', by: 'ada' };
    record.append(id, { at: Date.now(), ...started, kind: 'started' });
    const before = local.splitNow();
    expect(await decide('abort')).toBe(`${id} is aborted`);
    expect(local.splitNow()).toEqual(before);
  });

  it('is told from one that does not answer, whose request is withdrawn', async () => {
    local.declareRunning();
    const { id } = await begin('b');
    const { controller } = local.holdOf(id);
    process.kill(controller.pid, 'SIGSTOP');
    await expect(decide('abort', { limitMs: 300 })).rejects.toThrow(`kill ${controller.pid} ends`);
    process.kill(controller.pid, 'SIGCONT');
    expect(local.latest()?.phase).not.toBe('aborted');
    process.kill(controller.pid, 'SIGTERM');
    await local.mayBegin();
    expect(local.latest()).toMatchObject({ phase: 'aborted', percent: 0 });
  }, 90_000);
});

describe('a release that is ended from outside', () => {
  it('takes its decision from the file it was asked in, once', async () => {
    const stopping = new AbortController();
    const started = Promise.withResolvers<string>();
    const running = controlRelease({
      state: local.state,
      process: local.service,
      version: { name: 'd', folder: repositoryRoot },
      by: 'ada',
      speed,
      stopping: stopping.signal,
      onStart: started.resolve,
    });
    const id = await started.promise;
    askFor(join(local.state.path, 'releases'), id, { decision: 'abort', by: 'ada' });
    expect(await running).toBe(id);
    expect(local.latest()).toMatchObject({
      id,
      phase: 'aborted',
      reason: 'a person decided',
    });
  }, 60_000);

  it('by a full disk loses its share as soon as that can be written, then its process', async () => {
    const complaints = vi.spyOn(console, 'error').mockReturnValue();
    const running = controlRelease({
      state: local.state,
      process: { ...local.service, entry },
      version: { name: 'b', folder: local.good },
      by: 'ada',
      speed,
      stopping: new AbortController().signal,
    });
    const failed = running.catch(String);
    const split = await until(() => {
      const now = local.splitNow();
      return now?.canaryPercent === 10 ? now : undefined;
    }, 40_000);
    const record = join(releasesFolder(local.state), `${local.latest()!.id}.jsonl`);
    const draft = `${trafficFileOf(local.state)}.new`;
    mkdirSync(draft);
    renameSync(record, `${record}.kept`);
    mkdirSync(record);
    await until(() => complaints.mock.calls.flat().join('').includes('decided is not'), 40_000);
    expect(await answers(split.canary.url)).toBe(true);
    rmdirSync(draft);
    expect(await failed).toContain('EISDIR');
    expect(local.splitNow()?.canaryPercent).toBe(0);
    expect(await answers(split.canary.url)).toBe(false);
    rmdirSync(record);
    renameSync(`${record}.kept`, record);
  }, 90_000);
});
