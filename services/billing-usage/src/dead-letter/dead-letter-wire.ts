import type { UsageDeadLetter } from '@maxai/contracts/http/billing-usage';
import type { UsageJob } from '@maxai/contracts/jobs/queues';
import type { DeadLetter } from '@maxai/runtime/database';
import type { Static } from 'typebox';

export function deadLetterToWire({
  job,
  createdAt,
  replayedAt,
  ...letter
}: DeadLetter<UsageJob>): Static<typeof UsageDeadLetter> {
  const { context, meter, provider, externalId } = job;
  return {
    ...letter,
    clientId: context.clientId,
    meter,
    provider,
    externalId,
    createdAt: createdAt.toISOString(),
    replayedAt: replayedAt?.toISOString() ?? null,
  };
}
