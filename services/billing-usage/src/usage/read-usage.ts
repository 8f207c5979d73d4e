import type { InferResult } from 'kysely';
import type {
  getUsageSummary,
  getUsageTotals,
  listUsageEvents,
} from '@maxai/contracts/http/billing-usage';
import type { QueryOf, ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import { formatDecimal, money } from '@maxai/kernel/money';
import { listScope, pageOf } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { summaryDays } from './usage-rules.ts';
import { selectDays, selectUsage, sumUsage } from './usage-store.ts';

type Item = ResultOf<typeof listUsageEvents>['items'][number];
type Row = InferResult<ReturnType<typeof selectUsage>>[number];

function costOf(row: { currency: string; cost_nanos: bigint }) {
  return { currency: row.currency, amount: formatDecimal(money(row.currency, row.cost_nanos)) };
}

function toWire(row: Row): Item {
  return {
    id: row.id,
    clientId: row.client_id,
    agentExternalId: row.agent_external_id,
    // Both came in through a job that was checked against the contract.
    meter: row.meter as Item['meter'],
    provider: row.provider as Item['provider'],
    quantity: Number(row.quantity),
    cost: costOf(row),
    externalId: row.external_id,
    eventId: row.event_id,
    executionId: row.execution_id,
    effectId: row.effect_id,
    occurredAt: row.occurred_at.toISOString(),
  };
}

export async function listUsage(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof listUsageEvents>,
): Promise<ResultOf<typeof listUsageEvents>> {
  const scope = listScope(visibleClients(identity, 'usage:read'), query);
  const { from, to, executionId, eventId } = query;
  const rows = await ctx.db.read(requireTenant(identity), (tx) =>
    selectUsage(tx, scope, { from, to, executionId, eventId }),
  );
  return pageOf(rows, scope, toWire);
}

/** Of the visible clients, those asked for; null is all, the tenant's own usage included. */
function wantedClients(visible: 'all' | readonly string[], clientId: string | undefined) {
  if (clientId === undefined) return visible === 'all' ? null : visible;
  return visible === 'all' || visible.includes(clientId) ? [clientId] : [];
}

export async function summariseUsage(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof getUsageSummary>,
): Promise<ResultOf<typeof getUsageSummary>> {
  const clients = wantedClients(visibleClients(identity, 'usage:read'), query.clientId);
  const days = summaryDays(query, ctx.clock.now());
  const rows = await ctx.db.read(requireTenant(identity), (tx) => selectDays(tx, clients, days));
  return {
    items: rows.map((row) => ({
      clientId: row.client_id === '' ? null : row.client_id,
      meter: row.meter as Item['meter'],
      day: row.day,
      quantity: Number(row.quantity),
      cost: costOf(row),
    })),
  };
}

/** For pricing; the caller is a service that names the tenant in its identity. */
export async function totalUsage(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof getUsageTotals>,
): Promise<ResultOf<typeof getUsageTotals>> {
  const rows = await ctx.db.tenant(requireTenant(identity), (tx) => sumUsage(tx, query));
  return {
    items: rows.map((row) => ({
      meter: row.meter as Item['meter'],
      quantity: Number(row.quantity),
      cost: costOf(row),
    })),
  };
}
