import type { ExecutionJob } from '@maxai/contracts/jobs/queues';

/** The job that runs an execution; its id is the execution's, so that one is queued only once. */
export function executionJob(execution: {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly correlationId: string;
  readonly traceparent: string;
}): { id: string; payload: ExecutionJob } {
  const { id, tenantId, clientId, correlationId, traceparent } = execution;
  return {
    id,
    payload: { context: { correlationId, traceparent, tenantId, clientId }, executionId: id },
  };
}
