import { alertThresholds } from './observability/alert-thresholds.ts';
import type { EnvironmentName } from './model/index.ts';

/** How a new version proves itself, and how long the old one stays at hand. */
export type ReleasePolicy = {
  /** Share of the requests that the new version gets while it is judged. */
  readonly canaryPercent: number;
  /** The old version keeps its pods this long, so that switching back needs no start. */
  readonly keepOldHours: number;
  /** Earlier versions that may be switched back to without being judged again. */
  readonly rollbackRevisions: number;
  /** A version that is not available by then is taken back. */
  readonly progressDeadlineSeconds: number;
  readonly judgement: Judgement;
};

export type Judgement = {
  readonly intervalSeconds: number;
  /** Measurements until the verdict, if none decides it earlier. */
  readonly samples: number;
  /** One failure more takes the version back. */
  readonly failuresMax: number;
  /** Measurements without enough requests; one more and a person decides. */
  readonly inconclusiveMax: number;
  /** The rates of each measurement are over this long. */
  readonly windowSeconds: number;
  readonly errorPercentMax: number;
  readonly latencyP95SecondsMax: number;
  /** Requests, or jobs, within the window below which a ratio says nothing. */
  readonly requestsMin: number;
};

/** The same for every environment but for the traffic there is to judge by. */
export function releasePolicy(environment: EnvironmentName): ReleasePolicy {
  return {
    canaryPercent: 10,
    keepOldHours: 24,
    rollbackRevisions: 3,
    progressDeadlineSeconds: 300,
    judgement: {
      intervalSeconds: 30,
      samples: 10,
      failuresMax: 2,
      inconclusiveMax: 5,
      windowSeconds: 120,
      errorPercentMax: alertThresholds.errorPercentCritical,
      latencyP95SecondsMax: alertThresholds.latencySecondsCritical,
      requestsMin: environment === 'production' ? 20 : 1,
    },
  };
}
