import type { BuildOptions, BuiltImage } from './build-image.ts';
import { buildImage } from './build-image.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import type { ImagePlan } from './image-plan.ts';

/** Builds wait for the network more than for a processor. */
const atOnce = 3;

/** The plans of the images named, all of them when none is. Throws for a name that no image has. */
export function selectPlans(
  plans: readonly ImagePlan[],
  names: readonly string[],
): readonly ImagePlan[] {
  const known = plans.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CommandError(
      `There is no image called ${unknown.join(', ')}.`,
      `choose among ${known.join(', ')}`,
    );
  }
  return names.length === 0 ? plans : plans.filter(({ name }) => names.includes(name));
}

/** Builds images a few at a time, tells of each as it is done, and returns them in the order of the plans. */
export async function buildImages(
  plans: readonly ImagePlan[],
  options: BuildOptions,
  tell: (image: BuiltImage) => void,
): Promise<readonly BuiltImage[]> {
  const built = new Map<string, BuiltImage>();
  const waiting = plans.values();
  const worker = async () => {
    for (const plan of waiting) {
      const image = await buildImage(plan, options);
      built.set(plan.name, image);
      tell(image);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return plans.flatMap(({ name }) => built.get(name) ?? []);
}
