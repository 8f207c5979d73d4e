import type { listPaymentDeadLetters as operation } from '@maxai/contracts/http/payments';
import type { PaymentEventJob } from '@maxai/contracts/jobs/queues';
import type { QueryOf, ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import { listScope, pageOf, selectDeadLetters } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { deadLetterToWire } from './dead-letter-wire.ts';

export async function listPaymentDeadLetters(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof operation>,
): Promise<ResultOf<typeof operation>> {
  const scope = listScope(visibleClients(identity, 'billing:read'), query);
  const letters = await ctx.db.read(requireTenant(identity), () =>
    selectDeadLetters<PaymentEventJob>(scope),
  );
  return pageOf(letters, scope, deadLetterToWire);
}
