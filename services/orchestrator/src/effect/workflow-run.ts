import type { StepAction } from '@maxai/contracts/flows/flow-document';
import { readRunResult } from '@maxai/integrations/adapters/n8n/read-run-result';
import type { EffectResult } from '@maxai/integrations/ports';
import { checkActionInput } from './action-input.ts';
import type { EffectRow } from './effect-store.ts';

const deadlineDefaultMs = 900_000;

/** Whether the call only starts something whose result is posted to us later. */
export function isAnsweredLater(action: string): boolean {
  return action === 'workflow.run';
}

/** Two workers' clocks differ by less, and a call that is aborted is gone from the wire by then. */
const settleSlackMs = 2000;

/** How long after an attempt its outcome may still come of itself. */
export function settleMsOf(action: StepAction, input: unknown, timeoutMs: number): number {
  return isAnsweredLater(action)
    ? (checkActionInput('workflow.run', input).deadlineMs ?? deadlineDefaultMs)
    : timeoutMs + settleSlackMs;
}

/**
 * How long the call of an attempt may take, in ms: never so long that somebody could already ask what became of it.
 * 0 when a worker was held up, from the attempt's commit on, until it is too late to call.
 */
export function callMsOf(
  { action, settle_after: at }: Pick<EffectRow, 'action' | 'settle_after'>,
  now: Date,
  timeoutMs: number,
): number {
  const slackMs = isAnsweredLater(action) ? 0 : settleSlackMs;
  return Math.max(0, Math.min(timeoutMs, at.getTime() - now.getTime() - slackMs));
}

/** Names one attempt: what an earlier one says too late is not taken for the answer of a later one. */
export function runIdOf({ id, attempted_at: at }: Pick<EffectRow, 'id' | 'attempted_at'>): string {
  return `${id}.${at.getTime()}`;
}

/** The attempt that a run's id names; undefined of what is no such id. */
export function readRunId(
  runId: string,
): { readonly effectId: string; readonly attemptedAt: Date } | undefined {
  const [, effectId, attemptedMs] = /^(\w+)\.(\d{1,14})$/.exec(runId) ?? [];
  if (effectId === undefined) return undefined;
  return { effectId, attemptedAt: new Date(Number(attemptedMs)) };
}

type Judged =
  | { readonly kind: 'pending'; readonly waitMs: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'happened'; readonly result: EffectResult<object> };

/** Where a run stands: its result, if it has come, else whether there is still time for one. */
export function judgeRun(
  effect: Pick<EffectRow, 'id' | 'attempted_at' | 'settle_after' | 'response'>,
  now: Date,
  /** What went wrong when it was started, if nobody knows whether it did. */
  startProblem: string | null,
): Judged {
  if (effect.response === null) {
    const waitMs = effect.settle_after.getTime() - now.getTime();
    if (waitMs > 0) return { kind: 'pending', waitMs };
    const doubt = startProblem === null ? '' : `; it may not have started: ${startProblem}`;
    return { kind: 'failed', reason: `n8n: no result by the deadline${doubt}` };
  }
  const result = readRunResult(effect.response);
  if (result.status === 'failed') return { kind: 'failed', reason: result.reason };
  const externalId = runIdOf(effect);
  return { kind: 'happened', result: { externalId, output: result.output, usage: [] } };
}
