import type { Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { sql, type Transaction } from 'kysely';
import { createHash } from 'node:crypto';
import { currentContext } from '../telemetry/index.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type AuditEntry = {
  readonly tenantId: string;
  /** The verb's name: `create-client`. */
  readonly action: string;
  readonly identity: Identity;
  /** Id of what was changed. */
  readonly resource: string;
  readonly clientId: string | null;
  /** Left out: that of the current request or job. */
  readonly correlationId?: string;
  /** What changed, without secrets. Undefined members are left out. */
  readonly detail: Readonly<Record<string, unknown>>;
  readonly now: Date;
};

type Row = {
  readonly id: string;
  readonly tenant_id: string;
  readonly action: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly resource: string;
  readonly client_id: string | null;
  readonly correlation_id: string;
  readonly occurred_at: Date;
  readonly detail: Json;
};

/** Objects in one order of keys, because `jsonb` keeps none. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, member]): [string, Json] => [
    key,
    inOrder(member),
  ]);
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** What the hash covers besides the previous hash and the sequence. */
function canonical(row: Row): string {
  return JSON.stringify([
    row.id,
    row.tenant_id,
    row.action,
    row.actor_kind,
    row.actor_id,
    row.resource,
    row.client_id,
    row.correlation_id,
    row.occurred_at.toISOString(),
    inOrder(row.detail),
  ]);
}

/**
 * Appends a row to the tenant's hash chain in the schema's `audit_event`, inside the caller's
 * transaction. The chain is held until that transaction ends, so two writers can neither fork it nor
 * leave a gap: call it last. A repeated transaction that rolled back before leaves no trace.
 */
export async function writeAudit<DB>(tx: Transaction<DB>, entry: AuditEntry): Promise<string> {
  const row: Row = {
    id: newId('audit', { nowMs: entry.now.getTime() }),
    tenant_id: entry.tenantId,
    action: entry.action,
    actor_kind: entry.identity.actor.kind,
    actor_id: entry.identity.actor.id,
    resource: entry.resource,
    client_id: entry.clientId,
    correlation_id: entry.correlationId ?? currentContext().correlationId,
    occurred_at: entry.now,
    // A round trip through JSON is exactly what the column will hold.
    detail: JSON.parse(JSON.stringify(entry.detail)) as Json,
  };
  await sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || ':audit:' || ${row.tenant_id}, 0))`.execute(
    tx,
  );
  await sql`
    insert into audit_event (id, tenant_id, sequence, action, actor_kind, actor_id, resource, client_id,
      correlation_id, occurred_at, detail, previous_hash, hash)
    select ${row.id}, ${row.tenant_id}, next.sequence, ${row.action}, ${row.actor_kind}, ${row.actor_id},
      ${row.resource}, ${row.client_id}, ${row.correlation_id}, ${row.occurred_at},
      ${JSON.stringify(row.detail)}::jsonb, next.previous_hash,
      encode(sha256(convert_to(next.previous_hash || next.sequence || ${canonical(row)}, 'UTF8')), 'hex')
    from (
      select coalesce(max(tail.sequence), 0) + 1 as sequence, coalesce(max(tail.hash), '') as previous_hash
      from (
        select sequence, hash from audit_event where tenant_id = ${row.tenant_id}
        order by sequence desc limit 1
      ) as tail
    ) as next`.execute(tx);
  return row.id;
}

/** The first row of the tenant's chain that was changed, inserted or removed after the fact, by its id. */
export async function brokenAuditEvent<DB>(
  tx: Transaction<DB>,
  tenantId: string,
): Promise<string | undefined> {
  const { rows } = await sql<Row & { sequence: bigint; previous_hash: string; hash: string }>`
    select * from audit_event where tenant_id = ${tenantId} order by sequence`.execute(tx);
  let previousHash = '';
  let sequence = 0n;
  return rows.find((row) => {
    sequence += 1n;
    const expected = createHash('sha256')
      .update(`${previousHash}${sequence}${canonical(row)}`)
      .digest('hex');
    previousHash = expected;
    return row.hash !== expected;
  })?.id;
}
