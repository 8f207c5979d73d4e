import { withClient } from '../check-readable.ts';
import { restorePlatform } from '../restore-platform.ts';
import { undetected, untilHolds } from '../until-holds.ts';
import type { Scenario } from './scenario.ts';
import type { Site } from './site.ts';

const detectLimitMs = 60_000;

/** Rows that a platform in service never deletes: when they become fewer, somebody did. */
async function keptRows({ databaseUrl }: Site): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `select (select count(*) from iam.connection)::int + (select count(*) from payments.ledger_entry)::int
         + (select count(*) from iam.audit_event)::int as count`,
    );
    return Number(rows[0]?.count);
  });
}

/** As the superuser by hand, past every rule. Returns the database's own time just before. */
async function deleteEverybody({ databaseUrl }: Site): Promise<Date> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now');
    await client.query(
      'delete from payments.ledger_posting; delete from payments.ledger_entry; delete from iam.connection; delete from ingress.delivery',
    );
    return rows[0]?.now as Date;
  });
}

export const dataLoss: Scenario = async ({ primary, note }) => {
  const before = await keptRows(primary);
  const struckAtMs = Date.now();
  const justBefore = await deleteEverybody(primary);
  note('A wrong statement deletes connections, ledger and webhooks of every tenant');
  const isFewer = async () => (await keptRows(primary)) < before;
  await untilHolds(isFewer, detectLimitMs, undetected);
  note('The loss is detected: rows that are never deleted became fewer');
  await restorePlatform({
    ...primary,
    target: { kind: 'time', at: justBefore },
    repository: undefined,
    now: new Date(),
    report: note,
  });
  return { struckAtMs, survivor: primary };
};
