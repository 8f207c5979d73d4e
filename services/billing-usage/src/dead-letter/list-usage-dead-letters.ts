import type { listUsageDeadLetters as operation } from '@maxai/contracts/http/billing-usage';
import type { QueryOf, ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import { listScope, pageOf } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { deadLetterToWire, selectDeadLetters } from './dead-letter-store.ts';

export async function listUsageDeadLetters(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof operation>,
): Promise<ResultOf<typeof operation>> {
  const scope = listScope(visibleClients(identity, 'usage:read'), query);
  const rows = await ctx.db.read(requireTenant(identity), (tx) => selectDeadLetters(tx, scope));
  return pageOf(rows, scope, deadLetterToWire);
}
