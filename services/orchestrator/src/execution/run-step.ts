import { ProviderError } from '@maxai/integrations/provider-error';
import { AppError } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { isUniqueViolation } from '@maxai/runtime/database';
import { createHash } from 'node:crypto';
import type { WorkerContext } from '../context.ts';
import { preparePortCall } from '../effect/call-port.ts';
import { connectionLimit, isSettledByAsking } from '../effect/effect-rules.ts';
import { startEffect, type EffectRow } from '../effect/effect-store.ts';
import { settleEffect } from '../effect/settle-effect.ts';
import { callMsOf, isAnsweredLater, judgeRun, settleMsOf } from '../effect/workflow-run.ts';
import { compileExpression, resolveInput } from '../expression/expression.ts';
import { attemptsMaxOf, timeoutOf } from './execution-rules.ts';
import { confirmLease } from './lease-store.ts';
import {
  failStep,
  finish,
  retryOrFail,
  save,
  settleLater,
  type StepOfRun,
  type StepOutcome,
} from './step-outcome.ts';
import { saveStep } from './step-store.ts';
import { RunInterrupted } from './under-lease.ts';

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
    const [started] = await Promise.all([
      startEffect(tx, {
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
        settleAfter: new Date(now.getTime() + settleMsOf(step.action, request, timeoutMs)),
      }),
      saveStep(tx, { id: newId('step'), ...at }, step, state, now),
    ]);
    return started;
  });
  const callMs = callMsOf(effect, ctx.clock.now(), timeoutMs);
  // Held up for so long, this worker has lost the lease, and its successor may be about to ask.
  if (callMs === 0) return { kind: 'later', delayMs: 0 } as const;
  try {
    const result = await call(open, effect, { timeoutMs: callMs });
    return isAnsweredLater(step.action)
      ? await goOnWithRun(ctx, of, effect, attempts)
      : await finish(ctx, of, effect, attempts, result);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const failure = { error, effect, attempts };
    return error.kind === 'ambiguous'
      ? settleLater(ctx, of, failure)
      : retryOrFail(ctx, of, failure);
  }
}

/** Goes on from a run that has started, or may have: its result is taken when it comes, and missed at the deadline. */
async function goOnWithRun(
  ctx: WorkerContext,
  of: StepOfRun,
  effect: EffectRow,
  attempts: number,
): Promise<StepOutcome> {
  const judged = judgeRun(effect, ctx.clock.now(), of.run?.error ?? null);
  if (judged.kind === 'pending') return { kind: 'later', delayMs: judged.waitMs };
  return judged.kind === 'failed'
    ? failStep(ctx, of, judged.reason, attempts, effect.id)
    : finish(ctx, of, effect, attempts, judged.result);
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
 * and as `done` after, so a run that was killed in between is settled by asking (messages), by waiting for the
 * result (workflows) or repeated under the same effect id (everything repeatable), never sent again unasked.
 */
export async function runStep(ctx: WorkerContext, of: StepOfRun): Promise<StepOutcome> {
  const attempts = of.run?.attempts ?? 0;
  try {
    if (!(await isWanted(of))) {
      await save(ctx, of, { status: 'skipped', attempts });
      return { kind: 'done', output: undefined };
    }
    const { effect } = of;
    const open = effect?.status === 'attempting';
    if (open && isAnsweredLater(effect.action)) return await goOnWithRun(ctx, of, effect, attempts);
    return open && isSettledByAsking(effect.action)
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
