import type { PaymentDeadLetter } from '@maxai/contracts/http/payments';
import type { PaymentEventJob } from '@maxai/contracts/jobs/queues';
import type { DeadLetter } from '@maxai/runtime/database';
import type { Static } from 'typebox';

export function deadLetterToWire({
  job,
  createdAt,
  replayedAt,
  ...letter
}: DeadLetter<PaymentEventJob>): Static<typeof PaymentDeadLetter> {
  const { context, event } = job;
  return {
    ...letter,
    clientId: context.clientId,
    invoiceId: event.externalId,
    createdAt: createdAt.toISOString(),
    replayedAt: replayedAt?.toISOString() ?? null,
  };
}
