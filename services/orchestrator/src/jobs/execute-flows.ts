import { flowExecution } from '@maxai/contracts/jobs/queues';
import { createConsumer, type Consumer } from '@maxai/runtime/queue';
import type { WorkerContext } from '../context.ts';
import { giveUpExecution } from '../execution/give-up-execution.ts';
import { runExecution } from '../execution/run-execution.ts';
import { sweepLostExecutions } from '../execution/sweep-executions.ts';
import { repeat, type Repeating } from './repeat.ts';

/** The consumer of `flow-execution`. */
export function executeFlows(ctx: WorkerContext): Consumer {
  return createConsumer(ctx.queue, flowExecution, {
    concurrency: ctx.config.executionConcurrency,
    logger: ctx.logger,
    metrics: ctx.metrics,
    handle: ({ context, executionId }, { backoffMs }) =>
      runExecution(ctx, { tenantId: context.tenantId, executionId, backoffMs }),
    onDead: (job, reason, { attempt }) => giveUpExecution(ctx, job, reason, attempt),
  });
}

/** Looks again and again for executions whose worker or job was lost. */
export function sweepExecutions(ctx: WorkerContext): Repeating {
  return repeat({
    name: 'Sweeping executions',
    intervalMs: 500,
    logger: ctx.logger,
    work: () => sweepLostExecutions(ctx),
  });
}
