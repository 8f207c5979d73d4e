import type { Client } from '@maxai/contracts/http/iam';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import type { Static } from 'typebox';
import type { Context } from '../context.ts';
import { findClient } from './client-store.ts';
import { toClient } from './list-clients.ts';

export async function getClient(
  ctx: Context,
  input: { identity: Identity; clientId: string },
): Promise<Static<typeof Client>> {
  const tenantId = requireTenant(input.identity);
  requirePermission(input.identity, 'client:read', input.clientId);
  const row = await ctx.database.tenant(tenantId, (tx) => findClient(tx, input.clientId));
  if (row === undefined) throw notFound();
  return toClient(row);
}
