import type { listUsageDeadLetters as operation } from '@maxai/contracts/http/billing-usage';
import type { UsageJob } from '@maxai/contracts/jobs/queues';
import type { QueryOf, ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import { listScope, pageOf, selectDeadLetters } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { deadLetterToWire } from './dead-letter-wire.ts';

export async function listUsageDeadLetters(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof operation>,
): Promise<ResultOf<typeof operation>> {
  const scope = listScope(visibleClients(identity, 'usage:read'), query);
  const letters = await ctx.db.read(requireTenant(identity), () =>
    selectDeadLetters<UsageJob>(scope),
  );
  return pageOf(letters, scope, deadLetterToWire);
}
