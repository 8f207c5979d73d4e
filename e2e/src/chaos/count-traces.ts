import { Client } from 'pg';

/** What the platform and the outside world hold of one tenant's run. */
export type Traces = {
  /** Retell call ids of the stored deliveries. */
  readonly storedCalls: readonly string[];
  readonly unsettled: number;
  readonly deadLetters: number;
  /** Events of each delivery. */
  readonly eventsPerDelivery: Readonly<Record<string, number>>;
  readonly unfinishedExecutions: number;
  readonly failedExecutions: number;
  /** Effects done of each execution and step. */
  readonly effectsPerStep: Readonly<Record<string, number>>;
  /** Messages the provider has, by the call each one names. */
  readonly messagesPerCall: Readonly<Record<string, number>>;
};

type Count = { key: string; count: number };

const asRecord = (rows: readonly Count[]) =>
  Object.fromEntries(rows.map(({ key, count }) => [key, count]));

/** How many messages of the sandbox's Twilio name each call: a body is `… about <call id>`. */
async function readMessages(sandboxUrl: string): Promise<Record<string, number>> {
  const response = await fetch(`${sandboxUrl}/_control/effects/twilio/messages`);
  const { items } = (await response.json()) as { items: { body: string }[] };
  const calls = Map.groupBy(items, ({ body }) => body.split(' ').at(-1) ?? '');
  return Object.fromEntries([...calls].map(([call, messages]) => [call, messages.length]));
}

/** Reads both databases as the superuser, who is bound by no tenant's scope, and the sandbox. */
export async function readTraces(from: {
  readonly databaseUrl: string;
  readonly sandboxUrl: string;
  readonly tenantId: string;
}): Promise<Traces> {
  const client = new Client({ connectionString: from.databaseUrl });
  await client.connect();
  const rows = async <Row extends object>(sql: string): Promise<Row[]> =>
    (await client.query<Row>(sql, [from.tenantId])).rows;
  const count = async (sql: string) =>
    Number((await rows<{ count: number }>(`select count(*)::int as count from ${sql}`))[0]?.count);
  try {
    const stored = await rows<{ call: string }>(
      `select split_part(dedupe_key, ':', 1) as call from ingress.delivery where tenant_id = $1`,
    );
    return {
      storedCalls: stored.map(({ call }) => call),
      unsettled: await count('ingress.delivery where tenant_id = $1 and settled_at is null'),
      deadLetters: await count('orchestrator.dead_letter where tenant_id = $1'),
      eventsPerDelivery: asRecord(
        await rows<Count>(
          `select d.id as key, count(e.id)::int as count
           from ingress.delivery d left join orchestrator.event e on e.webhook_event_id = d.id
           where d.tenant_id = $1 group by d.id`,
        ),
      ),
      unfinishedExecutions: await count(
        `orchestrator.execution where tenant_id = $1 and status in ('queued', 'running')`,
      ),
      failedExecutions: await count(
        `orchestrator.execution where tenant_id = $1 and status in ('failed', 'cancelled')`,
      ),
      effectsPerStep: asRecord(
        await rows<Count>(
          `select execution_id || ' ' || step_key as key, count(*)::int as count
           from orchestrator.effect where tenant_id = $1 and status = 'done'
           group by execution_id, step_key`,
        ),
      ),
      messagesPerCall: await readMessages(from.sandboxUrl),
    };
  } finally {
    await client.end();
  }
}
