import { Type, type Static } from 'typebox';
import { JsonObject, Text, Timestamp } from '../schemas.ts';

const strict = { additionalProperties: false } as const;

/** Names one attempt of one step; its callback is good for that attempt only. */
export const WorkflowRunId = Type.String({ pattern: '^eff_[0-9a-z]{26}\\.[0-9]{1,15}$' });

/**
 * What a workflow is started with. It never carries a client's credentials: a workflow that needs an effect
 * at a client's provider says so in its output, and the flow's next step makes it.
 */
export const WorkflowRunRequest = Type.Object(
  {
    runId: WorkflowRunId,
    /** After it the result is no longer waited for. */
    deadline: Timestamp,
    /** Where the result is posted, signed with this run's own key. */
    callback: Type.Object({ url: Type.String(), key: Type.String() }, strict),
    input: JsonObject,
  },
  strict,
);
export type WorkflowRunRequest = Static<typeof WorkflowRunRequest>;

/** What a workflow posts to its callback, once. */
export const WorkflowRunResult = Type.Union([
  Type.Object(
    { runId: WorkflowRunId, status: Type.Literal('succeeded'), output: JsonObject },
    strict,
  ),
  Type.Object({ runId: WorkflowRunId, status: Type.Literal('failed'), error: Text(1000) }, strict),
]);
export type WorkflowRunResult = Static<typeof WorkflowRunResult>;
