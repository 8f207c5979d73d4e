import type { LedgerLoad } from './ledger-load.ts';
import type { prepareSite, Site } from './site.ts';
import type { WebhookLoad } from './webhook-load.ts';

/** A running copy of the platform under load, for a scenario to break and to recover. */
export type DrillContext = {
  readonly primary: Site;
  readonly load: WebhookLoad;
  readonly ledger: LedgerLoad;
  /** Another place to run the platform, with the secrets from their sealed copy. */
  readonly prepareOther: (name: string) => ReturnType<typeof prepareSite>;
  /** A step with its time, for the report. */
  readonly note: (what: string) => void;
  /** Resolves once somebody has decided; rejects when they decide against it. */
  readonly decide: (question: string) => Promise<void>;
};

export type Struck = {
  readonly struckAtMs: number;
  /** Where the platform runs from now on. */
  readonly survivor: Site;
};

/** Breaks the platform and recovers it; the load goes on all the while. */
export type Scenario = (context: DrillContext) => Promise<Struck>;
