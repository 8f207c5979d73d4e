import { until } from '@maxai/runtime/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { decide } from '../../src/commands/release/decide.ts';
import { formatRehearsals, isRight, runRehearsal } from '../../src/commands/release/rehearse.ts';
import { startRelease } from '../../src/commands/release/start.ts';
import { affinityCookie } from '../../src/edge/traffic-split.ts';
import { releaseId } from '../../src/release/control-release.ts';
import { rehearse } from '../../src/release/rehearse.ts';
import { groupIsOurs } from '../../src/supervisor/process-table.ts';
import { portsFrom } from '../fixtures/free-platform-port.ts';
import {
  answers,
  command,
  hearConsole,
  options,
  speed,
  startLocalReleaseFixture,
  type LocalReleaseFixture,
} from './local-release-fixture.ts';

let local: LocalReleaseFixture;
let said: () => string;
let dying: string;
let hanging: string;

beforeAll(async () => {
  local = await startLocalReleaseFixture(portsFrom(14_000));
  dying = local.checkout('dying', "throw new Error('no such table');");
  hanging = local.checkout('hanging', 'setInterval(() => undefined, 1000);');
}, 60_000);
afterAll(() => local.stop());

beforeEach(() => {
  said = hearConsole();
});
afterEach(() => vi.restoreAllMocks());

async function keepAsking(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await fetch(`${local.url}/api/version`).then((response) => response.arrayBuffer());
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('before anything was released', () => {
  it('there is nothing to decide, and the status says how to begin', async () => {
    await command('status');
    expect(said()).toContain('Nothing was released here yet');
    await expect(decide('rollback')).rejects.toThrow(/There is no release/);
    await expect(command('report')).rejects.toThrow('No release was taken back here');
  });

  it('a start is refused with its fix: no platform, no such service, version or checkout', async () => {
    await expect(startRelease('api-gateway', options)).rejects.toThrow('MaxAI is not running here');
    local.declareRunning();
    await expect(startRelease('iam', options)).rejects.toThrow(
      /iam cannot be released[\s\S]*choose api-gateway or webhook-ingress/,
    );
    await expect(startRelease('api-gateway', { ...options, version: '../b' })).rejects.toThrow(
      'is no name of a version',
    );
    await expect(startRelease('api-gateway', { ...options, from: local.folder })).rejects.toThrow(
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
    local.declareRunning();
    const enough = new AbortController();
    const asking = keepAsking(enough.signal);
    expect(await startRelease('api-gateway', { ...options, from: local.good })).toBe(0);
    expect(said()).toContain('promote, by the judgement: every figure stayed within its limit');
    expect(await local.answeredBy()).toEqual({ version: 'b' });
    expect(local.splitNow()?.canaryPercent).toBe(100);
    await command('status');
    expect(said()).toContain('npx maxai release rollback goes back to development until');
    await command('rollback');
    expect(said()).toContain('is rolled-back');
    const sticky = await fetch(`${local.url}/api/version`, {
      headers: { cookie: `${affinityCookie('api-gateway')}=b` },
    });
    expect(await sticky.json()).toEqual({ version: 'development' });
    await expect(decide('rollback')).rejects.toThrow('there is no version to roll back to');
    enough.abort();
    await asking;
  }, 90_000);

  it('of a version that dies at its start leaves the old one alone and tells why [R92]', async () => {
    local.declareRunning();
    expect(await startRelease('api-gateway', { ...options, from: dying })).toBe(1);
    expect(said()).toContain('no such table');
    await command('report');
    expect(said()).toContain('# Incident report: api-gateway b');
    await command('status', '--json');
    expect(said()).toContain('"phase": "aborted"');
  }, 60_000);

  it('is one at a time, waits for a person without traffic, and is taken back by one', async () => {
    local.declareRunning();
    const first = { ...options, from: local.good, detach: true as const };
    expect(await startRelease('api-gateway', first)).toBe(0);
    const second = { ...first, version: 'c' };
    await expect(startRelease('api-gateway', second)).rejects.toThrow(
      'Another release is under way',
    );
    await until(() => local.latest()?.phase === 'paused', 40_000);
    expect(local.latest()?.reason).toContain('too few requests');
    expect(await decide('abort')).toContain('is aborted');
    await command('report', local.latest()!.id);
    expect(said()).toContain('Waiting for a decision');
    await expect(command('report', 'rel-none')).rejects.toThrow('There is no release rel-none');
  }, 90_000);

  it('ends with its platform, and leaves no process', async () => {
    local.declareRunning();
    await startRelease('api-gateway', { ...options, from: local.good, detach: true });
    const { canary } = await until(() => {
      const split = local.splitNow();
      return split?.canaryPercent === 10 ? split : undefined;
    }, 40_000);
    expect(await answers(canary.url)).toBe(true);
    local.state.forgetSupervisor();
    await until(async () => !(await answers(canary.url)), 30_000);
    await local.mayBegin();
    expect(local.latest()).toMatchObject({ phase: 'aborted', percent: 0 });
    expect(local.latest()?.reason).toContain('the platform or the controller was told to end');
  }, 90_000);

  it('ends for the one who follows it when its platform stops', async () => {
    local.declareRunning();
    const before = local.latest()?.id;
    const following = startRelease('api-gateway', { ...options, from: local.good });
    await until(() => local.latest()?.id !== before, 40_000);
    local.state.forgetSupervisor();
    expect(await following).toBe(1);
    expect(said()).toContain('abort, by the controller');
    await local.mayBegin();
  }, 60_000);

  it('of the version that runs already is refused: nobody could tell the two apart', async () => {
    local.declareRunning();
    const same = { ...options, version: 'development', from: local.good };
    await expect(startRelease('api-gateway', same)).rejects.toThrow(
      /runs version development already[\s\S]*a name of its own/,
    );
  }, 30_000);

  it('is refused while another one starts, and never taken for it', async () => {
    local.declareRunning();
    const start = (version: string) =>
      startRelease('api-gateway', {
        ...options,
        version,
        from: hanging,
        detach: true,
      });
    const both = await Promise.allSettled([start('b'), start('c')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringContaining('Another release is under way') },
    });
    await decide('abort');
    await local.mayBegin();
  }, 60_000);

  it('is taken back while its version still starts', async () => {
    local.declareRunning();
    await startRelease('api-gateway', { ...options, from: hanging, detach: true });
    const { id } = local.latest()!;
    const started = await until(
      () => (local.holdOf(id).processes.length === 2 ? local.holdOf(id).processes : undefined),
      20_000,
    );
    expect(await decide('abort')).toContain('is aborted');
    await until(() => !started.some(groupIsOurs), 40_000);
    await local.mayBegin();
  }, 90_000);
});

describe('a rehearsal', () => {
  it.each(['failing', 'slow'] as const)(
    'finds a %s version, takes it back, and leaves no session on it [R83,R89]',
    async (version) => {
      const outcome = await rehearse({
        state: local.state,
        url: local.url,
        process: local.service,
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
