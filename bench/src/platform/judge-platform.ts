import { platform } from '@maxai/topology/platform';
import type { CrashResult } from './crash-resume.ts';
import type { LoadReport } from './run-load.ts';
import type { MeasuredLoad } from './measure-load.ts';
import type { ProcessFigures } from './process-figures.ts';

export type Judgement = {
  readonly what: string;
  readonly found: number;
  readonly limit: number;
  readonly unit: string;
  readonly met: boolean;
};

/** Milliseconds, at the 95th percentile, that no deployable's own service level says. */
const limitsMs = { policyCheck: 20, firstStep: 200, resume: 5000 };
/** How much of the asked rate must be reached, and how much a warm process may grow. */
const reachedPercent = 99;
const growthMbPerMinute = 1;

function serviceLevelMs(name: string): number {
  const found = [...platform.services, ...platform.workers].find((it) => it.name === name);
  return Number(found?.serviceLevel.latencyP95Ms);
}

const atMost = (what: string, found: number, limit: number, unit = 'ms'): Judgement => ({
  what,
  found,
  limit,
  unit,
  met: found <= limit,
});
const below = (what: string, found: number, limit: number): Judgement => ({
  ...atMost(what, found, limit),
  met: found < limit,
});
const failuresOf = ({ failures }: Pick<LoadReport, 'failures'>) =>
  Object.values(failures).reduce((sum, count) => sum + count, 0);

function reached(what: string, { perSecond, offered }: LoadReport, seconds: number): Judgement {
  const found = (100 * perSecond) / (offered / seconds);
  return { what, found, limit: reachedPercent, unit: '% at least', met: found >= reachedPercent };
}

/** The promises about time and errors under load, each with what was found. */
export function judgeLoad(load: Omit<MeasuredLoad, 'samples'>, seconds: number): Judgement[] {
  const { webhooks, api, policyCheck, flows } = load;
  return [
    reached('webhooks acknowledged, of the asked rate', webhooks, seconds),
    reached('API requests answered, of the asked rate', api, seconds),
    atMost('webhooks refused or unanswered', failuresOf(webhooks), 0, ''),
    atMost('API requests refused or unanswered', failuresOf(api), 0, ''),
    atMost('executions failed or unfinished', flows.failed + flows.unfinished, 0, ''),
    below('webhook ack p95', webhooks.p95Ms, serviceLevelMs('webhook-ingress')),
    below('API p95', api.p95Ms, serviceLevelMs('api-gateway')),
    below('policy check p95', policyCheck.p95Ms, limitsMs.policyCheck),
    below('trigger to first step p95', flows.firstStep.p95Ms, limitsMs.firstStep),
    below('3-step flow p95', flows.threeSteps.p95Ms, serviceLevelMs('orchestrator-worker')),
  ];
}

export function judgeCrash({ resumeMs }: CrashResult): Judgement[] {
  return [below('resume after a crash', resumeMs, limitsMs.resume)];
}

/** Whether any process still grows; nothing of a run that was too short to measure it. */
export function judgeGrowth(figures: readonly ProcessFigures[]): Judgement[] {
  return figures.flatMap(({ name, mbPerMinute }) =>
    mbPerMinute === null
      ? []
      : [atMost(`growth of ${name}`, mbPerMinute, growthMbPerMinute, 'MB/min')],
  );
}
