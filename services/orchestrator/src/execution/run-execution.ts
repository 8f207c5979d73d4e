import { newId } from '@maxai/kernel/ids';
import { RetryLater } from '@maxai/runtime/queue';
import type { WorkerContext } from '../context.ts';
import { insertDeadLetters } from '../dead-letter/dead-letter-store.ts';
import { effectsOf } from '../effect/effect-store.ts';
import type { ExpressionScope } from '../expression/expression.ts';
import { leaseMs } from './lease-keeper.ts';
import {
  acquireLease,
  finishExecution,
  releaseLease,
  waitOf,
  type Ending,
  type HeldExecution,
} from './lease-store.ts';
import { runStep } from './run-step.ts';
import type { StepOutcome } from './step-outcome.ts';
import { stepsOf, type StepRunWire } from './step-store.ts';
import { RunInterrupted, underLease } from './under-lease.ts';

/**
 * What has outlived as many workers in a row may be what they die of. It is given up for the sake of all others that they
 * run; one that was only there with it is given up too, and can be retried.
 */
const lostRunsMax = 10;

type Loaded = {
  readonly held: HeldExecution;
  readonly runs: ReadonlyMap<string, StepRunWire>;
  readonly effects: ReadonlyMap<string, Awaited<ReturnType<typeof effectsOf>>[number]>;
};

async function load(ctx: WorkerContext, tenantId: string, id: string): Promise<Loaded | undefined> {
  return ctx.db.tenant(tenantId, async (tx) => {
    // Sent together; the lease is taken first, so what is read after it is no other run's any more.
    const [held, runs, effects] = await Promise.all([
      acquireLease(tx, id, ctx.workerId, leaseMs, ctx.clock.now()),
      stepsOf(tx, id),
      effectsOf(tx, id),
    ]);
    if (!held) {
      const waitMs = await waitOf(tx, id);
      if (waitMs === undefined) return undefined;
      throw new RetryLater(
        Math.max(waitMs, 50),
        'the execution is held by another worker or not due',
      );
    }
    return {
      held,
      runs: new Map(runs.map((run) => [run.key, run])),
      effects: new Map(effects.map((effect) => [effect.step_key, effect])),
    };
  });
}

/** What an earlier run already decided about a step. */
function decided(run: StepRunWire | undefined): StepOutcome | undefined {
  if (run?.status === 'failed') {
    return { kind: 'failed', reason: String(run.error), attempts: run.attempts };
  }
  const finished = run?.status === 'succeeded' || run?.status === 'skipped';
  return finished ? { kind: 'done', output: run.output ?? undefined } : undefined;
}

/** The ending of what its workers do not outlive: the step they stood at is the first that nobody decided. */
function givenUp({ held, runs }: Loaded): Ending {
  const undecided = held.document.steps.find(({ key }) => decided(runs.get(key)) === undefined);
  const step = undecided?.key ?? '*';
  return {
    status: 'failed',
    failure: { step, reason: `its worker died, or lost it, ${held.lostRuns} times in a row` },
  };
}

async function runSteps(ctx: WorkerContext, loaded: Loaded): Promise<Ending> {
  const { held, runs, effects } = loaded;
  if (held.cancelRequested) throw new RunInterrupted('cancel-requested');
  if (held.lostRuns >= lostRunsMax) return givenUp(loaded);
  const steps: Record<string, { output: unknown }> = {};
  const scope: ExpressionScope = { event: held.event, steps };
  for (const step of held.document.steps) {
    const run = runs.get(step.key);
    const outcome =
      decided(run) ??
      (await runStep(ctx, { held, step, run, effect: effects.get(step.key), scope }));
    if (outcome.kind === 'later') {
      const { delayMs } = outcome;
      const released = await underLease(ctx, held, (tx) => releaseLease(tx, held.lease, delayMs));
      if (!released) throw new RunInterrupted('cancel-requested');
      throw new RetryLater(delayMs, `step ${step.key} goes on later`);
    }
    if (outcome.kind === 'failed' && step.onError !== 'continue') {
      return { status: 'failed', failure: { step: step.key, reason: outcome.reason } };
    }
    if (outcome.kind === 'done') steps[step.key] = { output: outcome.output };
  }
  return { status: 'succeeded' };
}

/** Ends an execution; one that failed is a dead letter with its reason from the same moment. */
async function end(ctx: WorkerContext, held: HeldExecution, ending: Ending): Promise<void> {
  await underLease(ctx, held, async (tx, now) => {
    await finishExecution(tx, held.lease, ending, now);
    if (ending.status !== 'failed') return;
    const { step, reason } = ending.failure;
    const letter = {
      id: newId('deadLetter'),
      tenantId: held.tenantId,
      clientId: held.clientId,
      kind: 'execution',
      subjectId: held.lease.executionId,
      reason: `${step}: ${reason}`,
      attempts: held.lease.run,
      correlationId: held.correlationId,
    } as const;
    await insertDeadLetters(tx, [letter], now);
  });
}

/** Leaves an execution whose run failed to the next attempt of its job, which the sweeper then need not queue again. */
async function standBack(ctx: WorkerContext, held: HeldExecution, delayMs: number): Promise<void> {
  try {
    await underLease(ctx, held, (tx) => releaseLease(tx, held.lease, delayMs));
  } catch (error) {
    ctx.logger.warn(
      { err: error },
      'An execution was not given back: another has it, or its lease expires soon',
    );
  }
}

/**
 * Runs an execution from wherever it stands to its end, or until a step must wait. Throws `RetryLater`
 * when it is to be run again; what an earlier run finished is never run twice. An execution whose run fails is due
 * again in `backoffMs`, when its job is tried again.
 */
export async function runExecution(
  ctx: WorkerContext,
  at: { readonly tenantId: string; readonly executionId: string; readonly backoffMs: number },
): Promise<void> {
  const loaded = await load(ctx, at.tenantId, at.executionId);
  if (!loaded) return;
  await ctx.leases.during(at.executionId, async () => {
    try {
      await end(ctx, loaded.held, await runSteps(ctx, loaded));
    } catch (error) {
      if (error instanceof RetryLater) throw error;
      if (!(error instanceof RunInterrupted)) {
        await standBack(ctx, loaded.held, at.backoffMs);
        throw error;
      }
      if (error.why === 'lost') return;
      await end(ctx, loaded.held, { status: 'cancelled' });
    }
  });
  ctx.relay.nudge();
}
