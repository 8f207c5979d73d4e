import { requirePermission, requireTenant, type Identity } from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import { writeAudit } from '@maxai/runtime/database';
import { jobContextOf } from '@maxai/runtime/telemetry';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import { announceRetry, retryInside } from '../execution/retry-execution.ts';
import type { DB } from '../generated/database.ts';
import {
  deadLetterToWire,
  findDeadLetter,
  markReplayed,
  type DeadLetterWire,
} from './dead-letter-store.ts';

type Input = { readonly identity: Identity; readonly deadLetterId: string };

async function replayable(tx: Transaction<DB>, { identity, deadLetterId }: Input) {
  const letter = await findDeadLetter(tx, deadLetterId);
  if (!letter) throw notFound();
  requirePermission(identity, 'execution:read', letter.client_id);
  requirePermission(identity, 'execution:write', letter.client_id);
  if (letter.replayed_at !== null) {
    throw new AppError('conflict', { detail: 'it was already replayed' });
  }
  return letter;
}

/** Tries a dead letter's subject again; effects already done are not repeated. */
export async function replayDeadLetter(ctx: Context, input: Input): Promise<DeadLetterWire> {
  const { identity, deadLetterId } = input;
  const tenantId = requireTenant(identity);
  const now = ctx.clock.now();
  const letter = await ctx.db.tenant(tenantId, async (tx) => {
    const found = await replayable(tx, input);
    const { client_id: clientId, subject_id: subjectId, kind } = found;
    if (kind === 'execution') await retryInside(tx, identity, subjectId, now);
    await markReplayed(tx, deadLetterId, now);
    await writeAudit(tx, {
      tenantId,
      action: 'replay-dead-letter',
      identity,
      resource: deadLetterId,
      clientId,
      detail: { kind, subjectId },
      now,
    });
    if (kind === 'delivery') {
      // Queued before the commit: it was settled, so no sweeper would queue it later.
      const context = { ...jobContextOf(tenantId, clientId), correlationId: found.correlation_id };
      const payload = { context, webhookEventId: subjectId };
      await ctx.producers.deliveries.add([{ id: subjectId, payload }]);
    }
    return found;
  });
  if (letter.kind === 'execution') {
    const { subject_id: id, client_id: clientId, correlation_id: correlationId } = letter;
    await announceRetry(ctx, { id, tenantId, clientId, correlationId });
  }
  return deadLetterToWire({ ...letter, replayed_at: now });
}
