import { settleDeliveries } from '@maxai/contracts/http/webhook-ingress';
import type { WebhookJob } from '@maxai/contracts/jobs/queues';
import { serviceIdentity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import type { WorkerContext } from '../context.ts';
import { insertDeadLetters } from '../dead-letter/dead-letter-store.ts';

/** Keeps a delivery that could not be taken over as a dead letter, and ends its queueing. */
export async function giveUpDelivery(
  ctx: Pick<WorkerContext, 'db' | 'clock' | 'ingress'>,
  { context, webhookEventId }: WebhookJob,
  reason: string,
  attempts: number,
): Promise<void> {
  const { tenantId, clientId, correlationId } = context;
  const letter = {
    id: newId('deadLetter'),
    kind: 'delivery',
    subjectId: webhookEventId,
    attempts,
    tenantId,
    clientId,
    correlationId,
    reason,
  } as const;
  await ctx.db.tenant(tenantId, (tx) => insertDeadLetters(tx, [letter], ctx.clock.now()));
  await ctx.ingress.call(settleDeliveries, {
    identity: serviceIdentity('orchestrator', null),
    body: { ids: [webhookEventId] },
  });
}
