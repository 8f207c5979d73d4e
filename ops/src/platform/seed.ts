import { existsSync } from 'node:fs';
import type { LocalPlan } from './local-plan.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';

/** What the demo agency's seed needs of the platform that has just become healthy. */
export type SeedInput = {
  readonly url: string;
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
};

const module = new URL('../commands/demo/seed.ts', import.meta.url);

export async function seedPlatform(input: SeedInput): Promise<void> {
  if (!existsSync(module)) return;
  const { seedDemo } = (await import(module.href)) as {
    seedDemo: (input: SeedInput) => Promise<void>;
  };
  await seedDemo(input);
}
