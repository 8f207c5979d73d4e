import type { replayPaymentDeadLetter as operation } from '@maxai/contracts/http/payments';
import type { ResultOf } from '@maxai/contracts/operation';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import { writeAudit } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { deadLetterToWire, findDeadLetter, jobOf, markReplayed } from './dead-letter-store.ts';

/**
 * Queues a dead letter's event again. Its reference books it once, so an invoice that was booked meanwhile stays as
 * it is; one that fails again is another dead letter.
 */
export async function replayPaymentDeadLetter(
  ctx: Context,
  identity: Identity,
  deadLetterId: string,
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(identity);
  const now = ctx.clock.now();
  return ctx.db.tenant(tenantId, async (tx) => {
    const letter = await findDeadLetter(tx, deadLetterId);
    if (!letter) throw notFound();
    const job = jobOf(letter);
    const { clientId } = job.context;
    requirePermission(identity, 'billing:read', clientId);
    requirePermission(identity, 'billing:write', clientId);
    if (letter.replayed_at !== null) {
      throw new AppError('conflict', { detail: 'it was already replayed' });
    }
    await markReplayed(tx, deadLetterId, now);
    await writeAudit(tx, {
      tenantId,
      action: 'replay-payment-dead-letter',
      identity,
      resource: deadLetterId,
      clientId,
      detail: { invoiceId: job.event.externalId },
      now,
    });
    // Queued before the commit: without a queue the letter stays as it was and can be replayed later.
    await ctx.paymentEvents.add([{ id: deadLetterId, payload: job }]);
    return deadLetterToWire({ ...letter, replayed_at: now });
  });
}
