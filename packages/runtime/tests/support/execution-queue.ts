import { flowExecution } from '@maxai/contracts/jobs/queues';

/** The queue of executions with retries that follow at once, and nobody who queues a job again. */
export const executionQueue = {
  ...flowExecution,
  attemptsMax: 3,
  backoffMs: 1,
  queuedAgain: false as boolean,
} as const;
