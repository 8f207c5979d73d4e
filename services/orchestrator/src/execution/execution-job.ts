import type { ExecutionJob } from '@maxai/contracts/jobs/queues';

export type DueExecution = {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly correlationId: string;
  readonly traceparent: string;
  /** What it waited for and has now come: the job it was started with may still be queued. */
  readonly resumedBy?: string;
};

/** The job that runs an execution; its id is the execution's, so that one is queued only once. */
export function executionJob(execution: DueExecution): { id: string; payload: ExecutionJob } {
  const { id, tenantId, clientId, correlationId, traceparent, resumedBy } = execution;
  return {
    id: resumedBy === undefined ? id : `${id}.${resumedBy}`,
    payload: { context: { correlationId, traceparent, tenantId, clientId }, executionId: id },
  };
}
