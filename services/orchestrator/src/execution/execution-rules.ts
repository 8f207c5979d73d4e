import type { FlowStep } from '@maxai/contracts/flows/flow-document';

const defaultRetry = { attemptsMax: 4, backoffMs: 1000 };
const backoffMaxMs = 600_000;

export function attemptsMaxOf(step: Pick<FlowStep, 'retry'>): number {
  return (step.retry ?? defaultRetry).attemptsMax;
}

export function timeoutOf(step: Pick<FlowStep, 'timeoutMs'>): number {
  return step.timeoutMs ?? 20_000;
}

/**
 * How long to wait before the next attempt: doubled each time, spread by ±25 % (`random` in [0, 1)) so that
 * executions that failed together do not come back together, and never sooner than the provider asked.
 */
export function backoffOf(
  step: Pick<FlowStep, 'retry'>,
  attempts: number,
  retryAfterMs: number,
  random: number,
): number {
  const { backoffMs } = step.retry ?? defaultRetry;
  const doubled = Math.min(backoffMs * 2 ** (attempts - 1), backoffMaxMs);
  return Math.max(Math.round(doubled * (0.75 + random / 2)), retryAfterMs);
}
