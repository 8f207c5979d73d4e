import { Client } from 'pg';

type Counts = Readonly<Record<string, number>>;

/** What the platform and the outside world hold of one tenant's run. */
export type Traces = {
  /** What tells the stored deliveries apart, once for each row. */
  readonly storedKeys: readonly string[];
  readonly unsettled: number;
  /** Of deliveries, executions, usage and payments. */
  readonly deadLetters: number;
  /** Events of each delivery. */
  readonly eventsPerDelivery: Counts;
  readonly unfinishedExecutions: number;
  readonly failedExecutions: number;
  /** Effects done of each execution and step. */
  readonly effectsPerStep: Counts;
  /** Messages the provider has, by what each one is about. */
  readonly messagesPerSubject: Counts;
  /** Usage lines of each ended call. */
  readonly usagePerCall: Counts;
  /** Entries in the ledger for each invoice. */
  readonly bookingsPerInvoice: Counts;
  readonly promptIds: readonly string[];
};

export type TraceSource = {
  readonly databaseUrl: string;
  /** Where the messages went. */
  readonly witnessUrl: string;
  readonly tenantId: string;
};

type Count = { key: string; count: number };

const asRecord = (rows: readonly Count[]) =>
  Object.fromEntries(rows.map(({ key, count }) => [key, count]));

/** A message that a flow sent is `Thank you, about <subject>`. */
export async function readMessages(witnessUrl: string): Promise<Record<string, number>> {
  const response = await fetch(`${witnessUrl}/_control/effects/twilio/messages`);
  // The sandbox of this checkout answers its own type.
  const { items } = (await response.json()) as { items: { body: string; direction: string }[] };
  const subjects = Map.groupBy(
    items.filter(({ direction }) => direction !== 'inbound'),
    ({ body }) => body.slice(body.lastIndexOf(' ') + 1),
  );
  return Object.fromEntries([...subjects].map(([subject, found]) => [subject, found.length]));
}

/** Reads every schema as the superuser, who is bound by no tenant's scope, and the outside world. */
export async function readTraces(from: TraceSource): Promise<Traces> {
  const client = new Client({ connectionString: from.databaseUrl });
  await client.connect();
  const rows = async <Row extends object>(sql: string): Promise<Row[]> =>
    (await client.query<Row>(sql, [from.tenantId])).rows;
  const count = async (sql: string) =>
    Number((await rows<{ count: number }>(`select count(*)::int as count from ${sql}`))[0]?.count);
  const keys = async (sql: string) => (await rows<{ key: string }>(sql)).map(({ key }) => key);
  try {
    return {
      storedKeys: await keys('select dedupe_key as key from ingress.delivery where tenant_id = $1'),
      unsettled: await count(
        'ingress.delivery_progress where tenant_id = $1 and settled_at is null',
      ),
      deadLetters: await count(
        `(select tenant_id from orchestrator.dead_letter union all
          select tenant_id from usage.dead_letter union all
          select tenant_id from payments.dead_letter) as dead where tenant_id = $1`,
      ),
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
           from orchestrator.effect
           where tenant_id = $1 and status = 'done' and action = 'messaging.send'
           group by execution_id, step_key`,
        ),
      ),
      messagesPerSubject: await readMessages(from.witnessUrl),
      usagePerCall: asRecord(
        await rows<Count>(
          `select external_id as key, count(*)::int as count from usage.usage_event
           where tenant_id = $1 and meter = 'voice.seconds' group by external_id`,
        ),
      ),
      bookingsPerInvoice: asRecord(
        await rows<Count>(
          `select split_part(reference, ':', 3) as key, count(*)::int as count
           from payments.ledger_entry where tenant_id = $1 group by reference`,
        ),
      ),
      promptIds: await keys('select id as key from prompt.prompt where tenant_id = $1'),
    };
  } finally {
    await client.end();
  }
}
