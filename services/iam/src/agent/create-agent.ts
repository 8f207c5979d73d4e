import type { Agent } from '@maxai/contracts/http/iam';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import type { Static } from 'typebox';
import { recordAudit } from '../audit/record-audit.ts';
import { requireClient } from '../client/require-client.ts';
import type { Context } from '../context.ts';
import { insertAgent } from './agent-store.ts';
import { toAgent } from './list-agents.ts';

type WireAgent = Static<typeof Agent>;

export async function createAgent(
  ctx: Context,
  input: { identity: Identity } & Pick<WireAgent, 'clientId' | 'name' | 'channel' | 'externalId'>,
): Promise<WireAgent> {
  const { identity, clientId, name, channel, externalId } = input;
  const tenantId = requireTenant(identity);
  requirePermission(identity, 'client:write', clientId);
  const row = {
    id: ctx.mintId('agent'),
    tenant_id: tenantId,
    client_id: clientId,
    name,
    channel,
    external_id: externalId,
    created_at: ctx.clock.now(),
  };
  await ctx.database.tenant(tenantId, async (tx) => {
    await requireClient(tx, clientId);
    await insertAgent(tx, row);
    await recordAudit(ctx, tx, {
      tenantId,
      identity,
      action: 'create-agent',
      resource: row.id,
      clientId,
      detail: { name, channel },
    });
  });
  return toAgent(row);
}
