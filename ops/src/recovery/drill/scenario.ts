import type { DrillAgency } from './drill-agency.ts';
import type { Check } from './invariants.ts';
import type { LedgerLoad } from './ledger-load.ts';
import type { prepareSite, Site } from './site.ts';
import type { WebhookLoad } from './webhook-load.ts';

/** A running copy of the platform under load, for a scenario to break and to recover. */
export type DrillContext = {
  readonly primary: Site;
  readonly agency: DrillAgency;
  readonly load: WebhookLoad;
  readonly ledger: LedgerLoad;
  /** Outside the primary's folder, like the keys and copies in it. */
  readonly separateStorage: string;
  readonly recoveryKeyFile: string;
  /** Another place to run the platform. */
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
  readonly checks: readonly Check[];
};

/** Breaks the platform and recovers it; the load goes on all the while. */
export type Scenario = (context: DrillContext) => Promise<Struck>;
