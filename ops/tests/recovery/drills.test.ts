import type { DisasterName } from '@maxai/topology/recovery';
import { existsSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { backupCommand } from '../../src/commands/backup/command.ts';
import { restoreCommand } from '../../src/commands/restore/command.ts';
import { backupLayout } from '../../src/recovery/backup-layout.ts';
import { asideOf } from '../../src/recovery/recover-aside.ts';
import { accountDeleted } from '../../src/recovery/drill/account-deleted.ts';
import { dataLoss } from '../../src/recovery/drill/data-loss.ts';
import { databaseCorruption } from '../../src/recovery/drill/database-corruption.ts';
import { claimDrill, processesOf, type DrillFolder } from '../../src/recovery/drill/drill-claim.ts';
import type { DrillReport } from '../../src/recovery/drill/drill-report.ts';
import { regionOutage } from '../../src/recovery/drill/region-outage.ts';
import { freeDrillPort } from '../fixtures/drill-port.ts';
import { withDrill, type RunningDrill } from '../../src/recovery/drill/run-drill.ts';
import type { Site } from '../../src/recovery/drill/site.ts';

const limitMs = 600_000;
const decided: string[] = [];
let folder: DrillFolder;
let running: RunningDrill;
/** Where the platform runs after the disasters so far. */
let site: Site;
const over = Promise.withResolvers<void>();
let drill: Promise<void>;

beforeAll(async () => {
  const port = await freeDrillPort();
  folder = await claimDrill(port);
  const started = Promise.withResolvers<RunningDrill>();
  const options = {
    folder,
    port,
    perSecond: 5,
    report: () => undefined,
    decide: (question: string) => Promise.resolve(void decided.push(question)),
  };
  drill = withDrill(options, (ready) => {
    started.resolve(ready);
    return over.promise;
  });
  drill.catch(started.reject);
  running = await started.promise;
  site = running.context.primary;
}, limitMs);
afterAll(async () => {
  over.resolve();
  await drill;
  await folder.clear();
}, limitMs);

/** Everything holds, inside the limits of the document: 4 h and 1 h. */
function expectRecovered(report: DrillReport, name: DisasterName): void {
  expect(report.checks.filter(({ found, expected }) => found !== expected)).toEqual([]);
  expect(report).toMatchObject({ drill: name, passed: true });
  expect(report.rtoSeconds).toBeGreaterThan(0);
  expect(report.rtoSeconds).toBeLessThan(4 * 3600);
  expect(report.rpoSeconds).toBeLessThan(3600);
}

async function output(run: () => Promise<unknown>): Promise<string> {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  vi.spyOn(console, 'error').mockReturnValue();
  try {
    await run();
    return log.mock.calls.join('\n');
  } finally {
    vi.restoreAllMocks();
  }
}

describe('the commands of backups', () => {
  const of = (command: 'create' | 'list' | 'verify', ...more: string[]) =>
    output(() =>
      backupCommand({ MAXAI_STATE: site.state.path }).parseAsync(['', '', command, ...more]),
    );

  it(
    'make, list and verify the backups of the platform that runs from the state folder',
    { timeout: limitMs },
    async () => {
      expect(await of('create')).toMatch(/20\d{6}-\d{6}F_.*I +primary +incr[^]*Secrets sealed in/);
      const { backup } = JSON.parse(await of('create', '--json')) as { backup: { type: string } };
      expect(backup.type).toBe('incr');
      expect(await of('list')).toMatch(/primary +full[^]*separate +full[^]*Sealed copies .*: \d/);
      const listed = JSON.parse(await of('list', '--json')) as { backups: object[] };
      expect(listed.backups).toHaveLength(4);
      expect(await of('verify')).toMatch(/secrets: not opened.*elsewhere[^]*Everything is whole/);
      expect(JSON.parse(await of('verify', '--json'))).toMatchObject({ damage: [] });
    },
  );

  it('restore it, over what an interrupted restore left', { timeout: limitMs }, async () => {
    const env = { MAXAI_STATE: site.state.path };
    const aside = asideOf(backupLayout(site.state));
    mkdirSync(aside);
    const restored = await output(() =>
      restoreCommand(env).parseAsync(['', '', '--to', 'latest', '--json']),
    );
    expect(JSON.parse(restored)).toMatchObject({ repository: 'primary' });
    expect(existsSync(aside)).toBe(false);
  });

  it('refuse a moment that cannot be had', async () => {
    const restore = (to: string) =>
      restoreCommand({ MAXAI_STATE: site.state.path }).parseAsync(['', '', '--to', to]);
    await expect(restore('2020-01-01T00:00:00Z')).rejects.toThrow(/before the first backup/);
    await expect(restore('yesterday')).rejects.toThrow(/give the time with its zone/);
  });
});

describe('a copy of the platform under load', () => {
  it(
    'recovers from a corrupted table by itself, losing nothing [R122,R123,R125]',
    { timeout: limitMs },
    async () => {
      const struck = await databaseCorruption(running.context);
      const report = await running.conclude('database-corruption', struck);
      expectRecovered(report, 'database-corruption');
      expect(report.lost).toBe(0);
      expect(decided).toEqual([]);
    },
  );

  it(
    'recovers from a wrong statement by itself, as of the moment before [R122,R123,R126]',
    { timeout: limitMs },
    async () => {
      const struck = await dataLoss(running.context);
      expectRecovered(await running.conclude('data-loss', struck), 'data-loss');
      expect(decided).toEqual([]);
    },
  );

  it(
    'fails over to a second region once somebody has decided it [R122,R123,R124]',
    { timeout: limitMs },
    async () => {
      const struck = await regionOutage(running.context);
      expectRecovered(await running.conclude('region-outage', struck), 'region-outage');
      expect(decided).toEqual([expect.stringContaining('fail over to the second region')]);
      site = struck.survivor;
    },
  );

  it(
    'is rebuilt from the separate storage alone when its account is gone [R118,R122,R123]',
    { timeout: limitMs },
    async () => {
      const struck = await accountDeleted({ ...running.context, primary: site });
      expect(existsSync(site.state.path)).toBe(false);
      expectRecovered(await running.conclude('account-deleted', struck), 'account-deleted');
      expect(processesOf(folder.path).length).toBeGreaterThan(0);
    },
  );
});
