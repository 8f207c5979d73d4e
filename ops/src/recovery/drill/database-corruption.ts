import { openSync, closeSync, fstatSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { serverOn } from '../../local/postgres-server.ts';
import { waitUntil } from '../../supervisor/probe.ts';
import { sendSignal } from '../../supervisor/process-table.ts';
import { backupLayout } from '../backup-layout.ts';
import { readTables, withClient } from '../check-readable.ts';
import { restorePlatform } from '../restore-platform.ts';
import { undetected, untilHolds } from '../until-holds.ts';
import type { Scenario } from './scenario.ts';
import type { Site } from './site.ts';

const detectLimitMs = 60_000;
/** Without it no webhook's secret is found. */
const victim = 'iam.connection';

async function overwrite({ databaseUrl, state }: Site): Promise<void> {
  const path = await withClient(databaseUrl, async (client) => {
    await client.query('checkpoint');
    const { rows } = await client.query<{ path: string }>(
      'select pg_relation_filepath($1) as path',
      [victim],
    );
    return String(rows[0]?.path);
  });
  const file = openSync(join(backupLayout(state).data, path), 'r+');
  writeSync(file, randomBytes(fstatSync(file).size), 0, undefined, 0);
  closeSync(file);
}

/** The server forgets the good pages it has in memory, as after any restart. */
async function killPostgres({ state }: Site): Promise<void> {
  const { data } = backupLayout(state);
  const pid = Number(serverOn(data));
  sendSignal(pid, 'SIGKILL');
  await waitUntil(() => serverOn(data) !== pid, detectLimitMs);
}

export const databaseCorruption: Scenario = async ({ primary, note }) => {
  const struckAtMs = Date.now();
  await overwrite(primary);
  await killPostgres(primary);
  note(`The pages of ${victim} are overwritten`);
  const isSeen = async () =>
    (await readTables(primary.databaseUrl)).unreadable.some(({ table }) => table === victim);
  await untilHolds(isSeen, detectLimitMs, undetected);
  note('The corruption is detected: a table does not match its checksums');
  await restorePlatform({
    ...primary,
    target: { kind: 'latest' },
    repository: undefined,
    now: new Date(),
    report: note,
  });
  return { struckAtMs, survivor: primary };
};
