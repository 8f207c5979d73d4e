import type { ExecutionJob } from '@maxai/contracts/jobs/queues';
import { newId } from '@maxai/kernel/ids';
import type { WorkerContext } from '../context.ts';
import { insertDeadLetters } from '../dead-letter/dead-letter-store.ts';
import { abandonExecution } from './execution-store.ts';

/** Ends an execution that could not even be run, with the reason as its failure and its dead letter. */
export async function giveUpExecution(
  ctx: Pick<WorkerContext, 'db' | 'clock'>,
  { context, executionId }: ExecutionJob,
  reason: string,
  attempts: number,
): Promise<void> {
  const { tenantId, clientId, correlationId } = context;
  const letter = {
    id: newId('deadLetter'),
    kind: 'execution',
    subjectId: executionId,
    attempts,
    tenantId,
    clientId,
    correlationId,
    reason,
  } as const;
  await ctx.db.tenant(tenantId, async (tx) => {
    const now = ctx.clock.now();
    await abandonExecution(tx, executionId, reason, now);
    await insertDeadLetters(tx, [letter], now);
  });
}
