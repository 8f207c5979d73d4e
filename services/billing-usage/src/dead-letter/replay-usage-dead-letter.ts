import type { replayUsageDeadLetter as operation } from '@maxai/contracts/http/billing-usage';
import type { ResultOf } from '@maxai/contracts/operation';
import { requireTenant, type Identity } from '@maxai/kernel/access';
import { replayDeadLetter } from '@maxai/runtime/database';
import type { ServiceContext } from '../context.ts';
import { deadLetterToWire } from './dead-letter-wire.ts';

/** Queues a dead letter's use again. Its key counts it once; one that fails again is another dead letter. */
export async function replayUsageDeadLetter(
  ctx: ServiceContext,
  identity: Identity,
  deadLetterId: string,
): Promise<ResultOf<typeof operation>> {
  const letter = await ctx.db.tenant(requireTenant(identity), (tx) =>
    replayDeadLetter(tx, {
      identity,
      deadLetterId,
      permissions: ['usage:read', 'billing:write'],
      action: 'replay-usage-dead-letter',
      detail: ({ idempotencyKey }) => ({ idempotencyKey }),
      queue: ctx.usageJobs,
      now: ctx.clock.now(),
    }),
  );
  return deadLetterToWire(letter);
}
