import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalServer } from '../../local/postgres-process.ts';
import { runPostgres } from '../../local/postgres-process.ts';
import { archivingOf } from '../archiving.ts';
import { backupLayout, giveToServer } from '../backup-layout.ts';
import { withClient } from '../check-readable.ts';
import { repositoryOption } from '../list-backups.ts';
import { runPgBackRest } from '../pgbackrest.ts';
import { adminUrl } from '../restore-platform.ts';
import { untilHolds } from '../until-holds.ts';
import type { Scenario } from './scenario.ts';
import type { Site } from './site.ts';

const role = 'standby';
const catchUpLimitMs = 120_000;

/** The primary lets the second region follow it, under a role that can do nothing else. */
async function allowStandby(primary: Site): Promise<string> {
  const password = String(primary.secrets['standby-replication-password']);
  await withClient(adminUrl(primary.plan, primary.secrets), (client) =>
    client.query(`create role ${role} with replication login password '${password}'`),
  );
  return `host=127.0.0.1 port=${primary.plan.postgres.port} user=${role} password=${password}`;
}

/** Restored from the separate repository, then following the primary's stream. */
async function startStandby(primary: Site, second: Site): Promise<LocalServer> {
  const connection = await allowStandby(primary);
  const layout = backupLayout(second.state);
  mkdirSync(layout.data, { mode: 0o700 });
  giveToServer(layout, layout.data);
  await runPgBackRest(layout, ['restore', '--type=standby', repositoryOption('separate')]);
  // Not an option of the command: every list of processes would show the password.
  appendFileSync(join(layout.data, 'postgresql.auto.conf'), `primary_conninfo = '${connection}'\n`);
  await runPgBackRest(layout, ['stanza-create', '--no-online']);
  const archiving = archivingOf(layout);
  return runPostgres({
    programs: archiving.installation.programs(layout.account),
    account: layout.account,
    data: layout.data,
    port: second.plan.postgres.port,
    password: String(second.secrets[second.plan.postgres.adminPasswordSecret]),
    logFile: second.state.file('postgres.log'),
    settings: archiving.settings,
    startTimeoutMs: catchUpLimitMs,
  });
}

async function isStreaming(primary: Site): Promise<boolean> {
  const { rowCount } = await withClient(primary.databaseUrl, (client) =>
    client.query(`select from pg_stat_replication where state = 'streaming'`),
  );
  return rowCount === 1;
}

export const regionOutage: Scenario = async (context) => {
  const { primary, load, ledger, note, decide } = context;
  const second = context.prepareOther('second-region');
  const standby = await startStandby(primary, second);
  try {
    await untilHolds(() => isStreaming(primary), catchUpLimitMs, {
      what: 'The standby does not follow the primary.',
      fix: `look at ${standby.logFile}`,
    });
    note('The standby of the second region follows the primary');
    await load.untilAcknowledged(10, catchUpLimitMs);
    const struckAtMs = Date.now();
    await primary.cutPower();
    note('The region is gone: database, services and edge');
    await decide('Promote the standby and fail over to the second region?');
    await withClient(standby.url, (client) => client.query('select pg_promote()'));
    note('The standby is promoted');
    await standby.stop();
    await second.start();
    note('The services and the edge of the second region run');
    load.sendTo(second.origin);
    ledger.sendTo(second);
    return { struckAtMs, survivor: second };
  } finally {
    // Once more where it has ended already; a failure in between leaves nothing running.
    await standby.stop();
  }
};
