import { WorkflowRunResult } from '@maxai/contracts/workflows/workflow-run';
import { Compile } from 'typebox/compile';

const shape = Compile(WorkflowRunResult);

type Outcome =
  | { readonly status: 'succeeded'; readonly output: Readonly<Record<string, unknown>> }
  | { readonly status: 'failed'; readonly reason: string };

/** What a workflow said came of its run; what does not fit the contract is a failure that says where. */
export function readRunResult(payload: unknown): Outcome {
  if (!shape.Check(payload)) {
    const problems = shape.Errors(payload).map(({ instancePath, message }) => {
      return `result${instancePath} ${message}`;
    });
    return {
      status: 'failed',
      reason: `n8n: the result does not fit the contract: ${[...new Set(problems)].join('; ')}`,
    };
  }
  return payload.status === 'succeeded'
    ? { status: 'succeeded', output: payload.output }
    : { status: 'failed', reason: `n8n: the workflow failed: ${payload.error}` };
}
