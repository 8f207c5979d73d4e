import { flowExecution } from '@maxai/contracts/jobs/queues';
import { newId } from '@maxai/kernel/ids';
import { createConsumer, type Consumer } from '@maxai/runtime/queue';
import type { WorkerContext } from '../context.ts';
import { insertDeadLetters } from '../dead-letter/dead-letter-store.ts';
import { abandonExecution, sweepExecutions } from '../execution/execution-store.ts';
import { runExecution } from '../execution/run-execution.ts';
import { executionJob } from './execution-job.ts';
import { repeat, type Repeating } from './repeat.ts';

/** The consumer of `flow-execution`. */
export function executeFlows(ctx: WorkerContext): Consumer {
  return createConsumer(ctx.queue, flowExecution, {
    concurrency: ctx.config.executionConcurrency,
    logger: ctx.logger,
    metrics: ctx.metrics,
    handle: ({ context, executionId }) =>
      runExecution(ctx, { tenantId: context.tenantId, executionId }),
    async onDead({ context, executionId }, reason, { attempt }) {
      const { tenantId, clientId, correlationId } = context;
      const letter = {
        id: newId('deadLetter'),
        kind: 'execution',
        subjectId: executionId,
        attempts: attempt,
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
    },
  });
}

const sweepMax = 500;
/** Longer than a job normally takes from the queue to a worker. */
const silenceMs = 5000;

/** Queues executions again whose worker died, or whose job was lost with the queue. */
export function sweepLostExecutions(ctx: WorkerContext): Repeating {
  return repeat({
    name: 'Sweeping executions',
    intervalMs: 1000,
    logger: ctx.logger,
    async work() {
      const swept = await ctx.db.platform((tx) => sweepExecutions(tx, sweepMax, silenceMs));
      const jobs = swept.map((row) => ({
        ...executionJob({
          id: row.id,
          tenantId: row.tenant_id,
          clientId: row.client_id,
          correlationId: row.correlation_id,
          traceparent: row.traceparent,
        }),
        // The queue still counts a dead worker's job as active and would refuse its id for seconds.
        id: `${row.id}.${row.run}`,
      }));
      await ctx.producers.executions.add(jobs);
      return swept.length === sweepMax;
    },
  });
}
