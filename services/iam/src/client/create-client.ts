import type { Client } from '@maxai/contracts/http/iam';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import type { Static } from 'typebox';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { requireTimeZone } from './client-rules.ts';
import { insertClient } from './client-store.ts';
import { toClient } from './list-clients.ts';

export async function createClient(
  ctx: Context,
  input: { identity: Identity; name: string; timeZone: string },
): Promise<Static<typeof Client>> {
  const { identity, name } = input;
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'client:write', null);
  const row = {
    id: ctx.mintId('client'),
    tenant_id: tenantId,
    name,
    time_zone: requireTimeZone(input.timeZone),
    created_at: ctx.clock.now(),
  };
  await ctx.database.tenant(tenantId, async (tx) => {
    await insertClient(tx, row);
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'create-client',
      resource: row.id,
      clientId: row.id,
      detail: { name },
    });
  });
  return toClient(row);
}
