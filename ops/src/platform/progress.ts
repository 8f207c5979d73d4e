import { Listr, type ListrTask } from 'listr2';

/** A step of a start as a person follows it; a group runs its steps in order or at once. */
export type Step =
  | {
      readonly title: string;
      readonly run: () => Promise<unknown>;
      /** Why there is nothing to do, or false. */
      readonly skip?: () => string | false;
    }
  | { readonly title: string; readonly concurrent: boolean; readonly steps: readonly Step[] };

/** Runs the steps with their progress on the terminal. Throws what the first failing step threw. */
export async function runSteps(
  steps: readonly Step[],
  renderer: 'default' | 'silent',
): Promise<void> {
  const failures: unknown[] = [];

  function taskOf(step: Step): ListrTask {
    if ('steps' in step) {
      const { title, concurrent } = step;
      return {
        title,
        task: (_context, task) => task.newListr(step.steps.map(taskOf), { concurrent }),
      };
    }
    return {
      title: step.title,
      skip: step.skip ?? false,
      task: async () => {
        try {
          await step.run();
        } catch (error) {
          failures.push(error);
          throw new Error('see below', { cause: error });
        }
      },
    };
  }

  try {
    await new Listr(steps.map(taskOf), {
      renderer,
      fallbackRenderer: renderer === 'silent' ? renderer : 'simple',
      registerSignalListeners: false,
    }).run();
  } catch {
    throw failures[0];
  }
}
