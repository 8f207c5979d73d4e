import type { CanonicalEvent } from '@maxai/contracts/events/canonical-event';
import type { PlatformEvent } from '@maxai/contracts/http/orchestrator';
import { sql, type Selectable, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';
import { inScope, type ListScope } from '@maxai/runtime/database';

type Tx = Transaction<DB>;
export type EventWire = Static<typeof PlatformEvent>;

export function eventToWire(row: Selectable<DB['event']>): EventWire {
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

/** Inserts the events whose delivery was not seen before, in one statement; returns the ids it inserted. */
export async function insertEvents(
  tx: Tx,
  events: readonly CanonicalEvent[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const rows = await tx
    .insertInto('event')
    .values(
      events.map((event) => ({
        id: event.id,
        tenant_id: event.tenantId,
        client_id: event.clientId,
        type: event.type,
        provider: event.provider,
        connection_id: event.connectionId,
        webhook_event_id: event.webhookEventId,
        external_id: event.externalId,
        occurred_at: event.occurredAt,
        correlation_id: event.correlationId,
        subject: JSON.stringify(event.subject),
        data: JSON.stringify(event.data),
        created_at: now,
      })),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'webhook_event_id']).doNothing())
    .returning('id')
    .execute();
  return new Set(rows.map((row) => row.id));
}

export async function findEvent(tx: Tx, id: string): Promise<EventWire | undefined> {
  const row = await tx.selectFrom('event').selectAll().where('id', '=', id).executeTakeFirst();
  return row && eventToWire(row);
}

export type EventFilter = {
  readonly type?: string | undefined;
  readonly webhookEventId?: string | undefined;
  readonly externalId?: string | undefined;
};

export async function selectEvents(tx: Tx, scope: ListScope, filter: EventFilter) {
  const { type = null, webhookEventId = null, externalId = null } = filter;
  return tx
    .selectFrom('event')
    .selectAll()
    .where(inScope('event', scope))
    .where(
      sql<boolean>`(${type}::text is null or type = ${type})
        and (${webhookEventId}::text is null or webhook_event_id = ${webhookEventId})
        and (${externalId}::text is null or external_id = ${externalId})`,
    )
    .orderBy('id', 'desc')
    .limit(scope.limit + 1)
    .execute();
}
