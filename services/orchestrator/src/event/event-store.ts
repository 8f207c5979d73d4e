import type { CanonicalEvent } from '@maxai/contracts/events/canonical-event';
import type { PlatformEvent } from '@maxai/contracts/http/orchestrator';
import { sql, type Selectable, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';
import { equals, inScope, pageRows, type ListScope } from '@maxai/runtime/database';

type Tx = Transaction<DB>;
export type EventWire = Static<typeof PlatformEvent>;

/** What an event shows of itself. */
export const shownColumns = [
  'id',
  'client_id',
  'type',
  'provider',
  'connection_id',
  'webhook_event_id',
  'external_id',
  'occurred_at',
  'correlation_id',
  'subject',
  'data',
] as const satisfies readonly (keyof DB['event'])[];

export function eventToWire(
  row: Pick<Selectable<DB['event']>, (typeof shownColumns)[number]>,
): EventWire {
  return {
    id: row.id,
    clientId: row.client_id,
    // Both are written from a CanonicalEvent only.
    type: row.type as EventWire['type'],
    provider: row.provider as EventWire['provider'],
    connectionId: row.connection_id,
    webhookEventId: row.webhook_event_id,
    externalId: row.external_id,
    occurredAt: row.occurred_at.toISOString(),
    correlationId: row.correlation_id,
    subject: row.subject as EventWire['subject'],
    data: row.data as EventWire['data'],
  };
}

/**
 * Inserts the tenant's events whose delivery was not seen before, in one statement that is the same text however many
 * there are; returns the ids it inserted.
 */
export async function insertEvents(
  tx: Tx,
  tenantId: string,
  events: readonly CanonicalEvent[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const column = (key: keyof CanonicalEvent) => events.map((event) => event[key]);
  const json = (key: 'subject' | 'data') => events.map((event) => JSON.stringify(event[key]));
  const { rows } = await sql<{ id: string }>`
    insert into event (id, client_id, type, provider, connection_id, webhook_event_id, external_id, occurred_at,
      correlation_id, subject, data, tenant_id, created_at)
    select id, client_id, type, provider, connection_id, webhook_event_id, external_id, occurred_at,
      correlation_id, subject, data, ${tenantId}, ${now}::timestamptz
    from unnest(
      ${column('id')}::text[], ${column('clientId')}::text[], ${column('type')}::text[],
      ${column('provider')}::text[], ${column('connectionId')}::text[], ${column('webhookEventId')}::text[],
      ${column('externalId')}::text[], ${column('occurredAt')}::timestamptz[], ${column('correlationId')}::text[],
      ${json('subject')}::jsonb[], ${json('data')}::jsonb[])
      as given (id, client_id, type, provider, connection_id, webhook_event_id, external_id, occurred_at,
      correlation_id, subject, data)
    on conflict (tenant_id, webhook_event_id) do nothing
    returning id`.execute(tx);
  return new Set(rows.map((row) => row.id));
}

export async function findEvent(tx: Tx, id: string): Promise<EventWire | undefined> {
  const row = await tx
    .selectFrom('event')
    .select(shownColumns)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && eventToWire(row);
}

export type EventFilter = {
  readonly type?: string | undefined;
  readonly webhookEventId?: string | undefined;
  readonly externalId?: string | undefined;
};

export function selectEvents(tx: Tx, scope: ListScope, filter: EventFilter) {
  return tx
    .selectFrom('event')
    .select(shownColumns)
    .where(inScope('event', scope))
    .where(equals('type', filter.type))
    .where(equals('webhook_event_id', filter.webhookEventId))
    .where(equals('external_id', filter.externalId))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}
