import type { Flow } from '@maxai/contracts/http/orchestrator';
import type { FlowDocument } from '@maxai/contracts/flows/flow-document';
import { sql, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';
import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';

type Tx = Transaction<DB>;
export type FlowWire = Static<typeof Flow>;

/** A flow that may start for an event, as it stands in its current version. */
export type ActiveFlow = {
  readonly id: string;
  readonly clientId: string | null;
  readonly versionId: string;
  readonly document: FlowDocument;
};

function flows(tx: Tx) {
  return tx
    .selectFrom('flow')
    .innerJoin('flow_version', (join) =>
      join
        .onRef('flow_version.flow_id', '=', 'flow.id')
        .onRef('flow_version.version', '=', 'flow.version'),
    )
    .select([
      'flow.id',
      'flow.client_id',
      'flow.name',
      'flow.status',
      'flow.version',
      'flow.created_at',
      'flow_version.id as version_id',
      'flow_version.document',
    ]);
}

type FlowRow = Awaited<ReturnType<ReturnType<typeof flows>['executeTakeFirstOrThrow']>>;

export function flowToWire(row: FlowRow): FlowWire {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    // Written only by createFlow and setFlowStatus, from the contract's own type.
    status: row.status as FlowWire['status'],
    version: row.version,
    document: row.document as FlowDocument,
    createdAt: row.created_at.toISOString(),
  };
}

export async function insertFlow(
  tx: Tx,
  tenantId: string,
  versionId: string,
  flow: FlowWire,
): Promise<void> {
  await tx
    .insertInto('flow')
    .values({
      id: flow.id,
      tenant_id: tenantId,
      client_id: flow.clientId,
      name: flow.name,
      status: flow.status,
      version: flow.version,
      created_at: flow.createdAt,
    })
    .execute();
  await tx
    .insertInto('flow_version')
    .values({
      id: versionId,
      tenant_id: tenantId,
      flow_id: flow.id,
      version: flow.version,
      trigger_event: flow.document.trigger.event,
      document: JSON.stringify(flow.document),
      created_at: flow.createdAt,
    })
    .execute();
}

export async function findFlow(tx: Tx, id: string): Promise<FlowWire | undefined> {
  const row = await flows(tx).where('flow.id', '=', id).executeTakeFirst();
  return row && flowToWire(row);
}

export function selectFlows(tx: Tx, scope: ListScope) {
  return flows(tx).where(inScope('flow', scope)).orderBy('flow.id', 'desc').limit(pageRows(scope));
}

export async function updateFlowStatus(tx: Tx, id: string, status: string): Promise<void> {
  await tx.updateTable('flow').set({ status }).where('id', '=', id).execute();
}

export async function activeFlows(
  tx: Tx,
  triggerEvents: readonly string[],
): Promise<readonly ActiveFlow[]> {
  const rows = await flows(tx)
    .where('flow.status', '=', 'active')
    .where(sql<boolean>`flow_version.trigger_event = any(${triggerEvents}::text[])`)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    clientId: row.client_id,
    versionId: row.version_id,
    document: row.document as FlowDocument,
  }));
}
