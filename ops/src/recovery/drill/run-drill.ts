import { backupPolicy, backupRepositories, type DisasterName } from '@maxai/topology/recovery';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { backupLayout } from '../backup-layout.ts';
import { urlOf } from '../find-process.ts';
import { listBackups } from '../list-backups.ts';
import { recoveryKeyName } from '../secrets-backup.ts';
import { untilHolds } from '../until-holds.ts';
import { accountDeleted, bringSecrets } from './account-deleted.ts';
import { dataLoss } from './data-loss.ts';
import { databaseCorruption } from './database-corruption.ts';
import { makeAgency } from './drill-agency.ts';
import type { DrillFolder } from './drill-claim.ts';
import { judge, stepNotes, type DrillReport } from './drill-report.ts';
import { countTenants, readStoredData } from './invariants.ts';
import { startLedgerLoad } from './ledger-load.ts';
import { measure } from './measure.ts';
import { regionOutage } from './region-outage.ts';
import type { DrillContext, Scenario, Struck } from './scenario.ts';
import { prepareSite, type Site } from './site.ts';
import { startWebhookLoad, type WebhookLoad } from './webhook-load.ts';

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
const servedLimitMs = 180_000;
const acknowledgedAround = 20;
const ledgerEveryMs = 250;

/** Until the platform that answers now keeps what it is sent. */
async function untilServed(load: WebhookLoad): Promise<void> {
  const fromMs = Date.now();
  const fresh = () => load.deliveries.filter((it) => it.acknowledged && it.sentAtMs >= fromMs);
  await untilHolds(() => fresh().length >= acknowledgedAround, servedLimitMs, {
    what: 'The copy acknowledges no webhook.',
    fix: 'this is what the drill found: look into the logs of webhook-ingress and iam',
  });
}

/** Until the schedule has made the first backup of each repository. */
async function untilBackedUp({ state }: Site): Promise<void> {
  const count = backupRepositories(backupPolicy).length;
  const isBackedUp = async () => (await listBackups(backupLayout(state))).length >= count;
  await untilHolds(isBackedUp, backupLimitMs, {
    what: 'The first backups were not made.',
    fix: `look at ${state.log('supervisor')}`,
  });
}

/** What a drill's copy is asked to hold, and what becomes of its webhooks. */
export type RunningDrill = {
  readonly context: DrillContext;
  /** Ends the load and judges what a recovered site holds of it. */
  readonly conclude: (drill: RestoredDisaster, struck: Struck) => Promise<DrillReport>;
};

/** Runs the work on a copy of the platform that is backed up and under load. */
export async function withDrill<T>(
  options: DrillOptions,
  work: (running: RunningDrill) => Promise<T>,
): Promise<T> {
  const { folder, port, report, decide } = options;
  const { steps, note } = stepNotes(report);
  const separateStorage = join(folder.path, 'separate-storage');
  const recoveryKeyFile = join(folder.path, recoveryKeyName);
  const primary = prepareSite({ folder: join(folder.path, 'primary'), port, separateStorage });
  // The one who holds it is not where the platform runs.
  renameSync(primary.state.file(recoveryKeyName), recoveryKeyFile);
  await primary.start();
  const agency = await makeAgency({
    iamUrl: urlOf(primary.plan, 'iam'),
    secrets: primary.secrets,
  });
  const tenants = await countTenants(primary.databaseUrl);
  await untilBackedUp(primary);
  note('The copy runs and is backed up');
  const load = startWebhookLoad({ origin: primary.origin, agency, perSecond: options.perSecond });
  const ledger = startLedgerLoad({
    site: primary,
    tenantId: agency.tenantId,
    everyMs: ledgerEveryMs,
  });
  let sites = 0;
  const context: DrillContext = {
    primary,
    load,
    ledger,
    note,
    decide,
    prepareOther: (name) => {
      sites += 1;
      const other = join(folder.path, name);
      bringSecrets({ folder: other, separateStorage, recoveryKeyFile });
      return prepareSite({ folder: other, port: port + sites * otherPorts, separateStorage });
    },
  };
  async function conclude(drill: RestoredDisaster, struck: Struck): Promise<DrillReport> {
    await untilServed(load);
    note('Webhooks are acknowledged again');
    const [deliveries, booked] = [[...load.deliveries], ledger.booked()];
    const stored = await readStoredData(struck.survivor.databaseUrl, tenants);
    const measured = measure(deliveries, stored.calls, struck.struckAtMs);
    const unbooked = { what: 'ledgers nothing was booked into', found: Number(booked === 0) };
    return judge(drill, measured, [...stored.checks, { ...unbooked, expected: 0 }], [...steps]);
  }
  try {
    await untilServed(load);
    return await work({ context, conclude });
  } finally {
    await Promise.all([load.stop(), ledger.stop()]);
  }
}

/** Starts a copy of the platform, breaks it under load, recovers it, and measures what was lost and for how long. */
export function runDrill(drill: RestoredDisaster, options: DrillOptions): Promise<DrillReport> {
  return withDrill(options, async ({ context, conclude }) =>
    conclude(drill, await scenarios[drill](context)),
  );
}
