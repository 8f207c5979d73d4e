import type { replayUsageDeadLetter as operation } from '@maxai/contracts/http/billing-usage';
import type { ResultOf } from '@maxai/contracts/operation';
import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import { writeAudit } from '@maxai/runtime/database';
import type { ServiceContext } from '../context.ts';
import { deadLetterToWire, findDeadLetter, jobOf, markReplayed } from './dead-letter-store.ts';

/** Queues a dead letter's use again. Its key counts it once; one that fails again is another dead letter. */
export async function replayUsageDeadLetter(
  ctx: ServiceContext,
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
    requirePermission(identity, 'usage:read', clientId);
    requirePermission(identity, 'billing:write', clientId);
    if (letter.replayed_at !== null) {
      throw new AppError('conflict', { detail: 'it was already replayed' });
    }
    await markReplayed(tx, deadLetterId, now);
    await writeAudit(tx, {
      tenantId,
      action: 'replay-usage-dead-letter',
      identity,
      resource: deadLetterId,
      clientId,
      detail: { idempotencyKey: job.idempotencyKey },
      now,
    });
    // Queued before the commit: without a queue the letter stays as it was and can be replayed later.
    await ctx.usageJobs.add([{ id: deadLetterId, payload: job }]);
    return deadLetterToWire({ ...letter, replayed_at: now });
  });
}
