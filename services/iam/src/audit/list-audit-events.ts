import type { listAuditEvents as operation } from '@maxai/contracts/http/iam';
import type { ResultOf } from '@maxai/contracts/operation';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { selectAuditEvents, type AuditRow } from './audit-store.ts';

type AuditPage = ResultOf<typeof operation>;

function toAuditEvent(row: AuditRow): AuditPage['items'][number] {
  return {
    id: row.id,
    action: row.action,
    actor: { kind: row.actor_kind, id: row.actor_id },
    resource: row.resource,
    clientId: row.client_id,
    correlationId: row.correlation_id,
    occurredAt: row.occurred_at.toISOString(),
    detail: row.detail as Record<string, unknown>, // writeAudit takes objects only
    hash: row.hash,
  };
}

export async function listAuditEvents(
  ctx: Context,
  input: { identity: Identity; page: Paging },
): Promise<AuditPage> {
  const tenantId = requireTenant(input.identity);
  requirePermission(input.identity, 'audit:read', null);
  const scope = listScope('all', input.page);
  const rows = await ctx.database.read(tenantId, (tx) => selectAuditEvents(tx, scope));
  return pageOf(rows, scope, toAuditEvent);
}
