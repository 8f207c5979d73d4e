import { backupPolicy, backupRepositories, type DisasterName } from '@maxai/topology/recovery';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../supervisor/command-error.ts';
import { waitUntil } from '../../supervisor/probe.ts';
import { backupLayout } from '../backup-layout.ts';
import { listBackups } from '../list-backups.ts';
import { recoveryKeyName } from '../secrets-backup.ts';
import { accountDeleted, bringSecrets } from './account-deleted.ts';
import { dataLoss } from './data-loss.ts';
import { databaseCorruption } from './database-corruption.ts';
import { makeAgency } from './drill-agency.ts';
import type { DrillFolder } from './drill-claim.ts';
import { judge, type DrillReport, type DrillStep } from './drill-report.ts';
import { countTenants, readStoredData } from './invariants.ts';
import { startLedgerLoad } from './ledger-load.ts';
import { measure } from './measure.ts';
import { regionOutage } from './region-outage.ts';
import type { Scenario } from './scenario.ts';
import { prepareSite, type Site } from './site.ts';
import { startWebhookLoad } from './webhook-load.ts';

export type DrillOptions = {
  readonly folder: DrillFolder;
  readonly port: number;
  readonly perSecond: number;
  readonly report: (line: string) => void;
  readonly decide: (question: string) => Promise<void>;
};

/** The breach has a platform of its own kind and is run by itself. */
type RestoredDisaster = Exclude<DisasterName, 'security-breach'>;

const scenarios: Readonly<Record<RestoredDisaster, Scenario>> = {
  'database-corruption': databaseCorruption,
  'data-loss': dataLoss,
  'region-outage': regionOutage,
  'account-deleted': accountDeleted,
};

const otherPorts = 1000;
const backupLimitMs = 180_000;
const recoveredLimitMs = 180_000;
const acknowledgedBefore = 20;
const acknowledgedAfter = 20;

/** Until the schedule has made the first backup of each repository. */
async function untilBackedUp({ state }: Site): Promise<void> {
  const count = backupRepositories(backupPolicy).length;
  const isBackedUp = async () => (await listBackups(backupLayout(state))).length >= count;
  if (await waitUntil(isBackedUp, backupLimitMs)) return;
  throw new CommandError('The first backups were not made.', `look at ${state.log('supervisor')}`);
}

/** Starts a copy of the platform, breaks it under load, recovers it, and measures what was lost and for how long. */
export async function runDrill(
  drill: RestoredDisaster,
  options: DrillOptions,
): Promise<DrillReport> {
  const { folder, port, report, decide } = options;
  const startedAtMs = Date.now();
  const steps: DrillStep[] = [];
  const note = (what: string) => {
    const atSeconds = (Date.now() - startedAtMs) / 1000;
    steps.push({ atSeconds, what });
    report(`${atSeconds.toFixed(1).padStart(6)} s  ${what}`);
  };
  const separateStorage = join(folder.path, 'separate-storage');
  const recoveryKeyFile = join(folder.path, recoveryKeyName);
  const primary = prepareSite({ folder: join(folder.path, 'primary'), port, separateStorage });
  // The one who holds it is not where the platform runs.
  renameSync(primary.state.file(recoveryKeyName), recoveryKeyFile);
  await primary.start();
  const iam = primary.plan.processes.find(({ name }) => name === 'iam');
  const agency = await makeAgency({
    iamUrl: `http://127.0.0.1:${iam?.port}`,
    secrets: primary.secrets,
  });
  const tenants = await countTenants(primary.databaseUrl);
  await untilBackedUp(primary);
  note('The copy runs and is backed up');
  const load = startWebhookLoad({ origin: primary.origin, agency, perSecond: options.perSecond });
  const ledger = startLedgerLoad({
    site: primary,
    tenantId: agency.tenantId,
    everyMs: 250,
  });
  try {
    if (!(await load.untilAcknowledged(acknowledgedBefore, recoveredLimitMs))) {
      throw new CommandError('The copy acknowledges no webhook.', `look into ${folder.path}`);
    }
    const { struckAtMs, survivor, checks } = await scenarios[drill]({
      primary,
      agency,
      load,
      ledger,
      separateStorage,
      recoveryKeyFile,
      note,
      decide,
      prepareOther: (name) => {
        const other = join(folder.path, name);
        bringSecrets({ folder: other, separateStorage, recoveryKeyFile });
        return prepareSite({ folder: other, port: port + otherPorts, separateStorage });
      },
    });
    const isServed = await load.untilAcknowledged(acknowledgedAfter, recoveredLimitMs);
    const deliveries = await load.stop();
    const booked = await ledger.stop();
    if (!isServed) {
      const last = deliveries.at(-1)?.answer;
      throw new CommandError(
        `The recovered platform acknowledges no webhook: ${last}`,
        'this is a fault of the recovery; run the drill again with --keep and look into its folder',
      );
    }
    note('Webhooks are acknowledged again');
    const stored = await readStoredData(survivor.databaseUrl, tenants);
    const measured = measure(deliveries, stored.calls, struckAtMs);
    const booking = {
      what: 'ledgers nothing was booked into',
      found: Number(booked === 0),
      expected: 0,
    };
    return judge(drill, measured, [...checks, ...stored.checks, booking], steps);
  } finally {
    await Promise.all([load.stop(), ledger.stop()]);
  }
}
