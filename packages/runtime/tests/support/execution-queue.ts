import { flowExecution } from '@maxai/contracts/jobs/queues';

/** The queue of executions with retries that follow at once. */
export const executionQueue = { ...flowExecution, attemptsMax: 3, backoffMs: 1 } as const;
