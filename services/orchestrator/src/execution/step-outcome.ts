import type { FlowStep } from '@maxai/contracts/flows/flow-document';
import type { EffectResult } from '@maxai/integrations/ports';
import type { ProviderError } from '@maxai/integrations/provider-error';
import { newId } from '@maxai/kernel/ids';
import { jobContextOf } from '@maxai/runtime/telemetry';
import type { Transaction } from 'kysely';
import type { WorkerContext } from '../context.ts';
import { costOf, tokenDirection, usageJob } from '../effect/effect-rules.ts';
import { effectToWire, failEffect, finishEffect, type EffectRow } from '../effect/effect-store.ts';
import type { ExpressionScope } from '../expression/expression.ts';
import type { DB } from '../generated/database.ts';
import { insertOutbox } from '../outbox/outbox-store.ts';
import { attemptsMaxOf, backoffOf } from './execution-rules.ts';
import type { HeldExecution } from './lease-store.ts';
import { saveStep, type StepRunWire, type StepState } from './step-store.ts';
import { underLease } from './under-lease.ts';

export type StepOutcome =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'later'; readonly delayMs: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly attempts: number };

export type StepOfRun = {
  readonly held: HeldExecution;
  readonly step: FlowStep;
  readonly run: StepRunWire | undefined;
  readonly effect: EffectRow | undefined;
  readonly scope: ExpressionScope;
};

export async function save(
  ctx: WorkerContext,
  { held, step }: StepOfRun,
  state: StepState,
  alongside: (tx: Transaction<DB>, now: Date) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await underLease(ctx, held, async (tx, now) => {
    const at = { tenantId: held.tenantId, executionId: held.lease.executionId };
    await Promise.all([
      saveStep(tx, { id: newId('step'), ...at }, step, state, now),
      alongside(tx, now),
    ]);
  });
}

/** Records what the provider did, and what it cost, in the transaction that finishes the step. */
export async function finish(
  ctx: WorkerContext,
  of: StepOfRun,
  effect: EffectRow,
  attempts: number,
  result: EffectResult<object>,
): Promise<StepOutcome> {
  const { held } = of;
  const { provider } = effectToWire(effect);
  const output = { ...result.output };
  await save(ctx, of, { status: 'succeeded', attempts, output }, async (tx, now) => {
    const jobs = result.usage.map((usage) =>
      usageJob(usage, {
        key: effect.id,
        context: jobContextOf(held.tenantId, held.clientId),
        provider,
        eventId: held.event.id,
        executionId: held.lease.executionId,
        effectId: effect.id,
        occurredAt: now.toISOString(),
      }),
    );
    await Promise.all([
      finishEffect(tx, effect.id, {
        externalId: result.externalId,
        output,
        cost: costOf(result.usage),
      }),
      insertOutbox(tx, held.tenantId, jobs, now),
    ]);
  });
  for (const { meter, quantity } of result.usage) {
    const direction = tokenDirection(meter);
    if (direction !== undefined) ctx.llmTokens.inc({ provider, direction }, quantity);
  }
  return { kind: 'done', output };
}

type Failure = {
  readonly error: ProviderError;
  readonly effect: EffectRow;
  readonly attempts: number;
};

export async function failStep(
  ctx: WorkerContext,
  of: StepOfRun,
  reason: string,
  attempts: number,
  effectId?: string,
): Promise<StepOutcome> {
  await save(ctx, of, { status: 'failed', attempts, error: reason }, async (tx) => {
    if (effectId !== undefined) await failEffect(tx, effectId);
  });
  return { kind: 'failed', reason, attempts };
}

/** The call failed for certain: try again by policy, or give up with the provider's reason. */
export async function retryOrFail(
  ctx: WorkerContext,
  of: StepOfRun,
  { error, effect, attempts }: Failure,
): Promise<StepOutcome> {
  if (!error.retryable || attempts >= attemptsMaxOf(of.step)) {
    return failStep(ctx, of, error.message, attempts, effect.id);
  }
  await save(ctx, of, { status: 'running', attempts, error: error.message }, (tx) =>
    failEffect(tx, effect.id),
  );
  const retryAfterMs = error.retryAfterMs ?? 0;
  return { kind: 'later', delayMs: backoffOf(of.step, attempts, retryAfterMs, ctx.random()) };
}

/** Nobody knows yet whether it happened: the effect stays `attempting` until the provider can be asked. */
export async function settleLater(
  ctx: WorkerContext,
  of: StepOfRun,
  { error, effect, attempts }: Failure,
): Promise<StepOutcome> {
  await save(ctx, of, { status: 'running', attempts, error: error.message });
  const settleInMs = effect.settle_after.getTime() - ctx.clock.now().getTime();
  return { kind: 'later', delayMs: backoffOf(of.step, attempts, settleInMs, ctx.random()) };
}
