import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { deadLetterToWire, selectDeadLetters } from './dead-letter-store.ts';

export async function listDeadLetters(
  ctx: Context,
  input: Paging & { readonly identity: Identity },
) {
  const scope = listScope(visibleClients(input.identity, 'execution:read'), input);
  const tenantId = requireTenant(input.identity);
  const rows = await ctx.db.read(tenantId, (tx) => selectDeadLetters(tx, scope));
  return pageOf(rows, scope, deadLetterToWire);
}
