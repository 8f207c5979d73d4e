import type { FlowStep } from '@maxai/contracts/flows/flow-document';
import { ProviderError } from '@maxai/integrations/provider-error';
import type { EffectResult } from '@maxai/integrations/ports';
import { AppError } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { isUniqueViolation } from '@maxai/runtime/database';
import { jobContextOf } from '@maxai/runtime/telemetry';
import type { Transaction } from 'kysely';
import { createHash } from 'node:crypto';
import type { WorkerContext } from '../context.ts';
import { preparePortCall } from '../effect/call-port.ts';
import {
  connectionLimit,
  costOf,
  isSettledByAsking,
  tokenDirection,
  usageJob,
} from '../effect/effect-rules.ts';
import {
  effectToWire,
  failEffect,
  finishEffect,
  startEffect,
  type EffectRow,
} from '../effect/effect-store.ts';
import { settleEffect } from '../effect/settle-effect.ts';
import type { ExpressionScope } from '../expression/expression.ts';
import { compileExpression, resolveInput } from '../expression/expression.ts';
import type { DB } from '../generated/database.ts';
import { insertOutbox } from '../outbox/outbox-store.ts';
import { attemptsMaxOf, backoffOf, timeoutOf } from './execution-rules.ts';
import { confirmLease, type HeldExecution } from './lease-store.ts';
import { RunInterrupted, underLease } from './under-lease.ts';
import { saveStep, type StepRunWire, type StepState } from './step-store.ts';

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

async function save(
  ctx: WorkerContext,
  { held, step }: StepOfRun,
  state: StepState,
  alongside: (tx: Transaction<DB>, now: Date) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await underLease(ctx, held, async (tx, now) => {
    const at = { tenantId: held.tenantId, executionId: held.lease.executionId };
    await saveStep(tx, { id: newId('step'), ...at }, step, state, now);
    await alongside(tx, now);
  });
}

/** Records what the provider did, and what it cost, in the transaction that finishes the step. */
async function finish(
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
    await finishEffect(tx, effect.id, {
      externalId: result.externalId,
      output,
      cost: costOf(result.usage),
    });
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
    await insertOutbox(tx, held.tenantId, jobs, now);
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

async function failStep(
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
async function retryOrFail(
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
async function settleLater(
  ctx: WorkerContext,
  of: StepOfRun,
  { error, effect, attempts }: Failure,
): Promise<StepOutcome> {
  await save(ctx, of, { status: 'running', attempts, error: error.message });
  const settleInMs = effect.settle_after.getTime() - ctx.clock.now().getTime();
  return { kind: 'later', delayMs: backoffOf(of.step, attempts, settleInMs, ctx.random()) };
}

async function callProvider(ctx: WorkerContext, of: StepOfRun, attempts: number) {
  const { held, step } = of;
  const input = of.run?.input ?? (await resolveInput(step.input, of.scope));
  const call = preparePortCall(step.action, input);
  const connection = await ctx.connections.forAction(held.tenantId, held.clientId, step.action);
  const open = await ctx.connections.open(held.tenantId, connection.id);
  const waitMs = await ctx.takeToken(connection.id, connectionLimit(connection.provider));
  if (waitMs > 0) return { kind: 'later', delayMs: waitMs } as const;

  const request = input as Readonly<Record<string, unknown>>;
  const timeoutMs = timeoutOf(step);
  const effect = await ctx.db.tenant(held.tenantId, async (tx) => {
    const standing = await confirmLease(tx, held.lease);
    if (standing !== 'held') throw new RunInterrupted(standing);
    const now = ctx.clock.now();
    const at = { tenantId: held.tenantId, executionId: held.lease.executionId };
    const state = { status: 'running', attempts, input: request } as const;
    await saveStep(tx, { id: newId('step'), ...at }, step, state, now);
    return startEffect(tx, {
      id: newId('effect'),
      ...at,
      clientId: held.clientId,
      stepKey: step.key,
      action: step.action,
      provider: connection.provider,
      connectionId: connection.id,
      fingerprint: fingerprintOf(connection.id, request),
      request,
      now,
      settleAfter: new Date(now.getTime() + timeoutMs),
    });
  });
  try {
    return await finish(ctx, of, effect, attempts, await call(open, effect.id, { timeoutMs }));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const failure = { error, effect, attempts };
    return error.kind === 'ambiguous'
      ? settleLater(ctx, of, failure)
      : retryOrFail(ctx, of, failure);
  }
}

/** Equal for two messages that the provider's list could not tell apart. */
function fingerprintOf(connectionId: string, request: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify([connectionId, request['to'], request['body']]);
  return createHash('sha256').update(text).digest('hex');
}

/** Goes on from an attempt whose outcome is unknown. */
async function settle(
  ctx: WorkerContext,
  of: StepOfRun,
  effect: EffectRow,
  attempts: number,
): Promise<StepOutcome> {
  const open = await ctx.connections.open(of.held.tenantId, effect.connection_id);
  try {
    const settlement = await settleEffect(ctx, effect, open('messaging'));
    if (settlement.kind === 'too-early') return { kind: 'later', delayMs: settlement.waitMs };
    if (settlement.kind === 'happened') {
      return await finish(ctx, of, effect, attempts, settlement.result);
    }
  } catch (error) {
    // An equal effect claimed the same message first: look again without it.
    if (isUniqueViolation(error)) return { kind: 'later', delayMs: 100 };
    if (!(error instanceof ProviderError)) throw error;
    const failure = { error, effect, attempts: attempts + 1 };
    const spent = !error.retryable || failure.attempts > attemptsMaxOf(of.step);
    return spent
      ? failStep(ctx, of, `it is not known whether it happened: ${error.message}`, attempts)
      : settleLater(ctx, of, failure);
  }
  const reason = of.run?.error ?? 'the call was cut off';
  return attempts >= attemptsMaxOf(of.step)
    ? failStep(ctx, of, reason, attempts, effect.id)
    : callProvider(ctx, of, attempts + 1);
}

async function isWanted({ step, scope, run }: StepOfRun): Promise<boolean> {
  if (step.when === undefined || run !== undefined) return true;
  return (await compileExpression(step.when).evaluate(scope)) === true;
}

/**
 * Runs one step to its outcome. The ledger row is committed as `attempting` before the provider is called
 * and as `done` after, so a run that was killed in between is settled by asking (messages) or repeated
 * under the same effect id (everything repeatable), never sent again unasked.
 */
export async function runStep(ctx: WorkerContext, of: StepOfRun): Promise<StepOutcome> {
  const attempts = of.run?.attempts ?? 0;
  try {
    if (!(await isWanted(of))) {
      await save(ctx, of, { status: 'skipped', attempts });
      return { kind: 'done', output: undefined };
    }
    const { effect } = of;
    const cutOff = effect?.status === 'attempting' && isSettledByAsking(effect.action);
    return cutOff
      ? await settle(ctx, of, effect, attempts)
      : await callProvider(ctx, of, attempts + 1);
  } catch (error) {
    // What is wrong with the flow or its connections stays wrong; what is wrong with us may pass.
    if (error instanceof AppError && error.status < 500) {
      return failStep(ctx, of, error.message, attempts);
    }
    throw error;
  }
}
