import { CommandError } from '../supervisor/command-error.ts';
import { waitUntil } from '../supervisor/probe.ts';

/** What a drill says when the damage it did goes unnoticed. */
export const undetected = {
  what: 'The damage was not detected.',
  fix: 'this is what the drill found: what watches the data does not see it',
};

/** Polls until the condition holds; a condition that throws does not hold yet. Throws when it never did. */
export async function untilHolds(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  failure: { readonly what: string; readonly fix: string },
): Promise<void> {
  const holds = async () => {
    try {
      return await condition();
    } catch {
      return false;
    }
  };
  if (!(await waitUntil(holds, limitMs))) throw new CommandError(failure.what, failure.fix);
}
