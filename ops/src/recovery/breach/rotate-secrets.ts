import { CommandError, describeError } from '../../supervisor/command-error.ts';
import { admitBoth, admitNewOnly, admitOldOnly, dropBridges } from './data-passwords.ts';
import type { Fleet, Variables } from './fleet.ts';
import type { Epoch, SecretValues } from './rotation-environment.ts';
import type { LocalPlan } from '../../platform/local-plan.ts';

export type RotationInput = {
  readonly fleet: Fleet;
  readonly plan: LocalPlan;
  readonly old: SecretValues;
  readonly fresh: SecretValues;
  /** Whoever is called before whoever calls; those of one row do not call each other. */
  readonly order: readonly (readonly string[])[];
  readonly environment: (epoch: Epoch, name: string) => Variables;
  /** The epoch the processes run in now. */
  readonly from: 'before' | 'isolated';
  /** Moves what is encrypted to the new keys or back, while both are understood. */
  readonly reencrypt: (to: 'fresh' | 'old') => Promise<void>;
  /** Keeps the new values for the next start of anything. */
  readonly keep: () => void;
  readonly note: (what: string) => void;
};

async function rollAll(
  { fleet, order, environment }: RotationInput,
  from: Epoch,
  to: Epoch,
  onRolled: (name: string) => void,
): Promise<void> {
  for (const row of order) {
    const changed = row.filter(
      (name) => JSON.stringify(environment(from, name)) !== JSON.stringify(environment(to, name)),
    );
    const outcomes = await Promise.allSettled(
      changed.map(async (name) => {
        await fleet.roll(name, environment(to, name)).catch((cause: unknown) => {
          throw new CommandError(
            `${name} refuses its new secrets: ${describeError(cause)}`,
            'mend the value it names and rotate again',
            { cause },
          );
        });
        onRolled(name);
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/** Tries each step of the way back, whatever became of the one before; returns what is left to do, and why. */
async function undo(
  input: RotationInput,
  rolled: readonly string[],
  isReencrypting: boolean,
): Promise<string[]> {
  const { fleet, order, environment, from } = input;
  const left: string[] = [];
  const attempt = async (what: string, step: () => Promise<void>) => {
    try {
      await step();
      return true;
    } catch (error) {
      left.push(`${what}: ${describeError(error)}`);
      return false;
    }
  };
  let isAllBack = true;
  if (isReencrypting) {
    await attempt('wrap what is stored under the old keys', () => input.reencrypt('old'));
  }
  for (const row of order.toReversed()) {
    for (const name of row.filter((it) => rolled.includes(it))) {
      const back = () => fleet.roll(name, environment(from, name));
      if (!(await attempt(`start ${name} with the old secrets`, back))) isAllBack = false;
    }
  }
  const last = 'let only the old passwords open the data';
  // What could not go back lives on the new ones.
  if (isAllBack) await attempt(last, () => admitOldOnly(input));
  else left.push(`${last}: once everything runs with them`);
  return left;
}

/**
 * Replaces every secret while requests go on. Until every process runs with the new values, the old ones work too;
 * when one refuses, the others are taken back and only the old values are left, as before. Each step may be
 * repeated: what it sets is what is there already. Returns when the new ones began to work: what runs or is connected
 * since before then knows old ones.
 */
export async function rotateSecrets(input: RotationInput): Promise<{ readonly overlapFrom: Date }> {
  const { from, note } = input;
  await admitBoth(input);
  const overlapFrom = new Date();
  note('Old and new passwords both work');
  const rolled: string[] = [];
  let isReencrypting = false;
  try {
    await rollAll(input, from, 'overlap', (name) => rolled.push(name));
    note(`${rolled.length} processes run with the new secrets`);
    isReencrypting = true;
    await input.reencrypt('fresh');
    note('What the old keys encrypted is wrapped under the new ones');
  } catch (error) {
    const left = await undo(input, rolled, isReencrypting);
    if (left.length > 0) {
      throw new CommandError(
        `The rotation failed, and not all of it is undone: ${describeError(error)}`,
        `what is left to do:\n${left.map((what) => `  - ${what}`).join('\n')}`,
        { cause: error },
      );
    }
    note('The rotation is undone: the old secrets are the ones that work');
    throw error;
  }
  input.keep();
  await admitNewOnly(input);
  note('The old passwords open nothing any more');
  await rollAll(input, 'overlap', 'after', () => undefined);
  await dropBridges(input.plan, input.fresh);
  note('No process understands what the old keys signed or encrypted');
  return { overlapFrom };
}
