import type { replayPaymentDeadLetter as operation } from '@maxai/contracts/http/payments';
import type { ResultOf } from '@maxai/contracts/operation';
import { requireTenant, type Identity } from '@maxai/kernel/access';
import { replayDeadLetter } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { deadLetterToWire } from './dead-letter-wire.ts';

/**
 * Queues a dead letter's event again. Its reference books it once, so an invoice that was booked meanwhile stays as
 * it is; one that fails again is another dead letter.
 */
export async function replayPaymentDeadLetter(
  ctx: Context,
  identity: Identity,
  deadLetterId: string,
): Promise<ResultOf<typeof operation>> {
  const letter = await ctx.db.tenant(requireTenant(identity), (tx) =>
    replayDeadLetter(tx, {
      identity,
      deadLetterId,
      permissions: ['billing:read', 'billing:write'],
      action: 'replay-payment-dead-letter',
      detail: ({ event }) => ({ invoiceId: event.externalId }),
      queue: ctx.paymentEvents,
      now: ctx.clock.now(),
    }),
  );
  return deadLetterToWire(letter);
}
