import type { WorkerContext } from '../context.ts';
import { executionJob } from './execution-job.ts';
import { sweepExecutions } from './execution-store.ts';

const sweepMax = 500;
/** Longer than a job normally takes from the queue to a worker. */
const silenceMs = 5000;

/**
 * Queues executions again whose worker died, or whose job was lost with the queue; true when there may be
 * more of them.
 */
export async function sweepLostExecutions(ctx: WorkerContext): Promise<boolean> {
  const swept = await ctx.db.platform((tx) => sweepExecutions(tx, sweepMax, silenceMs));
  const jobs = swept.map((row) => ({
    payload: executionJob({
      id: row.id,
      tenantId: row.tenant_id,
      clientId: row.client_id,
      correlationId: row.correlation_id,
      traceparent: row.traceparent,
    }).payload,
    // The queue still counts a dead worker's job as active and would refuse its id for seconds.
    id: `${row.id}.${row.run}`,
  }));
  if (jobs.length > 0) await ctx.producers.executions.add(jobs);
  return jobs.length === sweepMax;
}
