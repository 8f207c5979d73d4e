import type { FlowDocument } from '@maxai/contracts/flows/flow-document';
import { AppError } from '@maxai/kernel/errors';
import { compileExpression, expressionsIn } from '../expression/expression.ts';

type Problem = { readonly pointer: string; readonly detail: string };

function checkExpression(source: string, pointer: string, earlier: ReadonlySet<string>): Problem[] {
  try {
    const { stepsRead } = compileExpression(source);
    return [...stepsRead]
      .filter((key) => !earlier.has(key))
      .map((key) => ({
        pointer,
        detail: `reads step "${key}", which does not run before it`,
      }));
  } catch (error) {
    return [{ pointer, detail: String((error as AppError).detail) }];
  }
}

/**
 * What the schema cannot say: step keys are unique, every expression parses, and reads only steps that run
 * before it. Throws `invalid_request` with every problem at once.
 */
export function checkFlowDocument(document: FlowDocument): void {
  const earlier = new Set<string>();
  const { filter } = document.trigger;
  const problems =
    filter === undefined ? [] : checkExpression(filter, 'body/document/trigger/filter', earlier);
  document.steps.forEach((step, index) => {
    const pointer = `body/document/steps/${index}`;
    const sources = [...(step.when === undefined ? [] : [step.when]), ...expressionsIn(step.input)];
    for (const source of sources) problems.push(...checkExpression(source, pointer, earlier));
    if (earlier.has(step.key)) {
      problems.push({ pointer: `${pointer}/key`, detail: `key "${step.key}" is used twice` });
    }
    earlier.add(step.key);
  });
  if (problems.length > 0) throw new AppError('invalid_request', { errors: problems });
}
