import type { StateFolder } from '../supervisor/state-folder.ts';
import type { LocalPlan } from './local-plan.ts';

/** What the demo agency's seed needs of the platform that has just become healthy. */
export type SeedInput = {
  readonly url: string;
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
};
