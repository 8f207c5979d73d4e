import type { Agent, listAgents as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import type { Static } from 'typebox';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { selectAgents, type AgentRow } from './agent-store.ts';

type WireAgent = Static<typeof Agent>;

export function toAgent(row: AgentRow): WireAgent {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    channel: row.channel as WireAgent['channel'], // the table's check allows nothing else
    externalId: row.external_id,
    createdAt: row.created_at.toISOString(),
  };
}

export async function listAgents(
  ctx: Context,
  input: { identity: Identity; page: Paging },
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(input.identity);
  const scope = listScope(visibleClients(input.identity, 'client:read'), input.page);
  const rows = await ctx.database.read(tenantId, (tx) => selectAgents(tx, scope));
  return pageOf(rows, scope, toAgent);
}
